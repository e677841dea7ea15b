"""docs/replication.md: the same numbers as the tables', every cell once."""

import json
from pathlib import Path

import pandas as pd
import pytest
from made_page import make_inputs, make_page, render, run

from repool.report.summary import text

DATASETS = {"NCI1": {}, "IMDB-B": {"failed": ("complement", "global-mean")}, "PROTEINS": {"broken": {"graclus": 1}}}


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("summary")
    make_page(folder, DATASETS, seeds=5, summary=True, kinds=True)
    return folder


@pytest.fixture(scope="module")
def chapters(made) -> dict[str, list[str]]:
    """The lines of each chapter."""
    found: dict[str, list[str]] = {}
    for line in (made / "summary.md").read_text().splitlines():
        if line.startswith("#"):
            lines = found.setdefault(line.strip("# "), [])
        else:
            lines.append(line)
    return found


def fields(lines: list[str]) -> list[list[str]]:
    """The rows of the tables of a chapter, without their heads."""
    rows = [[field.strip() for field in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [
        row
        for place, row in enumerate(rows)
        if not {*"".join(row)} <= {"-"} and rows[place + 1 : place + 2] != [["---"] * len(row)]
    ]


def test_every_cell_with_runs_and_a_published_score_stands_once(made, chapters):
    tables = [pd.read_csv(path) for path in sorted((made / "tables").glob("*.csv"))]
    of_scores = pd.concat([table for table in tables if "difference_low" in table])
    there = of_scores[(of_scores["runs"] > 0) & of_scores["published_mean"].notna()]
    names = {"graclus": "GRACLUS", "complement": "COMPLEMENT", "global-mean": "Global mean"}
    wanted = {(row.dataset, names[row.method]) for row in there.itertuples() if row.method in names}
    shown = [(row[0], row[1]) for row in fields(chapters["Every cell beside the paper's"])]
    assert len(shown) == len(set(shown))
    assert wanted <= set(shown)
    assert ("IMDB-B", "COMPLEMENT") not in shown


def test_a_cell_prints_the_numbers_of_its_table(made, chapters):
    table = pd.read_csv(made / "tables" / "table_1.csv").set_index(["dataset", "method"]).loc[("NCI1", "graclus")]
    (row,) = [row for row in fields(chapters["Every cell beside the paper's"]) if row[:2] == ["NCI1", "GRACLUS"]]
    assert row[2] == "80.1 ± 1.6"
    assert row[3] == f"{table['mean']:.1f} ± {table['std']:.1f} (n = 5)"
    assert row[4].split()[0].replace("−", "-") == f"{table['difference']:+.2f}"
    assert row[5].replace("−", "-") == f"{table['difference_low']:+.2f} to {table['difference_high']:+.2f}"


def test_cells_are_apart_where_the_interval_of_their_difference_leaves_out_zero(chapters):
    every = fields(chapters["Every cell beside the paper's"])
    ends = {tuple(row[:2]): [float(end.replace("−", "-")) for end in row[5].split(" to ")] for row in every if row[5]}
    wanted = {cell for cell, (low, high) in ends.items() if low > 0 or high < 0}
    assert {tuple(row[:2]) for row in fields(chapters["Cells that differ from the paper"])} == wanted
    assert 0 < len(wanted) < len(ends)
    assert any(f"{len(wanted)} of {len(ends)} cells" in line for line in chapters["Cells that differ from the paper"])


def test_a_cell_says_which_data_it_is_of_where_they_are_not_exact(tmp_path):
    make_page(tmp_path, {"NCI1": {}, "IMDB-B": {"status": "substitute"}}, summary=True)
    every = (tmp_path / "summary.md").read_text().split("## Every cell beside the paper's")[1]
    assert {row[0] for row in fields(every.splitlines()) if len(row) == 6} == {"NCI1", "IMDB-B (substitute)"}


def test_what_was_run_is_counted(chapters):
    lines = chapters["What was run"]
    assert "34 of 45 configured runs, 1 failed." in lines
    datasets = {row[0]: row[1:] for row in fields(lines) if row[0] in DATASETS}
    assert datasets == {
        "NCI1": ["exact", "3", "0", "0"],
        "IMDB-B": ["exact", "1", "0", "2"],
        "PROTEINS": ["exact", "2", "1", "0"],
    }


def test_every_claim_is_there_with_its_verdict_or_as_not_run(made, chapters):
    claims = json.loads((made / "claims.json").read_text())["claims"]
    verdicts = {row[0]: row[1] for row in fields(chapters["Verdicts"])}
    (not_run,) = [line for line in chapters["Verdicts"] if line.startswith("Not run: ")]
    assert len(claims) > 1
    for claim in claims:
        assert claim["says"] in verdicts or claim["says"] in not_run
    assert verdicts


def test_what_the_released_code_does_otherwise_stands_there_with_its_tests(tmp_path):
    cards, cells, info = make_inputs(tmp_path, {"NCI1": {}}, 5)
    pair = ("graclus", "complement")
    grid = ["--cells", *[cell for cell in cells if cell.stem in pair], "--cards", *cards, "--methods", ",".join(pair)]
    run("tabulate", "released_code", *grid, "--datasets", "NCI1", "--out", tmp_path / "tables" / "released_code.csv")
    tests = tmp_path / "tests" / "released_code.csv"
    run("test", "released_code", *grid, "--datasets", "NCI1", "--pairs", ":".join(pair), "--out", tests)
    document = render(tmp_path, cards, cells, info, summary=True).read_text()
    part = document.partition("## What the released code does otherwise")[2]
    (row,) = [row for row in fields(part.splitlines()) if row[0] == "NCI1"]
    assert row[1:3] == ["GRACLUS − COMPLEMENT", "5"]
    assert row[3].replace("−", "-") == f"{pd.read_csv(tests)['mean_paired_difference'].iloc[0]:+.2f}"
    assert "table S2's 8" in part


def test_without_its_runs_there_is_no_such_chapter(chapters):
    assert "What the released code does otherwise" not in chapters


def test_what_markdown_would_take_as_its_own_is_escaped():
    assert text("a|b *c* d_e <script>\nf") == r"a\|b \*c\* d\_e &lt;script> f"


def test_a_template_that_is_missing_is_named(tmp_path, capsys):
    with pytest.raises(AssertionError):
        make_page(tmp_path, {"NCI1": {}}, summary=True, templates=tmp_path)
    assert "replication.md.j2 does not render: TemplateNotFound" in capsys.readouterr().err
    assert not (tmp_path / "summary.md").exists()
