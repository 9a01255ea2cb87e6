# make check: everything that must hold before a commit lands
BIN ?= .venv/bin

.PHONY: check lint types layers test format lock
check: lint types layers test

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy

layers:
	$(BIN)/lint-imports

test:
	$(BIN)/pytest

format:
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock:
	uv pip compile --universal --no-emit-index-url --python-version 3.11 --all-extras --no-annotate --no-header --upgrade -o requirements.lock pyproject.toml
