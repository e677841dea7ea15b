"""docs/sanity.md, done as it says; and a user's mistake, which stops before anything trains."""

import json
import os
import re
import subprocess
import sys

import pandas as pd
import pytest
from project import ROOT, Project
from raw_files import SMILES, molecules, zipped_molecules, zipped_texts

GUIDE = (ROOT / "docs" / "sanity.md").read_text()


def block(language: str, place: int = 0) -> str:
    """A block of a language, the first one where no other is asked for."""
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, flags=re.MULTILINE | re.DOTALL)[place]


def given(project: Project, command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(project.folder / "src"), "PYTHONWARNINGS": "ignore"} | variables
    environment.pop("REPOOL_PROJECT", None)
    words = [sys.executable, *command.split()[1:]]
    return subprocess.run(words, cwd=project.folder, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def followed(tmp_path_factory) -> Project:
    project = Project(tmp_path_factory.mktemp("guide"))
    (project.folder / "my_pooling.py").write_text(block("python"))
    (project.folder / "my_pooling.yaml").write_text(block("yaml"))
    result = given(project, block("sh").strip())
    assert result.returncode == 0, result.stdout + result.stderr
    project.said = result.stdout
    return project


def test_the_tutorial_leads_from_a_class_to_a_page_of_its_own(followed):
    assert "kept    degree does not depend on the order of nodes" in followed.said
    assert re.search(r"costs   degree-uniform: [\d.]+ ms and [\d.]+ MB a step", followed.said)
    results = followed.folder / "results" / "degree"
    tests = pd.read_csv(results / "tests" / "check_scores.csv")
    assert tests["second_method"].tolist() == ["degree-uniform", "degree-normal", "without-pooling", "degree-one"]
    assert set(tests["number_of_pairs"]) == {6}
    page = (followed.folder / "report" / "degree.html").read_text()
    assert "degree: does it beat its random twin?" in page
    assert "The paper’s claims" not in page
    assert "Scores. Does it beat its random twin?" in page
    assert not (followed.folder / "report" / "paper.html").exists()


def test_given_again_it_has_nothing_to_do(followed):
    result = given(followed, "python -m repool check my_pooling.yaml --cores 2")
    assert result.returncode == 0, result.stderr
    assert "Nothing to be done" in result.stdout + result.stderr


def test_another_operator_retrains_what_it_is_in_and_no_twin(followed):
    file = followed.folder / "my_pooling.py"
    file.write_text(file.read_text().replace(".log1p()", ".sqrt()"))
    result = given(followed, "python -m repool check my_pooling.yaml --cores 2 --dry-run")
    assert result.returncode == 0, result.stderr
    trained = set(re.findall(r"runs/MUTAG/([\w-]+)/seeds", result.stdout + result.stderr))
    assert {"degree", "degree-one"} <= trained
    jobs = re.findall(r"train_block\s+(\d+)", result.stdout + result.stderr)
    assert set(jobs) == {"2"}


def test_a_broken_contract_is_a_sentence_and_nothing_trains(followed):
    file = followed.folder / "my_pooling.py"
    file.write_text(file.read_text().replace(".tanh()", ".tanh() * __import__('random').random()"))
    result = given(followed, "python -m repool check my_pooling.yaml --cores 2")
    assert result.returncode == 1
    assert "broken  my_pooling.py:DegreePooling gives something else the second time" in result.stdout
    assert "rule" not in result.stdout


def test_a_dataset_of_the_tu_collection_comes_by_its_name_from_a_mirror(followed):
    mirror = followed.folder / "mirror" / "tu"
    mirror.mkdir(parents=True)
    (mirror / "AIDS.zip").write_bytes(small_archive("AIDS"))
    (followed.folder / "my_pooling.py").write_text(block("python"))
    text = (
        block("yaml").replace("[MUTAG]", "[AIDS]").replace("degree", "degree-aids").replace("epochs: 10", "epochs: 1")
    )
    (followed.folder / "aids.yaml").write_text(text.replace("seeds: 6", "seeds: 1"))
    result = given(followed, "python -m repool check aids.yaml --cores 2", REPOOL_MIRROR=str(mirror.parent))
    assert result.returncode == 0, result.stdout + result.stderr
    assert "AIDS" in (followed.folder / "report" / "degree-aids.html").read_text()


def test_graphs_of_ones_own_come_from_a_function(followed):
    folder = followed.folder / "own"
    folder.mkdir()
    (folder / "my_data.py").write_text(block("python", 1))
    (folder / "my_pooling.py").write_text(block("python"))
    text = block("yaml").replace("datasets: [MUTAG]\n", block("yaml", 1)).replace("degree", "degree-rings")
    (folder / "rings.yaml").write_text(text.replace("seeds: 6", "seeds: 1").replace("epochs: 10", "epochs: 1"))
    command = "python -m repool check own/rings.yaml --cores 2"
    result = given(followed, command)
    assert result.returncode == 0, result.stdout + result.stderr
    about = json.loads((followed.folder / "results/degree-rings/data/RINGS/card.json").read_text())
    assert (about["graphs"], about["classes"], about["status"]) == (60, 2, "unverified")
    assert "Made by own/my_data.py:graphs, a function that was brought" in about["note"]
    assert "RINGS" in (followed.folder / "report" / "degree-rings.html").read_text()

    result = given(followed, command)
    assert "Nothing to be done" in result.stdout + result.stderr
    (folder / "my_data.py").write_text(block("python", 1).replace("count=60", "count=80"))
    result = given(followed, f"{command} --dry-run")
    assert "prepare_own_dataset" in result.stdout + result.stderr
    (folder / "my_data.py").unlink()
    result = given(followed, command)
    assert result.returncode == 1
    assert "own/my_data.py cannot be read (No such file or directory)" in result.stdout + result.stderr
    assert "Traceback" not in result.stdout + result.stderr


@pytest.mark.slow
def test_ogbs_molecules_come_by_their_name(followed):
    """The real archive, where a mirror folder has it."""
    mirror = os.environ.get("REPOOL_MIRROR", "")
    if not (ROOT / mirror / "ogb" / "hiv.zip").is_file():
        pytest.skip("needs ogb/hiv.zip in REPOOL_MIRROR")
    text = block("yaml").replace("[MUTAG]", "[ogbg-molhiv]").replace("degree", "degree-molhiv")
    (followed.folder / "my_pooling.py").write_text(block("python"))
    (followed.folder / "molhiv.yaml").write_text(
        text.replace("seeds: 6", "seeds: 1").replace("epochs: 10", "epochs: 1")
    )
    result = given(followed, "python -m repool check molhiv.yaml --cores 2", REPOOL_MIRROR=str(ROOT / mirror))
    assert result.returncode == 0, result.stdout + result.stderr
    assert "ogbg-molhiv" in (followed.folder / "report" / "degree-molhiv.html").read_text()


def test_a_set_of_ogbs_judged_by_rmse_goes_through_to_the_page(followed):
    """A made-up archive in OGB's layout, under a name that is none of OGB's."""
    mirror = followed.folder / "mirror" / "ogb"
    mirror.mkdir(parents=True, exist_ok=True)
    parts = {"train": range(0, 24), "valid": range(24, 32), "test": range(32, 40)}
    texts = {part: "".join(f"{graph}\n" for graph in of) for part, of in parts.items()}
    targets = "".join(f"{graph / 10}\n" for graph in range(40))
    zipped_molecules(mirror / "MADE.zip", molecules(SMILES * 8, **texts, **{"graph-label": targets}))
    source = "sources: {MADE: {format: ogb, task: regression, metric: rmse, url: 'http://example.invalid/MADE.zip'}}\n"
    text = block("yaml").replace("[MUTAG]", "[MADE]").replace("degree", "degree-made") + source
    (followed.folder / "my_pooling.py").write_text(block("python"))
    (followed.folder / "made.yaml").write_text(text.replace("seeds: 6", "seeds: 2").replace("epochs: 10", "epochs: 1"))
    result = given(followed, "python -m repool check made.yaml --cores 2", REPOOL_MIRROR=str(mirror.parent))
    assert result.returncode == 0, result.stdout + result.stderr
    tests = pd.read_csv(followed.folder / "results/degree-made/tests/check_scores.csv")
    assert set(tests["metric"]) == {"rmse"}
    assert "RMSE" in (followed.folder / "report" / "degree-made.html").read_text()


def small_archive(name: str) -> bytes:
    """Forty cycles, of four nodes or five."""
    sizes = [4 + graph % 2 for graph in range(40)]
    starts = [sum(sizes[:graph]) for graph in range(40)]
    pairs = [(s + i, s + (i + 1) % n) for s, n in zip(starts, sizes, strict=True) for i in range(n)]
    lines = {
        "A": [f"{a + 1}, {b + 1}" for pair in pairs for a, b in (pair, pair[::-1])],
        "graph_indicator": [str(graph + 1) for graph, n in enumerate(sizes) for _ in range(n)],
        "graph_labels": [str(n) for n in sizes],
        "node_labels": [str(i % 2) for n in sizes for i in range(n)],
    }
    return zipped_texts({part: "".join(f"{line}\n" for line in of) for part, of in lines.items()}, name)
