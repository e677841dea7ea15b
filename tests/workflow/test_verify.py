"""A result that is not what was written is made again, and `repool verify` names it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from made import write_record
from project import Project

from repool.cli import main

RESULTS = Path("results") / "tiny"
GIN = RESULTS / "runs" / "MUTAG" / "gin"
ABOVE = [("all", ""), ("render_page", "")]
STATED = [*ABOVE, ("collect_numbers", "")]
OF_GIN = [
    *STATED,
    ("train_block", "MUTAG/gin"),
    ("collect_cell", "MUTAG/gin"),
    ("collect_epochs", "MUTAG"),
    ("plot_training", "MUTAG"),
    ("tabulate_artifact", "table_1"),
    ("test_artifact", "table_1"),
    ("judge_claims", ""),
]


@pytest.fixture
def copied(finished, tmp_path) -> Project:
    project = Project.__new__(Project)
    project.folder = Path(shutil.copytree(finished.folder, tmp_path / "copy", symlinks=True))
    return project


def write(path: str | Path, text: str) -> Callable[[Path], Path]:
    def damage(folder: Path) -> Path:
        (folder / path).write_text(text)
        return Path(path)

    return damage


def edit(path: str | Path, old: str, new: str) -> Callable[[Path], Path]:
    def damage(folder: Path) -> Path:
        text = (folder / path).read_text()
        assert old in text
        (folder / path).write_text(text.replace(old, new, 1))
        return Path(path)

    return damage


def lose(path: str | Path, of: str | Path | None = None) -> Callable[[Path], Path]:
    def damage(folder: Path) -> Path:
        (folder / path).unlink()
        return Path(of or path)

    return damage


def forge(folder: Path) -> Path:
    """Another record that agrees with itself."""
    record = json.loads((folder / GIN / "seed-00.json").read_text())
    write_record(folder / GIN / "seed-00.json", record | {"parameters": 1})
    return GIN / "seed-00.json"


def verified(project: Project, capsys, monkeypatch, *arguments: str) -> tuple[int, list[str]]:
    """Exit code of `repool verify`, and what it says is wrong."""
    monkeypatch.chdir(project.folder)
    capsys.readouterr()
    code = main(["verify", *arguments])
    return code, capsys.readouterr().out.splitlines()[:-1]


DAMAGES = {
    "an emptied page": (write("report/paper.html", ""), ABOVE),
    "numbers of nothing": (write(RESULTS / "numbers.json", "{}"), [("all", ""), ("collect_numbers", "")]),
    "an edited table": (
        edit(RESULTS / "tables/table_1.csv", "MUTAG", "Mutag"),
        [*STATED, ("tabulate_artifact", "table_1")],
    ),
    "a lost table": (lose(RESULTS / "tables/table_1.csv"), [*STATED, ("tabulate_artifact", "table_1")]),
    "an edited figure": (
        edit(RESULTS / "figures/figure_1.svg", "MUTAG", "Mutag"),
        [*ABOVE, ("plot_figure", "figure_1")],
    ),
    "an emptied PDF of a figure": (write(RESULTS / "figures/figure_1.pdf", ""), [*ABOVE, ("plot_figure", "figure_1")]),
    "edited tests": (edit(RESULTS / "tests/table_1.csv", "MUTAG", "Mutag"), [*STATED, ("test_artifact", "table_1")]),
    "a lost digest": (
        lose(RESULTS / ".claims.json.sha256", of=RESULTS / "claims.json"),
        [*STATED, ("judge_claims", "")],
    ),
    "an edited record": (edit(GIN / "seed-00.json", '"seed": 0', '"seed":  0'), OF_GIN),
    "a forged record": (forge, OF_GIN),
    "a lost record": (lose(GIN / "seed-00.json"), OF_GIN),
    "lost activations": (lose(GIN / "seed-00.activations.npz"), OF_GIN),
    "a lost timing": (lose(GIN / "seed-00.timing.json"), OF_GIN),
}


@pytest.mark.parametrize(("damage", "jobs"), DAMAGES.values(), ids=DAMAGES)
def test_it_is_named_and_planned_and_nothing_beside_it(copied, capsys, monkeypatch, damage, jobs):
    path = damage(copied.folder)
    code, wrong = verified(copied, capsys, monkeypatch)
    assert (code, len(wrong)) == (1, 1), wrong
    assert wrong[0].startswith(str(path))
    assert copied.planned() == sorted(jobs)


def test_what_is_whole_is_counted(copied, capsys, monkeypatch):
    monkeypatch.chdir(copied.folder)
    assert main(["verify", "--configuration", "tiny", "--data"]) == 0
    said = capsys.readouterr().out
    assert "records 19, timings 19, activations 19" in said
    assert "wrong: 0" in said


@pytest.mark.parametrize(
    "arguments", [("--rerun-triggers", "mtime"), ("--config", "partial=True")], ids=["time", "partial"]
)
def test_also_by_time_alone_and_of_a_partial_configuration(copied, arguments):
    write("report/paper.html", "")(copied.folder)
    write(RESULTS / "numbers.json", "{}")(copied.folder)
    assert copied.planned(*arguments) == sorted(STATED)


def test_one_run_of_the_same_command_makes_the_same_bytes(copied, finished, capsys, monkeypatch):
    for name in ("an emptied page", "numbers of nothing", "a lost table", "an edited figure", "a lost digest"):
        DAMAGES[name][0](copied.folder)
    made = copied.snakemake("--cores", "2")
    assert made.returncode == 0, made.stdout + made.stderr
    for path in sorted(path for folder in ("results", "report") for path in (finished.folder / folder).rglob("*")):
        if path.is_file() and not {"logs", "benchmarks"} & set(path.parts):
            assert (copied.folder / path.relative_to(finished.folder)).read_bytes() == path.read_bytes(), path
    assert verified(copied, capsys, monkeypatch) == (0, [])


def test_a_forged_record_trains_again(copied, finished, capsys, monkeypatch):
    forge(copied.folder)
    made = copied.snakemake("--cores", "2")
    assert made.returncode == 0, made.stdout + made.stderr
    record = GIN / "seed-00.json"
    assert (copied.folder / record).read_bytes() == (finished.folder / record).read_bytes()
    assert verified(copied, capsys, monkeypatch) == (0, [])
    assert copied.planned() == []


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (
            edit(RESULTS / "data" / "MUTAG" / "card.json", '"graphs": 188', '"graphs": 189'),
            "was changed after it was made",
        ),
        (edit(GIN / "seed-00.timing.json", '"seconds"', '"second"'), "seed-00.timing.json"),
    ],
    ids=["a card", "a timing"],
)
def test_what_only_verify_reads_is_named(copied, capsys, monkeypatch, damage, words):
    damage(copied.folder)
    code, wrong = verified(copied, capsys, monkeypatch)
    assert (code, len(wrong)) == (1, 1)
    assert words in wrong[0]


def test_a_configuration_that_is_not_there_is_answered_with_the_nearest(copied, capsys, monkeypatch):
    monkeypatch.chdir(copied.folder)
    assert main(["verify", "--configuration", "tinny"]) == 1
    assert "Did you mean tiny?" in capsys.readouterr().err
    assert main(["verify", "--results", "report"]) == 1
    assert "report has no results" in capsys.readouterr().err
