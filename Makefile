# Works on a machine that has Python 3.11 and make; see README.md.
BIN := .venv/bin
# Bytecode is kept even where PYTHONDONTWRITEBYTECODE is set: it halves the start. What
# args name is run in one process: two more would start longer than most of it takes.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest $(if $(args),-n 0)
OPENAPI := IDP_ENVIRONMENT=development IDP_ISSUER=https://idp.example $(BIN)/idp openapi

.DEFAULT_GOAL := help
.PHONY: help install install-dev system-packages run example-bff dev test test-postgres \
	test-postgres-all check lint \
	fix coverage generated docs migration messages bench growth drills interop lock

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

install: ## Make .venv with everything the server needs
	@scripts/install.sh runtime

install-dev: ## The same, with the tools of development
	@scripts/install.sh dev

system-packages:
	@scripts/system-packages.sh

# exec leaves no shell between make and the server: a signal to make ends both.
run: install ## Start the server for development on http://localhost:8000
	@exec $(BIN)/idp serve --dev

example-bff: install-dev ## A single-page app without tokens, beside the server of make run
	@exec $(BIN)/python -m examples.bff $(args)

dev: install-dev ## The same, restarted whenever a Python file changes
	@exec $(BIN)/watchfiles --filter python '$(BIN)/idp serve --dev' idp migrations

test: install-dev system-packages ## Run the tests on SQLite (args="-k name" for some of them)
	$(PYTEST) $(args)

test-postgres: install-dev system-packages ## Run on PostgreSQL the tests that may differ there
	IDP_TEST_DATABASE=postgresql $(PYTEST) $(args)

test-postgres-all: install-dev system-packages ## Run on PostgreSQL all that touch a database
	IDP_TEST_DATABASE=postgresql IDP_TEST_EVERYTHING=1 $(PYTEST) $(args)

check: lint generated test test-postgres ## All that CI checks

lint: install-dev ## Format, lint, types and import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: install-dev ## Format, and mend what a tool can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Under coverage the tests of xdist's workers and the servers they start count too.
coverage: install-dev system-packages ## Tell which lines and branches no test enters
	@rm -rf .cache/coverage && mkdir -p .cache/coverage
	PYTHONDONTWRITEBYTECODE= $(BIN)/coverage run -m pytest $(args)
	@$(BIN)/coverage combine -q
	@$(BIN)/coverage report

generated: install-dev ## Compare generated files with what the code says now
	$(BIN)/idp settings --markdown | diff -u docs/settings.md -
	$(OPENAPI) | diff -u docs/openapi.json -

docs: install-dev ## Write the generated files
	$(BIN)/idp settings --markdown > docs/settings.md
	$(OPENAPI) > docs/openapi.json

migration: install-dev ## Draft a database revision: make migration m="add devices"
	@test -n "$(m)" || { echo 'Say what it does: make migration m="add devices"' >&2; exit 2; }
	@$(BIN)/python -c 'import sys; from idp.ops.revisions import draft_revision as draft; \
		print(draft(sys.argv[1]))' "$(m)"

messages: install-dev ## Collect the texts to translate and update the catalogues
	@mkdir -p .cache
	$(BIN)/pybabel -q extract -F babel.cfg -k lazy_gettext --add-location=file \
		-o .cache/messages.pot .
	@for po in idp/translations/*/LC_MESSAGES/messages.po; do \
		test -f "$$po" || continue; \
		locale=$${po#idp/translations/}; \
		$(BIN)/pybabel -q update --ignore-obsolete --ignore-pot-creation-date \
			-i .cache/messages.pot -o "$$po" -l "$${locale%%/*}"; \
	done

interop: install-dev system-packages ## Speak to programs in other languages (needs Node.js, Java with Maven, Go)
	$(PYTEST) -n 0 tests/interop $(args)

drills: install-dev system-packages ## Deploy as operators do, and break it: a pooler, proxies, keys
	@for each in pgbouncer nginx haproxy caddy; do \
		command -v $$each >/dev/null || ls /usr/sbin/$$each >/dev/null 2>&1 || \
		apt-get install -qq -y --no-install-recommends $$each; \
	done
	$(PYTEST) -n 0 tests/drills $(args)

bench: install-dev ## Measure the protocol endpoints (args=--help)
	$(BIN)/python -m bench $(args)

growth: install-dev ## Measure a database that has grown (args="--users 100000 --database postgresql")
	$(BIN)/python -m bench.growth $(args)

lock: ## Refresh the lock files (args=--upgrade for newer versions)
	@scripts/lock.sh $(args)
