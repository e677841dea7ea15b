# Two commands: `make quick` and `make test`. Both make the environment .venv first, from the exact versions in
# envs/requirements.txt. PYTHON chooses the interpreter (3.11 or 3.12).
PYTHON ?= python3
BIN := .venv/bin

.PHONY: quick test slow lint types unit lock pin clean

quick: .venv/installed
	$(BIN)/snakemake --cores 2 --configfile config/quick.yaml --quiet rules
	@echo "The page: $(CURDIR)/report/paper.html"

test: lint types unit

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check workflow
	$(BIN)/snakemake --lint

types: .venv/installed
	$(BIN)/mypy

unit: .venv/installed
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow"

slow: .venv/installed
	$(BIN)/python -m pytest -m slow -rs

.venv/installed: envs/requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r envs/requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

lock:
	$(PYTHON) -m venv .lock-venv
	.lock-venv/bin/pip install --quiet torch==2.13.0 ".[test,slurm]"
	(sed -n '/^#/p' envs/requirements.txt; .lock-venv/bin/pip freeze | sed '/^repool/d; s/+cpu//') > envs/requirements.new
	mv envs/requirements.new envs/requirements.txt
	.lock-venv/bin/python envs/make.py
	rm -rf .lock-venv

# Where conda's channels can be reached, and conda, mamba or micromamba is installed.
pin:
	$(PYTHON) -m venv .pin-venv
	.pin-venv/bin/pip install --quiet conda-lock==4.0.3
	for name in driver trainer-cpu trainer-cuda; do .pin-venv/bin/conda-lock lock --file envs/$$name.yaml \
	    --platform linux-64 --lockfile envs/$$name.conda-lock.yml || exit 1; done
	rm -rf .pin-venv

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache
