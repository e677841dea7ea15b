"""docs/new-pooling.md, done as it says."""

import os
import re
import subprocess
import sys

import pandas as pd
import pytest
from project import ROOT, Project

GUIDE = (ROOT / "docs" / "new-pooling.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def followed(tmp_path_factory) -> Project:
    project = Project(tmp_path_factory.mktemp("guide"))
    patch = "".join(blocks("diff"))
    subprocess.run(["git", "apply", "-"], cwd=project.folder, input=patch, text=True, check=True)
    (configuration,) = blocks("yaml")
    (project.folder / "config" / "mine.yaml").write_text(configuration)
    return project


def test_the_guide_leads_from_a_new_part_to_a_test_against_its_twin(followed):
    (commands,) = blocks("sh")
    command = commands.splitlines()[0].split()
    assert command[:2] == ["snakemake", "figure_2"]
    environment = {**os.environ, "PYTHONPATH": str(followed.folder / "src")}
    result = subprocess.run(
        [sys.executable, "-m", *command], cwd=followed.folder, env=environment, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout + result.stderr
    results = followed.folder / "results" / "mine"
    runs = pd.read_csv(results / "tables" / "figure_2.csv")
    assert runs.groupby("method").size().to_dict() == {"diffpool-normal": 6, "diffpool-sharp": 6}
    (pair,) = pd.read_csv(results / "tests" / "figure_2.csv").to_dict("records")
    assert (pair["first_method"], pair["second_method"]) == ("diffpool-sharp", "diffpool-normal")
    assert pair["number_of_pairs"] == 6
    assert 0 < pair["p_value_holm"] <= 1
    assert (results / "figures" / "figure_2.svg").is_file()
