"""Every number has a name, a text and sources, and leads back to its runs."""

import json
import re
from html import unescape
from pathlib import Path

import pytest
from made import make_card, make_cell
from made_page import make_inputs, render

from repool.cli import main
from repool.report.trace import trace
from repool.words.numerals import Kind, numeral

NOTHING = {"failed": ("graclus", "complement", "global-mean")}

PUBLISHED = """
table_1:
  graclus: {NCI1: [80.1, 1.6]}
  graphsage: {source: quoted, SMNIST: [97.1, 0.02]}
table_2:
  graclus: {NCI1: {one: 76.6, many: 80.1}}
"""


def run(*arguments: object) -> None:
    assert main([str(argument) for argument in arguments]) == 0


@pytest.fixture
def results(tmp_path) -> Path:
    (tmp_path / "published.yaml").write_text(PUBLISHED)
    cells = [
        make_cell(tmp_path, "NCI1", "graclus", {0: 0.80, 3: 0.82}),
        make_cell(tmp_path, "NCI1", "complement", {0: 0.81, 3: 0.81}),
        make_cell(tmp_path, "NCI1", "graclus-one", {0: 0.75, 3: 0.75}),
    ]
    card = make_card(tmp_path)
    published = ["--published", tmp_path / "published.yaml"]
    common = ["--cells", *cells[:2], "--cards", card, "--methods", "graclus,complement", "--datasets", "NCI1"]
    for artifact in ("table_1", "figure_1", "table_s1"):
        run("tabulate", artifact, *common, *published, "--out", tmp_path / "tables" / f"{artifact}.csv")
    ablation = ["--cells", *cells, "--methods", "graclus,graclus-one", "--datasets", "NCI1"]
    run("tabulate", "table_2", *ablation, *published, "--out", tmp_path / "tables" / "table_2.csv")
    run("test", "table_1", *common, "--pairs", "graclus:complement", "--out", tmp_path / "tests" / "table_1.csv")
    run("rank", "table_1", *common, "--out", tmp_path / "ranks" / "table_1.csv")
    about = {"says": "", "artifacts": [], "verdict": "not run", "data": []}
    reason = ["It is off by ", {"test": 0, "number": "estimate"}, "."]
    more = {"over": [], "others": [], "seeds": 3, "failed": 0, "decides": True, "better": False, "within": None}
    more |= {"size": None, "between_datasets": None, "between_datasets_p": None}
    claims = {"claims": [{"id": "made", **about, "reason": reason, "tests": [
        {"dataset": "NCI1", "first": "graclus", "second": "", "test": "published", "measure": "", "metric": "accuracy",
         **more, "estimate": -0.437956, "low": -1.0, "high": 2.0, "p": 0.0001, "margin": 1.0, "holds": None},
        {"dataset": "NCI1", "first": "graclus", "second": "", "test": "published", "measure": "", "metric": "accuracy",
         **more, "estimate": 0.9, "low": None, "high": 2.0, "p": None, "margin": None, "holds": None},
    ]}]}  # fmt: skip
    (tmp_path / "claims.json").write_text(json.dumps(claims))
    folders = {name: sorted((tmp_path / name).glob("*.csv")) for name in ("tables", "tests", "ranks")}
    files = [part for name, paths in folders.items() for part in (f"--{name}", *paths)]
    files += ["--cells", *cells]
    run("numbers", *files, "--claims", tmp_path / "claims.json", "--out", tmp_path / "numbers.json")
    return tmp_path


def numbers(results: Path) -> dict[str, dict]:
    return json.loads((results / "numbers.json").read_text())["numbers"]


def test_a_number_has_its_value_text_unit_and_sources(results):
    found = numbers(results)
    assert found["table_1.NCI1.graclus.mean"] == {
        "value": 81.0,
        "text": "81.0",
        "kind": "score",
        "unit": "%",
        "about": "mean of the runs",
        "sources": {"table": "tables/table_1.csv", "cells": ["NCI1/graclus"]},
    }
    assert found["table_1.NCI1.graclus.runs"]["text"] == "2"
    assert found["figure_1.NCI1.graclus.high"]["value"] == 82
    assert found["table_2.NCI1.graclus.drop"]["sources"]["cells"] == ["NCI1/graclus", "NCI1/graclus-one"]
    assert found["table_s1.NCI1.graphs"]["sources"]["cells"] == []
    assert found["tests.table_1.NCI1.graclus:complement.smallest_attainable_p_value"]["text"] == "0.500"
    assert found["ranks.table_1.graclus.average_rank"]["text"] == "1.50"
    assert found["ranks.table_1.graclus.average_rank"]["sources"]["cells"] == ["NCI1/graclus"]
    assert found["claims.made.0.p"]["text"] == "< 0.001"
    assert found["claims.made.0.estimate"]["sources"] == {"table": "claims.json", "cells": ["NCI1/graclus"]}


@pytest.fixture(scope="module")
def printed(tmp_path_factory) -> tuple[str, Path]:
    """A page of every kind of artifact, and the folder with the numbers of the same inputs."""
    folder = tmp_path_factory.mktemp("printed")
    cards, cells, info = make_inputs(folder, {"NCI1": {}, "IMDB-B": {"failed": ("complement",)}, "ZINC": NOTHING})
    page = render(folder, cards, cells, info, kinds=True).read_text()
    files = {name: sorted((folder / name).glob("*.csv")) for name in ("tables", "tests", "ranks")}
    files["cells"] = [path for cell in cells for path in (cell, cell.with_suffix(".json"))]
    options = [part for name, paths in files.items() for part in (f"--{name}", *paths)]
    more = ("--claims", folder / "claims.json", "--run-info", json.dumps(info), "--out", folder / "numbers.json")
    run("numbers", *options, *more)
    return page, folder


def test_every_number_of_the_page_can_be_traced_by_its_name_and_reads_the_same(printed):
    page, folder = printed
    kept = numbers(folder)
    shown = re.findall(r'<data value="[^"]*" title="([^"]*)"[^>]*>(.*?)</data>', page, re.DOTALL)
    assert len(shown) > 100
    assert {name for name, _ in shown} - set(kept) == set()
    plain = [(name, unescape(re.sub(r"<[^>]*>", "", text))) for name, text in shown]
    assert [(name, text) for name, text in plain if text != kept[name]["text"]] == []


def test_the_counts_of_cells_that_differ_have_names(printed):
    page, folder = printed
    shown = page.partition('<section id="where-it-differs"')[2].partition("</p>")[0]
    assert re.findall(r'title="([^"]*)"', shown) == [
        f"compared.{name}" for name in ("far", "cells", "apart", "intervals")
    ]
    assert numbers(folder)["compared.cells"]["sources"]["cells"]


def test_the_counts_of_the_head_are_numbers_that_lead_to_runs(printed):
    page, folder = printed
    head = page.partition("</header>")[0]
    names = re.findall(r'title="([^"]*)"', head.partition('<dl class="figures">')[2])
    counts = ("replicated", "deviates-from-the-published-number", "inconclusive", "not-replicated", "not-run")
    assert names[:5] == [f"verdicts.{name}" for name in counts]
    assert set(names[5:]) == {"verdicts.no-verdict", "runs.share", "datasets.begun", "datasets.configured"}
    assert "<dd>" in head
    assert not re.search(r"<dd>[^<]", head), "each figure of the head has a name"
    kept = numbers(folder)
    assert (kept["runs.finished"]["text"], kept["runs.configured"]["text"], kept["runs.share"]["text"]) == (
        *("15", "27"),
        "56%",
    )
    assert (kept["datasets.begun"]["text"], kept["datasets.configured"]["text"]) == ("2", "3")
    assert kept["runs.share"]["sources"]["cells"][0] == "NCI1/graclus"
    assert len(kept["runs.share"]["sources"]["cells"]) == 5
    assert kept["verdicts.replicated"]["sources"] == {
        "table": "claims.json",
        "cells": [f"{dataset}/{method}" for dataset in ("NCI1", "IMDB-B") for method in ("complement", "graclus")],
    }
    assert "what: claims with this verdict: complement-matches-graclus\n" in trace("verdicts.replicated", folder)
    assert trace("verdicts.inconclusive", folder).endswith("No run stands behind it.")


def test_a_share_that_is_next_to_nothing_is_not_printed_as_none():
    assert [numeral(share, Kind.PERCENT) for share in (0.0, 0.001, 0.005, 0.9)] == ["0%", "<1%", "0%", "90%"]


def test_what_is_empty_has_no_number(results):
    found = numbers(results)
    assert "claims.made.1.low" not in found
    assert "claims.made.1.high" not in found, "an interval has two ends"
    assert "table_1.NCI1.complement.published_mean" not in found


def test_a_number_has_one_text_wherever_it_stands(results):
    """The same difference was printed with one, two and three decimals, and as it is."""
    found = numbers(results)
    assert found["claims.made.0.estimate"]["text"] == "−0.44"
    assert found["table_1.NCI1.graclus.difference"]["text"] == "+0.90"
    assert found["tests.table_1.NCI1.graclus:complement.mean_paired_difference"]["text"] == "0.00"
    assert found["table_2.NCI1.graclus.drop"]["text"] == "+6.00"


def test_a_small_deviation_is_not_printed_as_none(results):
    assert numbers(results)["table_1.SMNIST.graphsage.published_std"]["text"] == "0.02"


def test_a_number_leads_back_to_its_runs(results, capsys):
    capsys.readouterr()
    run("trace", "table_1.NCI1.graclus.mean", "--results", results)
    text = capsys.readouterr().out
    assert text.startswith("table_1.NCI1.graclus.mean = 81.0 % (81.0)\n")
    assert "what: mean of the runs\n" in text
    assert "NCI1/graclus: 2 runs (exact data)" in text
    assert f"seed  3  accuracy 82  epoch 92  {results / 'runs' / 'NCI1' / 'graclus' / 'seed-03.json'}" in text


def test_a_rank_leads_back_to_the_cells_that_were_ranked(results):
    said = trace("ranks.table_1.graclus.average_rank", results)
    assert "what: average rank over datasets, 1 is best\n" in said
    assert f"table: {results / 'ranks' / 'table_1.csv'}\n" in said
    assert "NCI1/graclus: 2 runs (exact data)" in said


def test_a_number_of_the_paper_has_no_run_of_ours_behind_it(results):
    found = numbers(results)
    for name in ("table_1.NCI1.graclus.published_mean", "table_2.NCI1.graclus.published_drop"):
        assert found[name]["sources"]["cells"] == []
        assert trace(name, results).endswith("It is the paper's own: no run of this project stands behind it.")


def test_the_score_of_a_seed_and_what_its_cell_is_have_names(results):
    found = numbers(results)
    assert found["runs.NCI1.graclus.seed-3.test"] == {
        "value": 82.0,
        "text": "82.0",
        "kind": "score",
        "unit": "%",
        "about": "test score of the run, at the epoch with the best validation score",
        "sources": {"table": "tables/cells/NCI1/graclus.csv", "cells": ["NCI1/graclus"]},
    }


def test_an_unknown_number_is_told_the_nearest_and_several_configurations_are_named(results, capsys, monkeypatch):
    assert main(["trace", "table_1.NCI1.gracls.mean", "--results", str(results)]) == 1
    assert "Near: table_1.NCI1.graclus.mean" in capsys.readouterr().err
    monkeypatch.chdir(results)
    assert main(["trace", "x"]) == 1
    assert "`snakemake numbers --cores 1` makes it" in capsys.readouterr().err
    for name in ("cpu", "quick"):
        (results / "results" / name).mkdir(parents=True)
        (results / "results" / name / "numbers.json").write_text('{"numbers": {}}')
    assert main(["trace", "x"]) == 1
    assert "--results (results/cpu, results/quick)" in capsys.readouterr().err
