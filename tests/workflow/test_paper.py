"""The whole paper as it is declared, planned without running anything."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def dry_run(*arguments: str) -> str:
    command = [sys.executable, "-m", "snakemake", *arguments, "--dry-run", "--cores", "2", "--nolock"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.mark.parametrize(("name", "cells", "blocks"), [("paper", 9 * 2 + 4, 2), ("cpu", 4 * 3, 4), ("quick", 3 * 3, 1)])
def test_every_configuration_plans_its_runs(name, cells, blocks):
    output = dry_run("--forceall", "--configfile", f"config/{name}.yaml")
    counts = dict(line.split()[:2] for line in output.splitlines() if line.startswith(("train_seeds", "collect_cell")))
    assert int(counts["collect_cell"]) == cells
    assert sum(int(count) for rule, count in counts.items() if rule.startswith("train")) == cells * blocks
