# `make run` and `make test` do everything on a fresh machine: Python 3.11 or newer (with pip), make and a package
# index are enough. No root, no running server.
#
#   make run  [PORT=8000] [HOST=127.0.0.1] [LIAISON_VAR=var]    the application, on embedded defaults
#   make test [ARGS="tests/accounts -k login"]                  the whole suite, or what ARGS says
#   make bench, lint, types, format, clean
#   PYTHON=python3.12 chooses the interpreter that .venv is made with.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test bench lint types format clean

ARGS ?=
VENV := .venv
BIN := $(VENV)/bin

# Named after what the files say, not when they were touched: a checkout or another work tree reinstalls nothing.
RUN_STAMP := $(VENV)/run-$(firstword $(shell cksum < requirements.txt))
DEV_STAMP := $(VENV)/dev-$(firstword $(shell cat requirements.txt requirements-pdf.txt requirements-dev.txt | cksum))

# pip and uv keep caches below HOME; where that is missing or read-only they get a place of ours.
ifneq ($(shell test -n "$$HOME" && test -w "$$HOME" && echo yes),yes)
export HOME := $(CURDIR)/$(VENV)/home
endif
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export LIAISON_VAR

help:
	@sed -n 's/^# \{0,1\}//; 1,8p' Makefile

run: $(RUN_STAMP)
	@exec $(BIN)/python manage.py up $(if $(HOST),--host "$(HOST)") $(if $(PORT),--port "$(PORT)")

test: $(DEV_STAMP)
	@$(BIN)/python -m pytest $(ARGS)

bench: $(DEV_STAMP)
	@$(BIN)/python -m bench $(ARGS)

lint: $(DEV_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV_STAMP)
	$(BIN)/mypy .

format: $(DEV_STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The data (var/, or LIAISON_VAR) stays: deleting it is a decision, not a clean-up.
clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis test-results
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

$(RUN_STAMP): | $(BIN)/python
	@echo "Installing what the application needs (once) ..."
	@$(call install,requirements.txt)
	@touch $@

$(DEV_STAMP): | $(BIN)/python
	@echo "Installing what tests and tools need (once) ..."
	@$(call install,requirements-dev.txt)
	@touch $(RUN_STAMP) $@

# uv is several times faster than pip, which stands in where uv cannot be had. uv does not read pip's own settings: it
# is told the index and the certificates that pip was told, and what it still cannot find is left to pip.
pip_setting = $$pip config list 2>/dev/null | sed -n "s/^[a-z]*\.$(1)='\(.*\)'$$/\1/p" | tail -n 1
define install
mkdir -p "$$HOME"; pip="$(BIN)/python -m pip"; \
: "$${PIP_INDEX_URL:=$$($(call pip_setting,index-url))}"; \
: "$${PIP_CERT:=$$($(call pip_setting,cert))}"; \
[ -z "$$PIP_INDEX_URL" ] || export UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$$PIP_INDEX_URL}"; \
[ -z "$$PIP_CERT" ] || export SSL_CERT_FILE="$${SSL_CERT_FILE:-$$PIP_CERT}"; \
if { test -x $(BIN)/uv || $$pip install --quiet uv; } \
	&& UV_LINK_MODE=copy $(BIN)/uv pip install --quiet --python $(BIN)/python -r $(1); \
then :; else \
	echo "uv could not do it; trying pip, which takes longer."; \
	$$pip install --quiet -r $(1); \
fi
endef

# Where the system's Python has no ensurepip (Debian without python3-venv), its own pip fills the environment.
$(BIN)/python:
	@python="$(PYTHON)"; \
	if [ -z "$$python" ]; then \
		for candidate in python3 python3.14 python3.13 python3.12 python3.11 python; do \
			if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
				python=$$candidate; break; \
			fi; \
		done; \
	fi; \
	if [ -z "$$python" ] || ! "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		echo "Python 3.11 or newer is needed; found: $$("$${python:-python3}" --version 2>/dev/null | head -n 1 | grep . || echo none)." >&2; \
		echo "Install one, or name it: make PYTHON=/path/to/python3.11 ..." >&2; \
		exit 1; \
	fi; \
	mkdir -p "$$HOME"; \
	"$$python" -m venv $(VENV) 2>/dev/null \
	|| { rm -rf $(VENV); "$$python" -m venv --without-pip $(VENV) \
		&& "$$python" -m pip --python $(VENV)/bin/python install --quiet pip; } \
	|| { rm -rf $(VENV); echo "$$python cannot make a virtual environment: install its venv module or pip." >&2; exit 1; }
