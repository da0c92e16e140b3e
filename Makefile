# Deskwright: `make run` serves a demo desk, `make check` is what CI runs. Needs Python 3.11 or later, make and git.

PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$each; break; }; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
LOCK := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet
# The checks start no desk and read no data: they need some key and no database.
CHECKING := SECRET_KEY=only-for-checks-it-opens-nothing-at-all DATABASE_URL=postgresql:///none \
	DJANGO_SETTINGS_MODULE=deskwright.config.settings
# Packages are installed without bytecode: whoever imports a module first writes it, also where the shell says not to.
unexport PYTHONDONTWRITEBYTECODE
BENCHES := $(filter-out bench/_% bench/__init__.py, $(wildcard bench/*.py))

.PHONY: help run install develop test check lint format types contracts budget migrations migration messages routes bench lock clean

help: ## list what can be made
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

run: install ## set everything up and serve the desk (PORT=8000 HOST=127.0.0.1 DATA=var)
	@$(BIN)/deskwright run $(if $(PORT),--port $(PORT)) $(if $(HOST),--host $(HOST)) $(if $(DATA),--data $(DATA))

install: .venv/.run ## .venv with the deskwright command

develop: .venv/.dev ## .venv with what the checks and tests need too

.venv/.venv:
	@test -n "$(PYTHON)" || { echo "Deskwright needs Python 3.11 or later; name one with PYTHON=."; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv .venv || { echo "This Python cannot make virtual environments; on Debian: apt install python3-venv."; exit 1; }
	@touch $@

.venv/.run: .venv/.venv requirements/run.txt pyproject.toml
	@echo "Installing what Deskwright runs on ..."
	@$(PIP) --require-hashes --no-deps -r requirements/run.txt
	@$(PIP) --no-deps --no-build-isolation --no-index --editable .
	@touch $@

.venv/.dev: .venv/.run requirements/dev.txt
	@echo "Installing what the checks need ..."
	@$(PIP) --require-hashes --no-deps -r requirements/dev.txt
	@touch $@

check: lint types contracts budget migrations test ## everything CI holds

lint: develop ## style, clock and environment bans, habits
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet . && echo "Style kept."
	@$(BIN)/python -m tools.habits

format: develop ## put the code into the house's form
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

types: develop ## mypy, strict where it decides
	@$(CHECKING) $(BIN)/mypy

contracts: develop ## the floors, and who may import what
	@PYTHONPATH=. $(BIN)/lint-imports --no-logo

budget: develop ## how long functions, files and templates may be
	@$(BIN)/python -m tools.budget

messages: develop ## gather every string and compile the translations (takes GNU gettext)
	@$(BIN)/python -m tools.messages

routes: develop ## write docs/rights.md: every right, page and operation
	@$(CHECKING) $(BIN)/python -m tools.routes

migrations: develop ## whether migrations say what the models say
	@$(CHECKING) $(BIN)/python -W error -m tools.migrations

migration: develop ## write the missing migration (NAME=what_changes)
	@$(CHECKING) $(BIN)/python -m django makemigrations store --skip-checks $(if $(NAME),--name $(NAME))

test: develop ## the tests (ARGS= for pytest, TEST_DATABASE_URL= for a server to run them on)
	@$(if $(TEST_DATABASE_URL),TEST_DATABASE_URL=$(TEST_DATABASE_URL)) $(BIN)/pytest -n auto --dist worksteal $(ARGS)

bench: develop ## every benchmark, one table each
	@set -e; for each in $(BENCHES:.py=); do $(BIN)/python -m $$(echo $$each | tr / .); done

lock: develop ## pin and hash the dependencies of pyproject.toml again (UPGRADE=1 for the newest)
	@$(LOCK) --group build $(if $(UPGRADE),--upgrade) --output-file requirements/run.txt
	@$(LOCK) --extra dev $(if $(UPGRADE),--upgrade) --constraint requirements/run.txt --output-file requirements/dev.txt
	@echo "requirements/run.txt and requirements/dev.txt are written."

clean: ## remove what was made, never data
	@rm -rf .venv build src/*.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
