# The front door. Needs make and Python 3.11 or newer; everything else is fetched
# into .venv/ (see tools/environment.py).

# The first Python that is new enough. The absolute paths are for version managers
# whose `python3` refuses to run in this folder.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 \
    /usr/bin/python3 /usr/local/bin/python3 /opt/homebrew/bin/python3; do \
    "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
    && { echo "$$python"; break; }; done)

VENV := .venv/bin
COMPILE = $(VENV)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-annotate --no-header --no-emit-index-url --no-emit-find-links pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help run setup test check audit format requirements bench clean python

help:
	@echo 'make run           set up, start the database if there is none, serve the app'
	@echo 'make test          set up and run every test (ARGS=... goes to pytest)'
	@echo 'make check         lint, format, types, import rules, known vulnerabilities'
	@echo 'make audit         known vulnerabilities; fails where they cannot be looked up'
	@echo 'make format        fix what ruff can fix'
	@echo 'make bench         benchmarks'
	@echo 'make requirements  compile the requirements files from pyproject.toml'
	@echo 'make clean         remove caches (not the data, not .venv)'

python:
	@test -n "$(PYTHON)" || { echo 'Error: Python 3.11 or newer is needed and none was found' >&2; exit 1; }

# PYTHON is not exported: a name that common may mean something to what runs below.
unexport PYTHON

run: python
	@$(PYTHON) tools/environment.py local
	@exec $(VENV)/python -m performance_store.local.supervisor --with-parent $$PPID

setup: python
	@$(PYTHON) tools/environment.py dev

test: setup
	@$(PYTHON) tools/machine.py
	@$(VENV)/python -m tools.run_tests $(ARGS)

check: setup
	$(VENV)/ruff check .
	$(VENV)/ruff format --check .
	$(VENV)/mypy
	$(VENV)/lint-imports
	$(VENV)/python tools/audit.py

audit: setup
	$(VENV)/python tools/audit.py --strict

format: setup
	$(VENV)/ruff check --fix .
	$(VENV)/ruff format .

bench: setup
	$(VENV)/python -m bench

# requirements.txt first: the others are held to what it chose, but for the
# downgrades that dash[testing] asks of the last.
requirements: setup
	$(COMPILE) $(UPGRADE) -o requirements.txt
	$(COMPILE) $(UPGRADE) --extra local -c requirements.txt -o requirements-local.txt
	$(COMPILE) $(UPGRADE) --extra local --extra dev -o requirements-dev.txt

clean:
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis test-results
	find . -name __pycache__ -type d -not -path './.venv/*' -not -path './node_modules/*' -prune -exec rm -rf {} +
