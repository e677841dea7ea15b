"""docs/new-dataset.md, done as it says, with a small archive in place of the download."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from project import ROOT, Project
from raw_files import zipped_texts

GUIDE = (ROOT / "docs" / "new-dataset.md").read_text()
PREPARE, SHOW, _ = re.findall(r"^(?:python -m repool|snakemake) .*$", GUIDE, re.MULTILINE)
# Rings of four nodes of one class, stars of five of the other; the labels of nodes are 0 and, in the middle, 1.
GRAPHS = 60


def blocks(language: str) -> str:
    return "".join(re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, flags=re.MULTILINE | re.DOTALL))


def archive() -> bytes:
    edges, of, labels = [], [], []
    for graph in range(GRAPHS):
        first = len(of)
        size = 5 if graph % 2 else 4
        pairs = [(0, leaf) for leaf in range(1, 5)] if graph % 2 else [(node, (node + 1) % 4) for node in range(4)]
        edges += [f"{first + a + 1}, {first + b + 1}" for pair in pairs for a, b in (pair, pair[::-1])]
        of += [graph + 1] * size
        labels += [graph % 2, *[0] * (size - 1)]
    texts = {
        "A": edges,
        "graph_indicator": of,
        "graph_labels": [1 + n % 2 for n in range(GRAPHS)],
        "node_labels": labels,
    }
    return zipped_texts({name: "".join(f"{line}\n" for line in lines) for name, lines in texts.items()}, "ENZYMES")


def call(project: Project, command: str) -> subprocess.CompletedProcess:
    """A command of the guide, in the project's folder and by its code, with the mirror."""
    program, *arguments = command.split()
    given = [sys.executable, *(["-m", program, *arguments] if program == "snakemake" else arguments)]
    variables = {"PYTHONPATH": str(project.folder / "src"), "REPOOL_MIRROR": str(project.folder / "mirror")}
    made = subprocess.run(given, cwd=project.folder, env=os.environ | variables, capture_output=True, text=True)
    assert made.returncode == 0, made.stdout + made.stderr
    return made


@pytest.fixture(scope="module")
def followed(tmp_path_factory) -> Project:
    project = Project(tmp_path_factory.mktemp("guide"))
    subprocess.run(["git", "apply", "-"], cwd=project.folder, input=blocks("diff"), text=True, check=True)
    (project.folder / "config" / "mine.yaml").write_text(blocks("yaml"))
    (project.folder / "mirror" / "tu").mkdir(parents=True)
    (project.folder / "mirror" / "tu" / "ENZYMES.zip").write_bytes(archive())
    return project


def card(folder: Path) -> dict:
    return json.loads((folder / "card.json").read_text())


def test_the_guide_leads_from_an_archive_to_its_place_in_a_table(followed):
    made = call(followed, PREPARE)
    about = card(followed.folder / "ENZYMES")
    assert about["status"] == "unverified"
    assert (about["graphs"], about["classes"], about["avg_nodes"], about["avg_edges"]) == (GRAPHS, 2, 4.5, 4.0)
    assert about["features"] == {"kind": "labels", "count": 2, "names": ["0", "1"]}

    (sha256,) = re.findall(r"\b[0-9a-f]{64}\b", made.stdout + made.stderr)
    sources = followed.folder / "config" / "datasets.yaml"
    address = next(line for line in blocks("diff").splitlines() if "url:" in line).removeprefix("+")
    sources.write_text(sources.read_text().replace(address, f"{address}\n  sha256: {sha256}"))

    call(followed, SHOW)
    results = followed.folder / "results" / "mine"
    assert card(results / "data" / "ENZYMES")["status"] == "exact"
    scores = pd.read_csv(results / "tables" / "table_1.csv").query("dataset == 'ENZYMES'")
    assert dict(zip(scores["method"], scores["runs"], strict=True)) == {"graclus": 2, "complement": 2}
    assert scores["mean"].between(0, 100).all()
    (pair,) = pd.read_csv(results / "tests" / "table_1.csv").to_dict("records")
    assert (pair["dataset"], pair["number_of_pairs"]) == ("ENZYMES", 2)
    (counts,) = pd.read_csv(results / "tables" / "table_s1.csv").query("dataset == 'ENZYMES'").to_dict("records")
    assert (counts["graphs"], counts["avg_nodes"], counts["status"]) == (GRAPHS, 4.5, "exact")
