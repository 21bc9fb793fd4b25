# The commands people run. Everything works from .venv; nothing is installed outside the checkout.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
export PORT

.PHONY: demo demo-reset test check lint types contracts journeys wheel-check lock docs bench clean

.venv: .venv/.ready

# Console scripts of a venv break in a folder whose name has a space; `python -m` never does.
.venv/.ready: requirements/dev.txt
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 ou plus récent est nécessaire.")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/dev.txt
	pwd > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/vae_portal_checkout.pth"
	printf '#!/bin/sh\nexec "$$(dirname "$$0")/python" -m vae_portal.cli "$$@"\n' > $(BIN)/vae-portal
	chmod +x $(BIN)/vae-portal
	touch .venv/.ready

demo: .venv
	@exec $(BIN)/python -m vae_portal.cli demo

demo-reset: .venv
	@$(BIN)/python -m vae_portal.cli demo --reset

test: .venv
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not journey"

journeys: .venv
	$(BIN)/python -m pytest -n 2 --dist loadfile -m journey

lint: .venv
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .

types: .venv
	$(BIN)/python -m mypy

contracts: .venv
	$(BIN)/python -c 'from importlinter.cli import lint_imports_command as run; run()'

wheel-check: .venv
	$(BIN)/python tests/support/wheel_check.py

check: lint types contracts test journeys wheel-check

docs: .venv
	$(BIN)/python -m vae_portal.cli rules --write docs

bench: .venv
	$(BIN)/python -m vae_portal.cli bench

# Pinned and hashed, without the address of any package index.
lock: .venv
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements/run.txt
	$(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra dev pyproject.toml -o requirements/dev.txt

clean:
	rm -rf .venv dist build
