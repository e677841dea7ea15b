"""docs/new-artifact.md, done as it says: a kind is a folder, a caption and two lines of configuration."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from project import ROOT, Project

GUIDE = (ROOT / "docs" / "new-artifact.md").read_text()
FILES = dict(re.findall(r"^```(?:python|text) (\S+)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL))
PATCHES = re.findall(r"^```diff\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def followed(finished, tmp_path_factory) -> Project:
    """The finished project with the new figure, in which nothing trains any more."""
    project = Project(tmp_path_factory.mktemp("guide"))
    project.take(finished)
    for path, text in FILES.items():
        (project.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (project.folder / path).write_text(text)
    subprocess.run(["git", "apply", "-"], cwd=project.folder, input="".join(PATCHES), text=True, check=True)
    return project


def test_a_kind_is_a_folder_a_caption_and_two_lines():
    folders = {str(Path(path).parent) for path in FILES}
    assert folders == {"src/repool/artifacts/reach", "report/captions"}
    changed = [line for patch in PATCHES for line in patch.splitlines() if re.match(r"\+(?!\+\+)", line)]
    assert len(changed) == 2


def test_it_is_planned_drawn_and_printed_and_nothing_trains(followed):
    jobs = followed.planned()
    assert {rule for rule, _ in jobs} == {
        *("all", "collect_numbers", "plot_figure", "render_page", "tabulate_artifact"),
    }
    assert {name for rule, name in jobs if rule == "tabulate_artifact"} == {"figure_9"}
    made = followed.snakemake("--cores", "2")
    assert made.returncode == 0, made.stdout + made.stderr
    results = followed.folder / "results" / "tiny"
    assert (results / "figures" / "figure_9.svg").is_file()
    assert "figure_9.MUTAG.graclus.least" in json.loads((results / "numbers.json").read_text())["numbers"]
    page = (followed.folder / "report" / "paper.html").read_text()
    assert "Figure 9. How far scores reach" in page
    assert 'title="figure_9.MUTAG.graclus.greatest"' in page


def test_its_files_are_as_the_house_wants_them(followed):
    for tool in (["check"], ["format", "--check"]):
        command = [
            sys.executable,
            "-m",
            "ruff",
            *tool,
            "--config",
            str(ROOT / "pyproject.toml"),
            "src/repool/artifacts/reach",
        ]
        made = subprocess.run(command, cwd=followed.folder, capture_output=True, text=True)
        assert made.returncode == 0, made.stdout


def test_it_keeps_the_contract_of_all_kinds(followed):
    """Pending cells, embedded data, names of numbers, page and PDF."""
    for part in ("tests", "pyproject.toml", "CITATION.cff"):
        source, target = ROOT / part, followed.folder / part
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    program, *arguments = next(line.strip() for line in GUIDE.splitlines() if "pytest" in line).split()
    assert program == "python"
    variables = os.environ | {"PYTHONPATH": str(followed.folder / "src"), "PYTEST_ADDOPTS": ""}
    command = [sys.executable, *arguments, "-vv", "-p", "no:xdist"]
    made = subprocess.run(command, cwd=followed.folder, env=variables, capture_output=True, text=True)
    assert made.returncode == 0, made.stdout + made.stderr
    assert "test_it_prints_no_number_without_a_name[reach] PASSED" in made.stdout
