# make demo: the main job on samples/ · make test: everything that a release needs
# make lint · make soak (long fuzzing) · make clean
# Needs Python 3.11+, make and the package index; on Windows use the commands of the README.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
OUT    ?= demo-out

.PHONY: demo test lint soak clean

$(VENV)/.demo: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	touch $@

$(VENV)/.dev: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@ $(VENV)/.demo

demo: $(VENV)/.demo
	$(BIN)/crmclean run -c samples/crmclean.yaml -o $(OUT)
	$(BIN)/python samples/score.py $(OUT)

test: $(VENV)/.dev lint
	$(BIN)/python -m pytest -n auto --dist loadfile

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

soak: $(VENV)/.dev
	CRMCLEAN_SOAK=1 $(BIN)/python -m pytest tests/fuzz tests/test_rules_truth.py -q

clean:
	rm -rf $(VENV) $(OUT) dist build .pytest_cache .ruff_cache .hypothesis
