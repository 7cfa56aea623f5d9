# `make` alone lists the targets. Taken for granted: Python 3.11+, Node 20.19+ and make.
.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1
# Where it is set, every process that starts compiles all that it imports: a second of each start.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## install everything that is needed into .venv (a second time costs nothing)
	@for python in $(PYTHON) $(wildcard $(BIN)/python) python3 python3.14 python3.13 python3.12 python3.11; do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		exec "$$python" infra/local/making/bootstrap.py; \
	done; echo "setup: Python 3.11 or newer is needed, and none is on PATH" >&2; exit 1

.PHONY: run
run: setup dashboard ## start the local profile: webhooks, API, dashboard and a demo account
	@exec $(BIN)/fourpass up

.PHONY: dashboard
dashboard: setup ## build the dashboard where it is missing or stale (spa/dist)
	@$(BIN)/python -m infra.local.making.dashboard build

.PHONY: spa-dev
spa-dev: setup ## the dashboard with hot reload, against a running edge (FOURPASS_EDGE)
	@exec $(BIN)/python -m infra.local.making.dashboard run dev

.PHONY: client
client: setup ## make the dashboard's client anew from what the edge says of its API
	@$(BIN)/python -m infra.local.making.api_description
	@$(BIN)/python -m infra.local.making.dashboard run client

.PHONY: test
test: setup ## run everything that is checked: lint, types, tests, journeys, proofs, budgets
	@exec $(BIN)/python -m infra.local.making.checks

.PHONY: unit
unit: setup ## run the quick tests only
	@$(BIN)/pytest -q tests/unit tests/structure
	@$(BIN)/python -m infra.local.making.checks spa-unit

.PHONY: browser
browser: setup dashboard ## run the journeys in a real browser against the real stack
	@$(BIN)/python -m infra.local.making.checks journeys

.PHONY: browser-measure
browser-measure: setup dashboard ## report how long an alert takes to the open page, and how a long table scrolls
	@$(BIN)/python -m infra.local.making.dashboard run measure

.PHONY: lint
lint: setup ## check style, format and the direction of imports
	@$(BIN)/python -m infra.local.making.checks lint imports client spa-client spa-lint

.PHONY: types
types: setup ## check types (pyright strict, vue-tsc strict)
	@$(BIN)/python -m infra.local.making.checks types spa-types

.PHONY: bench
bench: setup ## measure every step against its budget, beside all peers
	@$(BIN)/python -m bench --gate --full

.PHONY: prove
prove: setup ## run the crash proofs, and the long attacks
	@$(BIN)/pytest -m long_prove --timeout=1800 -s tests

.PHONY: coverage
coverage: setup ## run the tests of Python's code and list the lines that none of them runs
	@rm -f .coverage .coverage.*
	@$(BIN)/pytest -q -n 4 --dist loadfile --timeout=120 --cov --cov-report=term:skip-covered \
		-m "not prove and not long_prove and not infra and not applied" tests

.PHONY: package
package: setup ## pack the Lambda functions into dist/lambda.zip, the same bytes each time
	@$(BIN)/python -m infra.local.cloud.package

.PHONY: infra-check
infra-check: setup ## check the cloud's infrastructure, without a cloud
	@$(BIN)/python -m infra.local.cloud.check

.PHONY: infra-apply
infra-apply: setup ## apply staging to what plays AWS, send an alert through it, destroy it
	@$(BIN)/pytest -q -s -m applied tests/infra/applied

.PHONY: infra-inventory
infra-inventory: setup ## list what the infrastructure is made of
	@$(BIN)/python -m infra.local.cloud.inventory

.PHONY: audit
audit: setup ## look for known weaknesses in locked packages (exit 3: service unreachable)
	@$(BIN)/python -m infra.local.making.audit

.PHONY: lock
lock: setup ## pin all packages anew, with hashes and without hosts
	@$(BIN)/python -m infra.local.making.lock

.PHONY: clean
clean: ## remove what set-up and tests made; your data in .4pass stays
	@rm -rf .venv .tools spa/node_modules spa/dist .coverage .coverage.* .pytest_cache .ruff_cache .hypothesis \
		.import_linter_cache dist build
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
