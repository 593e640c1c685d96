# Inspection Watch. `make` lists the targets; each sets up .venv by itself when needed.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON ?= python3
DB ?= db/archive.db
SOURCES ?= sources.yaml
PY := .venv/bin/python
export PYTHONUTF8 := 1

.PHONY: help demo run watch serve test check eval bench backup status browser docs lock

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The stamp is renewed when the lock or the project changes, so an upgrade needs no second command.
# pip is upgraded first: the one bundled with Python 3.11 mis-resolves and drops lxml_html_clean.
.venv/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Inspection Watch needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another with PYTHON=python3.12") if sys.version_info < (3, 11) else None'
	@echo "Setting up .venv (once; a minute or two) …" >&2
	@test -x $(PY) || $(PYTHON) -m venv .venv
	@$(PY) -m pip install --quiet --disable-pip-version-check --upgrade pip
	@$(PY) -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	@PYTHONWARNINGS=ignore $(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# The 1.0 line of Datasette needs an environment of its own; only `make check` uses it.
.venv-datasette1/ready: tests/publish/datasette1.lock pyproject.toml
	@echo "Setting up .venv-datasette1 (once; about a minute) …" >&2
	@test -x .venv-datasette1/bin/python || $(PYTHON) -m venv .venv-datasette1
	@.venv-datasette1/bin/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	@.venv-datasette1/bin/python -m pip install --quiet --disable-pip-version-check --requirement tests/publish/datasette1.lock
	@PYTHONWARNINGS=ignore .venv-datasette1/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: .venv/ready ## The whole job once, over real HTTP, on a bundled newsroom
	@$(PY) -m pipeline.demo

run: .venv/ready ## One pass over sources.yaml
	@$(PY) -m pipeline run --db $(DB) --sources $(SOURCES)

watch: .venv/ready ## The same for ever, on the clock (Ctrl-C ends it cleanly)
	@$(PY) -m pipeline watch --db $(DB) --sources $(SOURCES)

serve: .venv/ready ## Open the archive in Datasette (DB=db/demo.db for the demo's)
	@$(PY) -m pipeline serve --db $(DB)

status: .venv/ready ## The health of every source; exit 1 when one needs a person
	@$(PY) -m pipeline status --db $(DB) --sources $(SOURCES)

backup: .venv/ready ## A consistent copy of the archive, also while it is being written
	@$(PY) -m pipeline backup --db $(DB)

test: .venv/ready ## The fast tests: no network, no browser
	@$(PY) -m pytest

check: .venv/ready .venv-datasette1/ready ## What CI runs: lint, types, all tests but the browser's, docs
	@$(PY) -m cogapp --check -I . README.md
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) -m pytest -m "not browser"

browser: .venv/ready ## The browser tests (needs Debian's chromium, or CHROMIUM=path)
	@$(PY) -m pytest -m browser

eval: .venv/ready ## Accuracy on labelled sets, beside the peers (EVAL_DATA=folder)
	@$(PY) -m tests.eval

bench: .venv/ready ## Speed beside the peers, as ratios of CPU time
	@$(PY) -m tests.bench

docs: .venv/ready ## Renew the generated parts of README.md
	@$(PY) -m cogapp -r -I . README.md

lock: ## Renew requirements.lock from pyproject.toml (needs the network)
	@rm -rf .venv-lock && $(PYTHON) -m venv .venv-lock
	@.venv-lock/bin/python -m pip install --quiet --upgrade pip
	@.venv-lock/bin/python -m pip install --quiet --group dev . "setuptools>=77"
	@{ echo "# Made by 'make lock' from pyproject.toml: every package, pinned."; .venv-lock/bin/python -m pip freeze --all --exclude inspection-watch --exclude pip; } > requirements.lock
	@rm -rf .venv-lock build
