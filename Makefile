# Shipinban. `make run` starts a demo county, `make test` tests everything; `make` lists the rest.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install -qq --no-input --disable-pip-version-check
# The program itself, from the work tree; its build tools are locked too, so nothing unlocked is run.
EDITABLE := $(PIP) --no-build-isolation --no-deps --editable .
PAGES := $(BIN)/python scripts/build_web.py
TOGETHER := $(MAKE) --no-print-directory --jobs 2
FRESH_FIGURES := rm -rf test-output/figures
TIMED_PROOFS := tests/media tests/story tests/recording tests/village_client
COUNTED_PROOFS := $(addprefix --ignore ,$(TIMED_PROOFS)) tests

export PYTHONUNBUFFERED := 1

.PHONY: help run test test-pages test-nodes test-others check check-python check-pages prove bench
.PHONY: clean pages development packages

help:
	@echo 'make run          a demo county on http://localhost:8080'
	@echo 'make run LAN=1    the same, and https for other machines'
	@echo 'make test         every test (about 25 minutes on two cores)'
	@echo 'make check        style, types, imports, generated files (up to 2 minutes)'
	@echo 'make prove        the proofs at full counts; writes docs/benchmarks.md'
	@echo 'make bench        the measurements; writes docs/benchmarks.md'
	@echo 'make clean        removes what was installed and built; keeps var/, where the cases are'

run: .venv/installed pages
	@$(BIN)/shipinban demo run $(if $(filter-out 0 no,$(LAN)),--lan)

test: packages development pages
	@$(TOGETHER) --output-sync=target check-python check-pages test-pages
	@echo 'test: media, which needs the machine to itself'
	@failed=0; $(BIN)/pytest -m alone || failed=1; \
		$(TOGETHER) --keep-going test-nodes test-others || failed=1; exit $$failed

test-pages:
	@echo 'test: pages'
	@$(PAGES) npm run -s test

test-nodes:
	@echo 'test: whole nodes'
	@$(BIN)/pytest -m 'nodes and not alone'

# Gives way to the nodes; what it prints follows when they are done.
test-others:
	@echo 'test: beside them everything else, three files at a time'
	@mkdir -p test-output
	@nice -n 19 $(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder \
		-m 'not nodes and not alone' > test-output/others.log 2>&1; \
		failed=$$?; cat test-output/others.log; exit $$failed

check: development
	@$(TOGETHER) --output-sync=target check-python check-pages

check-python:
	@echo 'check: Python style'
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@echo 'check: Python types'
	@$(BIN)/mypy
	@echo 'check: imports between rooms'
	@$(BIN)/lint-imports
	@echo 'check: lock files and generated files'
	@$(BIN)/python scripts/check_locks.py
	@$(BIN)/python -m shipinban.generate --check

check-pages:
	@echo 'check: pages'
	@$(PAGES) npm run -s format:check
	@$(PAGES) npm run -s lint
	@$(PAGES) npm run -s types

prove: packages development pages
	@$(FRESH_FIGURES)
	@echo 'prove: what is timed, which needs the machine to itself'
	@failed=0; export SHIPINBAN_PROVE=1; \
		$(BIN)/pytest -m proof --timeout 0 $(TIMED_PROOFS) || failed=1; \
		echo 'prove: the counts, two files at a time'; \
		$(BIN)/pytest -n 2 --dist loadfile -m proof --timeout 0 $(COUNTED_PROOFS) || failed=1; \
		$(BIN)/python scripts/write_figures.py; exit $$failed

bench: packages development pages
	@$(FRESH_FIGURES)
	@$(BIN)/python -m tests.bench
	@$(BIN)/python scripts/write_figures.py

clean:
	rm -rf .venv node_modules test-output agent_console/static village_client/static
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

pages: .venv/installed
	@$(PAGES)

development: .venv/installed .venv/developed

packages: .venv/created
	@$(BIN)/python scripts/debian_packages.py

# A start may follow a test or the other way round: both keep to the same locked versions.
.venv/installed: requirements.lock requirements-build.lock pyproject.toml | .venv/created
	@echo 'environment: installing the locked Python packages (about a minute the first time)'
	@$(PIP) --require-hashes --requirement requirements.lock --requirement requirements-build.lock
	@$(EDITABLE)
	@touch $@

.venv/developed: requirements-dev.lock | .venv/installed
	@echo 'environment: installing the locked packages of tests and checks'
	@$(PIP) --require-hashes --requirement requirements-dev.lock
	@touch $@

.venv/created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Shipinban needs Python 3.11 or newer: make run PYTHON=python3.12'; exit 1; }
	@echo 'environment: creating .venv'
	@$(PYTHON) -m venv .venv || \
		{ rm -rf .venv; echo 'Install the venv module: sudo apt-get install python3-venv'; exit 1; }
	@touch $@
