# Two commands: `make run` and `make test`. Both install what is missing first, and both may be repeated.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin

# Homebrew's libraries are not on the path where macOS looks for them. The variable stands before the command itself,
# because the system's shell does not hand it on.
ifeq ($(shell uname -s),Darwin)
LIBRARIES := DYLD_FALLBACK_LIBRARY_PATH=/opt/homebrew/lib:/usr/local/lib
endif

# The locks hold hashes of every published file, and no address of where they were found on this machine.
COMPILE := CUSTOM_COMPILE_COMMAND="make lock" PIP_FIND_LINKS= PIP_EXTRA_INDEX_URL= $(BIN)/pip-compile --quiet $(UPGRADE) \
	--generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

.DEFAULT_GOAL := help
.PHONY: help run test postgres check fmt i18n bench lock clean

help: ## Show these lines
	@sed -n 's/^\([a-z0-9]*\):.*## \(.*\)/make \1	\2/p' $(MAKEFILE_LIST) | expand -t 14

run: ## Set up, load the demo if the instance is new, serve on 127.0.0.1:8000 (PORT=…, INSER_INSTANCE=…)
	@$(PYTHON) .ci/setup.py run
	@$(LIBRARIES) exec $(BIN)/inser-events demo --port $(PORT)

test: ## Set up what tests need and run all of them
	@$(PYTHON) .ci/setup.py test
	@$(LIBRARIES) $(BIN)/pytest -n 2 --dist loadgroup

postgres: ## The same suite on a PostgreSQL that the tests start themselves
	@$(PYTHON) .ci/setup.py test
	@$(LIBRARIES) $(BIN)/pytest -n 2 --dist loadgroup --database postgresql -m "not browser and not slow"

check: ## Lint, formatting, types, layers
	@$(PYTHON) .ci/setup.py check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(if $(wildcard tests/test_layers.py),$(LIBRARIES) $(BIN)/pytest -q tests/test_layers.py)

fmt: ## Format and repair what can be repaired
	@$(PYTHON) .ci/setup.py check
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

i18n: ## Collect the interface's strings, bring the catalogues up to date, compile and check them
	@$(PYTHON) .ci/setup.py check
	$(BIN)/pybabel --quiet extract --mapping-file babel.cfg --keywords _l --keywords lazy_pgettext:1c,2 --no-location --no-wrap --sort-output --project inser_events \
		--output-file inser_events/translations/messages.pot .
	$(BIN)/pybabel --quiet update --input-file inser_events/translations/messages.pot --output-dir inser_events/translations \
		--no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	$(BIN)/pybabel --quiet compile --directory inser_events/translations
	$(BIN)/pytest -q tests/test_translations.py

bench: ## Measure, and print the table
	@$(PYTHON) .ci/setup.py test
	@$(LIBRARIES) $(BIN)/python -m bench

lock: ## Renew the lock files from pyproject.toml, requirements/*.in and package.json (UPGRADE=--upgrade)
	@$(PYTHON) .ci/setup.py check
	$(COMPILE) -o requirements/runtime.txt pyproject.toml
	$(COMPILE) -o requirements/build.txt -c requirements/runtime.txt requirements/build.in
	$(COMPILE) -o requirements/node.txt requirements/node.in
	$(COMPILE) -o requirements/dev.txt -c requirements/runtime.txt -c requirements/build.txt requirements/dev.in
	npm install --package-lock-only

clean: ## Remove everything that was installed or made, but not instance/
	rm -rf .venv static/vendor tests/vendor node_modules dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find inser_events tests bench .ci -name __pycache__ -type d -prune -exec rm -rf {} +
