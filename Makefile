# `make demo` shows Tartib, `make test` proves it. Everything is installed into this folder.
.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
# What Python compiles is kept, whatever a machine is set to: else each run of tests compiles each of them anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help: ## What can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: install
install: .venv/.app node_modules/.installed .venv/.messages ## Install what Tartib runs on

.PHONY: demo
demo: install ## Start Tartib with its practice shops; Ctrl-C stops it
	@$(BIN)/tartib up --practice

.PHONY: test
test: install .venv/.dev .venv/.chromium ## Run the tests
	$(BIN)/pytest -n $${TEST_WORKERS:-2} --dist worksteal -m "not proof" --ignore tests/faults

# The rooms below the pages, from the ground upwards.
ROOMS := l10n flow shops files journal customers catalog cases shipping notify payments dispatch support orders \
	mailbox risk feedback billing imports checkout

.PHONY: unit
unit: install .venv/.dev ## Run the tests of the rooms below the pages, but for those that need a server or process
	$(BIN)/pytest -p no:playwright -p no:schemathesis -n $${TEST_WORKERS:-2} --dist worksteal -m "unit and not proof" \
		$(addprefix tests/,$(ROOMS))

.PHONY: prove
prove: install .venv/.dev .venv/.chromium ## Run the long proofs: kills, full disks, hostile visitors, any text, long walks
	$(BIN)/pytest tests/faults
	$(BIN)/pytest -n $${TEST_WORKERS:-2} --dist worksteal -m proof --ignore tests/faults
	FUZZ_TIMES=25 $(BIN)/pytest tests/security/test_any_text.py
	FUZZ_TIMES=20 $(BIN)/pytest -n $${TEST_WORKERS:-2} --dist worksteal -m "hypothesis and not proof" $(addprefix tests/,$(ROOMS))

.PHONY: check
check: install .venv/.dev ## Lint code, templates and scripts; types, import law, translations, migrations and diagrams in step
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet src
	$(BIN)/shellcheck tools/*.sh .ci/run
	$(BIN)/tartib messages check
	$(BIN)/tartib manage makemigrations --check --dry-run
	$(BIN)/tartib draw --check

.PHONY: format
format: .venv/.dev ## Put the code into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: guide
guide: install .venv/.dev .venv/.chromium ## Take the pictures of docs/guide anew
	GUIDE=1 $(BIN)/pytest tests/journeys

.PHONY: bench
bench: install .venv/.dev ## Measure Tartib against the SQL limit of the same server
	$(BIN)/python -m bench

.PHONY: coverage
coverage: install .venv/.dev .venv/.chromium ## Run the tests and tell which branches and templates they miss
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $${TEST_WORKERS:-2} --dist worksteal -m "not proof" --ignore tests/faults
	$(BIN)/coverage combine
	$(BIN)/coverage report

.PHONY: lock
lock: .venv/.uv ## Pin the newest releases that requirements/*.in allow
	tools/lock.sh
	tools/npm.sh install --package-lock-only --ignore-scripts

.PHONY: clean
clean: ## Remove what was installed and built here, not the data
	rm -rf .venv .node node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find src -name '*.mo' -delete

.venv/.uv: requirements/uv.txt
	python=$$(tools/python.sh) && "$$python" -m venv .venv
	$(BIN)/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements/uv.txt
	@touch $@

.venv/.app: .venv/.uv requirements/app.txt pyproject.toml
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements/app.txt
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q src
	@touch $@

.venv/.dev: .venv/.app requirements/dev.txt
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements/dev.txt
	@touch $@

node_modules/.installed: package-lock.json tools/npm.sh requirements/node.txt | .venv/.uv
	tools/npm.sh ci --ignore-scripts --no-progress
	@touch $@

.venv/.messages: $(wildcard src/tartib/*/locale/*/LC_MESSAGES/*.po) | .venv/.app
	$(BIN)/tartib messages compile
	@touch $@

.venv/.chromium: tools/chromium.sh | .venv/.dev
	tools/chromium.sh
	@touch $@
