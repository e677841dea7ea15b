"""This workflow from another working directory, and as a module of another workflow."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

import warm_snakemake
from repool.overlays import merged

ROOT = Path(__file__).parents[2]
SNAKEFILE = ROOT / "workflow" / "Snakefile"
QUICK = ROOT / "config" / "quick.yaml"

IMPORTING = f"""
configfile: "config.yaml"

module repool:
    snakefile: "{SNAKEFILE}"
    config: config["repool"]
    prefix: "pooling"

use rule * from repool as repool_*

rule count_graphs:
    default_target: True
    input: "pooling/results/quick/data/MUTAG/card.json"
    output: "graphs.txt"
    shell: "wc -c < {{input}} > {{output}}"
"""


def snakemake(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    return warm_snakemake.snakemake(["--cores", "1", *arguments], folder)


def jobs(printed: str) -> str:
    """What is said of the jobs, without the head that names the Snakefile."""
    return printed.partition("Building DAG of jobs...")[2]


@pytest.fixture
def importing(tmp_path) -> Path:
    """A workflow that has this one as a module."""
    (tmp_path / "Snakefile").write_text(IMPORTING)
    config = {"repool": merged([ROOT / "config" / "paper.yaml", QUICK])}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
    return tmp_path


def test_another_working_directory_gets_the_results_and_the_paper(tmp_path):
    planned = snakemake(tmp_path, "all", "--snakefile", str(SNAKEFILE), "--dry-run", "--configfile", str(QUICK))
    assert planned.returncode == 0, planned.stdout + planned.stderr
    assert re.search(r"output: .*\breport/paper\.html", planned.stdout)
    assert str(ROOT) not in jobs(planned.stdout)


def test_a_module_makes_a_dataset_under_its_prefix(importing):
    made = snakemake(importing)
    assert made.returncode == 0, made.stdout + made.stderr
    assert int((importing / "graphs.txt").read_text()) > 0


def test_every_rule_can_be_imported(importing):
    planned = snakemake(importing, "pooling/report/paper.html", "--dry-run")
    assert planned.returncode == 0, planned.stdout + planned.stderr
    counts = dict(line.split()[:2] for line in planned.stdout.splitlines() if line.startswith("repool_"))
    assert {"repool_train_block", "repool_judge_claims", "repool_render_page"} <= set(counts)
    printed = snakemake(importing, "pooling/report/paper.html", "--dry-run", "--printshellcmds").stdout
    assert re.search(r"--out .*\bpooling/report/paper\.html", printed)
    assert str(ROOT) not in jobs(printed)


def test_the_catalogue_finds_what_it_asks_for():
    described = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text())["usage"]
    assert described["report"] is True
    assert described["software-stack-deployment"]["conda"] is True
    assert (ROOT / "config" / "README.md").is_file()
    assert SNAKEFILE.is_file()
