# Two commands: `make reproduce` runs the pipeline, `make test` runs lint, types and tests.
# Each sets up what it needs in .venv first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= $(shell getconf _NPROCESSORS_ONLN)

.PHONY: reproduce test clean

reproduce: $(VENV)/installed
	$(BIN)/tidemark repro --jobs $(JOBS)
	$(BIN)/tidemark table
	$(BIN)/tidemark verify

test: $(VENV)/installed-test
	sh tests/chromium.sh
	sh tests/qemu.sh
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n $(JOBS) --dist loadfile

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable .
	$(BIN)/tidemark plots-page
	touch $@

$(VENV)/installed-test: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[test]'
	$(BIN)/tidemark plots-page
	touch $(VENV)/installed $@

clean:
	rm -rf $(VENV) .ckpt .mypy_cache .ruff_cache .pytest_cache .hypothesis
