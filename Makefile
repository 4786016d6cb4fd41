# Two commands for a newcomer: `make demo` and `make test`. Both make the environment first, in .venv.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
ARGS ?=
JOBS ?= 2
SECONDS ?= 60
KILLS ?= 40
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
# Locks are complete, so nothing is resolved: what is written there is installed, or nothing is.
FROM_LOCK := $(PIP) --no-deps --require-hashes --requirement

UV ?= uv
# No address of an index stands in a lock: the hashes say what is meant, wherever it is fetched.
RESOLVE := $(UV) pip compile --quiet --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header

RUN := .venv/run.stamp
INSTALLED := .venv/installed.stamp
TESTS := .venv/test.stamp
LAWS := .venv/laws.stamp

.DEFAULT_GOAL := help
.PHONY: help demo test check laws fuzz torture serve story-3g bench docs format lock clean
.DELETE_ON_ERROR:

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | sed 's/|/  -  /'

demo: $(INSTALLED) ## three communes and a council on loopback; ARGS="--once --json" is passed on
	@$(BIN)/roundabout demo $(ARGS)

serve: $(INSTALLED) ## one commune for development, in var/dev
	@test -e var/dev || $(BIN)/roundabout init --kind commune --name Development --url http://127.0.0.1:8000 --data var/dev
	@ROUNDABOUT_URL=http://127.0.0.1:8000 ROUNDABOUT_LOOPBACK=1 ROUNDABOUT_DATA_DIR=var/dev $(BIN)/roundabout serve $(ARGS)

test: $(TESTS) ## every test, on SQLite and on PostgreSQL; ARGS="-k mandate" is passed on
	@$(BIN)/pytest -q -n $(JOBS) --dist loadgroup $(ARGS)

check: $(TESTS) ## lint, format, types, import contracts, dependencies, container files, house rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/deptry .
	@$(BIN)/hadolint Dockerfile
	@$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec compose.yaml
	@$(BIN)/pytest -q tests/house

laws: $(LAWS) ## the laws alone, each with 10,000 examples, and Schulze beside another implementation
	@$(BIN)/python -m pytest -q -n $(JOBS) --timeout 0 -p tests.house.laws -m hypothesis --hypothesis-profile laws $(ARGS)
	@$(BIN)/python -m pytest -q tests/governance/test_schulze_beside_another.py

fuzz: .venv/fuzz.stamp ## hunt with atheris for SECONDS=60 in all for bytes from outside that break something
	@$(BIN)/python -m tests.fuzz --seconds $(SECONDS) $(ARGS)

torture: $(TESTS) ## kill a server under load, KILLS=40 times on each database, and look for what is lost or doubled
	@$(BIN)/python -m tests.torture.ordeal $(KILLS)

story-3g: $(TESTS) ## how long story 1 takes on an old phone over 3G, from the scan to the first vote
	@$(BIN)/python -m tests.browser.on_3g

bench: $(TESTS) ## figures of this machine, each beside its floor; writes var/bench.json; ARGS="--stored 1000 1000000" shows growth
	@$(BIN)/python -m tests.bench $(ARGS)

docs: $(TESTS) ## renew what is made from the code: the coverage table and the message catalogue
	@$(BIN)/python -m tests.house.coverage_table
	@$(BIN)/python -m tests.house.catalogue

format: $(TESTS) ## repair what ruff can repair
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .

lock: ## resolve all locks anew (needs uv)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv/"; exit 1; }
	$(RESOLVE) --output-file requirements/run.lock pyproject.toml requirements/run.in
	$(RESOLVE) --output-file requirements/test.lock --constraints requirements/run.lock pyproject.toml requirements/test.in
	$(RESOLVE) --output-file requirements/laws.lock --constraints requirements/test.lock requirements/laws.in
	$(RESOLVE) --output-file requirements/fuzz.lock requirements/fuzz.in

clean: ## remove the environment and what the tools leave behind
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist

$(RUN): requirements/run.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Roundabout needs Python 3.11 or newer; this is " + sys.version)'
	@echo "Making the environment in .venv from requirements/run.lock (about a minute) ..."
	@$(PYTHON) -m venv --clear .venv
	@$(FROM_LOCK) requirements/run.lock
	@touch $@

$(INSTALLED): $(RUN) pyproject.toml
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(TESTS): $(RUN) requirements/test.lock | $(INSTALLED)
	@echo "Adding what the tests need from requirements/test.lock (about a minute) ..."
	@$(FROM_LOCK) requirements/test.lock
	@touch $@

.venv/fuzz.stamp: $(TESTS) requirements/fuzz.lock
	@echo "Adding the hunter from requirements/fuzz.lock ..."
	@$(FROM_LOCK) requirements/fuzz.lock
	@touch $@

$(LAWS): $(TESTS) requirements/laws.lock
	@echo "Adding what the laws are compared with from requirements/laws.lock (some minutes) ..."
	@$(FROM_LOCK) requirements/laws.lock
	@touch $@
