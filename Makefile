# Escala: `make` alone says what there is.
# Set-up needs nothing beforehand but make and, where it may not install packages itself, Python 3.11 or later.

PYTHON := .venv/bin/python
BABEL := $(PYTHON) -m babel.messages.frontend --quiet
TRANSLATIONS := assessment/translations
CATALOGUE := $(TRANSLATIONS)/es/LC_MESSAGES/messages
LOCK := $(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)
SERVING = $(if $(PORT),--port $(PORT)) $(if $(LAN),--lan)
SAMPLE := .venv/bin/escala plan examples/mesa-de-ayuda.csv --previous examples/mesa-de-ayuda-anterior.csv --team "Mesa de ayuda"

# Told to keep no compiled modules, Python would compile all of them anew in every process, of which tests start many.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup setup-run run demo sample test torture lint lint-style format bench lock translations screenshots clean

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup-run $(CATALOGUE).mo ## Set up, then serve Escala until Ctrl+C (PORT=8001; LAN=1 lets the local network in)
	@.venv/bin/escala serve $(SERVING)

demo: setup-run $(CATALOGUE).mo ## The same on sample data that are kept nowhere
	@.venv/bin/escala demo $(SERVING)

sample: setup-run $(CATALOGUE).mo ## Print a sample team's plan in both languages, from a responses file (in output/)
	@mkdir -p output
	@$(SAMPLE) --locale es-CO -o output/plan-mesa-de-ayuda-es.pdf
	@$(SAMPLE) --locale en-US -o output/plan-mesa-de-ayuda-en.pdf

# Checking types takes one core alone, so it runs beside the tests; what it says comes after what they say.
test: lint-style ## Lint, and run all tests
	@said=$$(mktemp) && { $(PYTHON) -m mypy >"$$said" 2>&1 & typed=$$!; }; \
		$(PYTHON) -m pytest -n auto --dist worksteal; tested=$$?; \
		wait $$typed; typed=$$?; cat "$$said"; rm -f "$$said"; exit $$((tested || typed))

torture: setup $(CATALOGUE).mo ## Kill the server fifty times on each database while people answer
	@ESCALA_TEST_KILLS=50 $(PYTHON) -m pytest tests/journeys -k killed

lint: lint-style ## Check style, formatting, types and who imports whom
	@$(PYTHON) -m mypy

lint-style: setup $(CATALOGUE).mo
	@$(PYTHON) -m ruff check
	@$(PYTHON) -m ruff format --check
	@.venv/bin/lint-imports --no-logo

bench: setup $(CATALOGUE).mo ## Measure speed, as ratios in one run (docs/performance.md)
	@$(PYTHON) -m bench

format: setup ## Format the code and mend what can be mended
	@$(PYTHON) -m ruff check --fix-only
	@$(PYTHON) -m ruff format

setup: ## Install all that running, testing and developing needs (in .venv)
	@sh scripts/setup.sh develop

setup-run:
	@sh scripts/setup.sh run

lock: setup ## Pin all dependencies again, with hashes (UPGRADE=1: to their newest releases)
	@$(LOCK) pyproject.toml --extra dev --output-file requirements/dev.txt
	@$(LOCK) pyproject.toml --constraints requirements/dev.txt --output-file requirements/runtime.txt
	@$(PYTHON) -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['build-system']['requires'], sep='\n')" \
		| $(LOCK) - --constraints requirements/dev.txt --output-file requirements/build.txt

translations: setup ## Collect the texts to translate, update es/, compile
	@$(BABEL) extract . --mapping-file pyproject.toml --keyword N_ --sort-by-file --add-location file --no-wrap \
		--omit-header --output-file $(TRANSLATIONS)/messages.pot
	@$(BABEL) update --input-file $(TRANSLATIONS)/messages.pot --output-dir $(TRANSLATIONS) --locale es --init-missing \
		--no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	@$(MAKE) --no-print-directory $(CATALOGUE).mo

screenshots: setup $(CATALOGUE).mo ## Make the pictures of the documentation from the sample data
	@$(PYTHON) scripts/make_screenshots.py

%.mo: %.po
	@$(BABEL) compile --input-file $< --output-file $@

clean: ## Remove all that was made here, .venv too (never data)
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis build dist output $(CATALOGUE).mo
	find assessment reports tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
