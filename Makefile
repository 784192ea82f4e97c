# Needs git, make and Python 3.11 or later with venv. `make run` and `make test` may be repeated at any time.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help run test coverage lint messages lock bench torture torture-night rehearsal mutants mutation screenshots release sbom audit check-port python

PORT ?= 8000
WORKERS ?= 2
PYTHON ?= $(firstword $(shell for name in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name; done))
BIN := .venv/bin
# Languages that are compiled, which nobody commits. Tests compile them by themselves.
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))
# Pipenv has a virtualenv of its own, so that its dependencies never mix with ours.
PIPENV := PIPENV_IGNORE_VIRTUALENVS=1 PIPENV_VENV_IN_PROJECT=1 PIPENV_NOSPIN=1 PIPENV_VERBOSITY=-1 .cache/pipenv/bin/python -m pipenv
PIPENV_VERSION := 2026.10.3
COSMIC_RAY_VERSION := 8.7.0
CYCLONEDX_VERSION := 7.5.0
PIP_AUDIT_VERSION := 2.10.1
# Pipenv's Python as on a machine whose pip has no configuration, such as the one that builds for Heroku.
ELSEWHERE := env -i PATH="$$PATH" HOME=/nonexistent PIP_CONFIG_FILE=/dev/null PIPENV_IGNORE_VIRTUALENVS=1 .cache/pipenv/bin/python
# What `check --deploy` should be silent about, and nothing from a developer's env.py.
PRODUCTION = ENV_FILE= DEBUG=False ALLOWED_HOSTS=shop.example.com DATABASE_URL=sqlite://:memory: \
	SECRET_KEY=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))')

help:
	@echo "make run    set up on first use, then serve the demo shop on 127.0.0.1:$(PORT)"
	@echo "make test   run every test, on PostgreSQL and on SQLite"
	@echo "make coverage  run every test and see which lines and branches none has reached"
	@echo "make lint   check style, types, layers, migrations and deployment settings"
	@echo "make messages  bring what pages and mails say into the catalogues of all languages"
	@echo "make lock   renew Pipfile.lock after a change of Pipfile"
	@echo "make bench  measure and print the figures of bench/README.md"
	@echo "make torture        break the promises about holds, money and files if it can"
	@echo "make torture-night  the same with every figure in full, in some hours"
	@echo "make rehearsal      do what \`git push heroku\` sets off, on this machine"
	@echo "make screenshots    take the pictures of the README anew"
	@echo "make release        check tree, changelog and version, and write the notes of a release"
	@echo "make sbom           write sbom.json: every package of a deployed shop, as CycloneDX"
	@echo "make audit          ask whether a hole is known in any package of the lock"
	@echo "make mutants        put faults into a copy and see that the tests catch each of them"
	@echo "make mutation       the same with faults of a tool, in some hours; it may be stopped and resumed"

run: check-port .venv/.installed env.py $(CATALOGUES)
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py demo --if-empty
	@printf '\n  The shop:   http://127.0.0.1:%s/\n  For staff:  http://127.0.0.1:%s/admin/\n  Stop it with Ctrl-C.\n\n' $(PORT) $(PORT)
	@DJANGO_RUNSERVER_HIDE_WARNING=true exec $(BIN)/python -m tests.stripe_standin \
	--port $$(($(PORT) + 1)) --webhook http://127.0.0.1:$(PORT)/stripe/webhook/ --keep .cache/stripe-standin.json \
	-- $(BIN)/python manage.py runserver 127.0.0.1:$(PORT)

test: .venv/.installed-dev
	@printf '%s\n' "Everything, twice. Less:" \
	"  $(BIN)/pytest bag                  one app" \
	"  $(BIN)/pytest --last-failed        what failed the last time" \
	"  $(BIN)/pytest -m 'not browser'     without Chromium" \
	"  $(BIN)/pytest -m on_both           what depends on the database" \
	"  DATABASE_URL=sqlite:// $(BIN)/pytest -m 'not postgresql'   without PostgreSQL"
	@$(BIN)/python -m tests.chromium
	$(BIN)/pytest -n $(WORKERS)
	@folder=$$(mktemp -d) && trap "rm -rf $$folder" EXIT && \
	echo "Once more on SQLite:" && DATABASE_URL=sqlite:///$$folder/db.sqlite3 $(BIN)/pytest -n $(WORKERS) -m 'on_both and not postgresql' \
	$$(grep --recursive --files-with-matches --include='test_*.py' mark.on_both */)

coverage: .venv/.installed-dev
	@$(BIN)/python -m tests.chromium
	$(BIN)/pytest -n $(WORKERS) --cov --cov-report=html --cov-report=term:skip-covered

lint: .venv/.installed-dev $(CATALOGUES)
	$(ELSEWHERE) -m pipenv verify
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(PRODUCTION) $(BIN)/mypy .
	$(BIN)/djlint --quiet --lint templates
	$(BIN)/lint-imports
	$(PRODUCTION) $(BIN)/python manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(BIN)/python -m tests.lint_migrations
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(PRODUCTION) $(BIN)/python -m tests.lint_messages

messages: .venv/.installed-dev
	@$(BIN)/python -m tests.messages

lock: .cache/pipenv/bin/pipenv
	$(PIPENV) --python $(PYTHON) lock
	@$(ELSEWHERE) tests/strip_lock.py Pipfile.lock

bench: .venv/.installed-dev
	$(BIN)/python -m bench

torture: .venv/.installed-dev
	$(BIN)/python -m tests.torture

torture-night: .venv/.installed-dev
	$(BIN)/python -m tests.torture --night

rehearsal: .venv/.installed-dev
	$(BIN)/python -m tests.rehearsal --pipenv $(PIPENV_VERSION)

mutants: .venv/.installed-dev
	$(BIN)/python -m tests.torture.mutants --jobs $(WORKERS)

screenshots: .venv/.installed-dev
	@$(BIN)/python -m tests.chromium
	$(BIN)/python -m tests.screenshots

release: | python
	@$(PYTHON) -m tests.release

sbom: .cache/supply/bin/pip-audit
	@.cache/supply/bin/cyclonedx-py pipenv --output-reproducible --validate -o sbom.json .
	@echo "sbom.json is written."

audit: .cache/supply/bin/pip-audit
	@.cache/supply/bin/python tests/audit.py

# MODULES="bag.services invoices.payments.card" tries these alone; --report only prints the table.
mutation: .venv/.installed-dev .cache/cosmic-ray/bin/cosmic-ray
	$(BIN)/python -m tests.mutation $(MODULES)

check-port:
	@if $(PYTHON) -c 'import socket; socket.create_connection(("127.0.0.1", $(PORT)), 1)' 2>/dev/null; then \
	echo "Port $(PORT) is taken. Try another one: PORT=$$(($(PORT) + 1)) make run" >&2; exit 1; fi

python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed; none was found." >&2; exit 1; }

# Written under another name first, and never over what is there.
env.py:
	@umask 077; key=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(50))'); \
	sed "s/replace-me/$$key/" env.py.example > .env.py.new; mv -n .env.py.new env.py; rm -f .env.py.new

.cache/pipenv/bin/pipenv: | python
	@$(PYTHON) -m venv .cache/pipenv
	@.cache/pipenv/bin/python -m pip install --quiet --disable-pip-version-check pipenv==$(PIPENV_VERSION)

# Cosmic Ray likewise: it wants packages that nothing of ours needs.
.cache/cosmic-ray/bin/cosmic-ray: | python
	@$(PYTHON) -m venv .cache/cosmic-ray
	@.cache/cosmic-ray/bin/python -m pip install --quiet --disable-pip-version-check cosmic-ray==$(COSMIC_RAY_VERSION)

.cache/supply/bin/pip-audit: | python
	@$(PYTHON) -m venv .cache/supply
	@.cache/supply/bin/python -m pip install --quiet --disable-pip-version-check \
	cyclonedx-bom==$(CYCLONEDX_VERSION) pip-audit==$(PIP_AUDIT_VERSION)

.venv/bin/python: | python
	@$(PYTHON) -m venv .venv

%.mo: %.po | .venv/.installed
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@ --locale $(word 2,$(subst /, ,$<))

.venv/.installed: Pipfile.lock | .cache/pipenv/bin/pipenv .venv/bin/python
	$(PIPENV) sync
	@touch $@

.venv/.installed-dev: Pipfile.lock | .cache/pipenv/bin/pipenv .venv/bin/python
	$(PIPENV) sync --dev
	@touch .venv/.installed $@
