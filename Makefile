# make demo    see it work: needs Python 3.11 or newer, nothing else
# make test    the whole suite; with Java 17+, npm and chromium also against DynamoDB Local, osls and a browser
# make torture what takes too long for every run: a scan of 100,000 items, killed again and again
# make bench   what dynakit costs beside its peers, which get a virtual environment of their own
# make lint    formatting, lint, mypy strict, pyright strict
# make check   lint and test
# make clean   remove what the others made; DynamoDB Local stays in ~/.cache/dynakit

PYTHON ?= python3
VENV ?= .venv
MINISTACK = 1.5.33
OSLS = 4.3.1

BIN = $(VENV)/bin
INSTALL = $(BIN)/python -m pip install --disable-pip-version-check --quiet
SOURCES = $(wildcard dynakit schemas tests benchmarks)
# Workers share one DynamoDB Local; more than four would only wait for it.
TEST_OPTIONS ?= --numprocesses=auto --maxprocesses=4

.PHONY: demo test torture bench lint check clean

demo: $(VENV)/.demo
	@$(BIN)/dynakit demo

test: $(VENV)/.dev $(VENV)/.ministack $(VENV)/.osls $(if $(filter true,$(CI)),$(VENV)/.cdk)
	@$(BIN)/python -m pytest $(TEST_OPTIONS)

torture: $(VENV)/.dev
	@DYNAKIT_TORTURE_ITEMS=100000 $(BIN)/python -m pytest tests/integration/test_scan_killed.py

bench: .venv-bench/.peers
	@.venv-bench/bin/python -m benchmarks all --json benchmarks.json $(BENCH_OPTIONS)

lint: $(VENV)/.dev
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/mypy $(SOURCES)
	@$(BIN)/pyright --pythonpath $(BIN)/python $(SOURCES)

check: lint test

clean:
	rm -rf $(VENV) .venv-bench benchmarks.json dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find $(SOURCES) -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.python:
	@for python in $(PYTHON) python3.13 python3.12 python3.11; do \
		if $$python -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			$$python -m venv --clear $(VENV) && touch $@; exit; \
		fi; \
	done; \
	echo "dynakit needs Python 3.11 or newer with venv, and $(PYTHON) is not: install it, or make PYTHON=/path/to/python3" >&2; \
	exit 1

$(VENV)/.demo: $(VENV)/.python pyproject.toml
	@$(INSTALL) --editable '.[demo]'
	@touch $@

$(VENV)/.dev: $(VENV)/.python pyproject.toml
	@$(INSTALL) --editable '.[dev]'
	@touch $@ $(VENV)/.demo

# A folder of its own: MiniStack pins botocore exactly, and would pin it for everything else.
$(VENV)/.ministack: $(VENV)/.python Makefile
	@rm -rf $(VENV)/ministack
	@$(INSTALL) --no-warn-conflicts --target $(VENV)/ministack ministack==$(MINISTACK)
	@touch $@

# The Serverless Framework, for what it makes of our serverless.yml; its tests are skipped where npm is missing.
$(VENV)/.osls: $(VENV)/.python Makefile
	@if command -v npm >/dev/null; then \
		npm install --no-audit --no-fund --loglevel=error --prefix $(VENV)/osls osls@$(OSLS) >/dev/null && touch $@; \
	fi

# The AWS CDK, for what it makes of our constructs: with CI=true alone, because it is large; it wants Node.js.
# Its bytecode would be as large again, and only a part of it is imported.
$(VENV)/.cdk: $(VENV)/.python pyproject.toml
	@rm -rf $(VENV)/cdk
	@$(INSTALL) --no-warn-conflicts --no-compile --target $(VENV)/cdk $$($(BIN)/python -c 'import tomllib; \
		print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["cdk-test"])')
	@touch $@

# dynamoxy needs Python 3.12; with an older one its cells say so.
.venv-bench/.peers: pyproject.toml benchmarks/requirements.txt
	@for python in $(BENCH_PYTHON) python3.13 python3.12 $(wildcard $(PYENV_ROOT)/versions/3.1[23].*/bin/python3) \
			$(PYTHON) python3.11; do \
		if $$python -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			$$python -m venv --clear .venv-bench && break; \
		fi; \
	done
	@.venv-bench/bin/python -m pip install --disable-pip-version-check --quiet \
		--requirement benchmarks/requirements.txt --editable .
	@touch $@
