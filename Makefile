# Two commands: `make quick` and `make test`. Both make the environment .venv first, from the exact versions in
# envs/requirements.txt. PYTHON chooses the interpreter (3.11 or 3.12); another one than .venv has makes .venv anew.
PYTHON ?= python3
# Not ?=: an environment that is not whole is cleared, so no variable of yours may name it by chance.
VENV := .venv
BIN := $(VENV)/bin
# The default of PYTHON asks for nothing: what an environment has serves.
ASKED = $(if $(filter file,$(origin PYTHON)),,$(PYTHON))

.PHONY: page quick test slow soak lint types unit environment lock pin clean

# The page from the runs in results/archive: an environment without torch, .venv-page, and nothing that trains.
page:
	@envs/install.sh .venv-page "$(ASKED)" envs/requirements-page.txt
	.venv-page/bin/python -m snakemake report/paper.html --cores 2 --configfile config/archive.yaml --quiet rules
	@echo "The page: $$PWD/report/paper.html"

quick: environment
	$(BIN)/python -m snakemake --cores 2 --configfile config/quick.yaml --quiet rules
	@echo "The page: $$PWD/report/paper.html"

test: lint types unit

lint: environment
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m snakefmt --check workflow Snakefile
	$(BIN)/python -m snakemake --lint

types: environment
	$(BIN)/python -m mypy

unit: environment
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow"

slow: environment
	$(BIN)/python -m pytest -m slow -rs

# Thousands of tiny runs while trainings and Snakemake are killed: docs/reliability.md.
soak: environment
	$(BIN)/python benchmarks/soak.py --out benchmarks/results/soak.json

environment:
	@envs/install.sh "$(VENV)" "$(ASKED)"

lock:
	@. envs/pythons.sh && check "$(PYTHON)"
	"$(PYTHON)" -m venv --clear .lock-venv
	.lock-venv/bin/python -m pip install --quiet torch==2.13.0 ".[test,slurm]"
	(sed -n '/^#/p' envs/requirements.txt; .lock-venv/bin/python -m pip freeze | sed '/^repool/d; s/+cpu//') > envs/requirements.new
	mv envs/requirements.new envs/requirements.txt
	.lock-venv/bin/python envs/make.py
	rm -rf .lock-venv

# Where conda's channels can be reached, and conda, mamba or micromamba is installed.
pin:
	@. envs/pythons.sh && check "$(PYTHON)"
	"$(PYTHON)" -m venv --clear .pin-venv
	.pin-venv/bin/python -m pip install --quiet conda-lock==4.0.3
	for name in driver trainer-cpu trainer-cuda; do .pin-venv/bin/conda-lock lock --file envs/$$name.yaml \
	    --platform linux-64 --lockfile envs/$$name.conda-lock.yml || exit 1; done
	rm -rf .pin-venv

clean:
	rm -rf .venv .venv-* .pytest_cache .mypy_cache .ruff_cache
