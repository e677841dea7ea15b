"""Tables as files: what a spreadsheet would take for a formula is text, and is read back as it was."""

import json

import pandas as pd
import pytest
from made import make_card, make_cell, make_record, make_timing

from repool.analysis.files import write_rows
from repool.analysis.tables import read_table, write_table
from repool.cli import main

FORMULAS = [
    '=cmd|"/C calc"!A0',
    '=HYPERLINK("http://example.org")',
    "+1+cmd",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "'=1",
    "''=1",
]
PLAIN = ["", "gin", "'quoted'", "a=b", "-0.4", "+1e-5", "-1.5; -2.0", "-0.25 0 3e-07", "1 - 2"]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_a_spreadsheet_would_calculate_has_an_apostrophe_before_it(tmp_path, text):
    write_table(tmp_path / "t.csv", pd.DataFrame({"name": [text], "number": [-0.4]}))
    raw = pd.read_csv(tmp_path / "t.csv", keep_default_na=False)
    assert raw["name"].tolist() == [f"'{text}"]
    assert raw["number"].tolist() == [-0.4]


@pytest.mark.parametrize("text", PLAIN)
def test_other_text_is_written_as_it_is(tmp_path, text):
    write_table(tmp_path / "t.csv", pd.DataFrame({"name": [text, "x"]}))
    assert (tmp_path / "t.csv").read_text() == f"name\n{text or chr(34) * 2}\nx\n"


def test_our_own_tables_are_read_back_as_they_were(tmp_path):
    frame = pd.DataFrame({"name": FORMULAS + PLAIN, "number": [-0.4 - one for one in range(len(FORMULAS + PLAIN))]})
    before = frame.copy()
    write_table(tmp_path / "t.csv", frame)
    pd.testing.assert_frame_equal(read_table(tmp_path / "t.csv", ["name", "number"], ["name"]), before)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("more", [[], ["\r=1", "a\rb"]], ids=["", "with a carriage return"])
def test_rows_are_written_as_a_frame_of_them_is(tmp_path, more):
    texts = [*FORMULAS[:6], *FORMULAS[7:], *PLAIN, *more]
    rows = [{"name": text, "whole": n, "number": 10.0 ** (n - 12) / 3} for n, text in enumerate(texts)]
    rows += [{"name": "x", "whole": 3, "number": float("nan")}, {"name": None}]
    columns = ["name", "whole", "number", "nothing"]
    write_rows(tmp_path / "rows.csv", columns, rows)
    frame = pd.DataFrame(rows, columns=columns).astype({"whole": "Int64"})
    write_table(tmp_path / "frame.csv", frame)
    assert (tmp_path / "rows.csv").read_bytes() == (tmp_path / "frame.csv").read_bytes()


@pytest.mark.parametrize("kind", ["object", "string", "category"])
def test_however_pandas_holds_the_text(tmp_path, kind):
    write_table(tmp_path / "t.csv", pd.DataFrame({"name": pd.Series(["=1", "=1", "x"], dtype=kind)}))
    assert (tmp_path / "t.csv").read_text() == "name\n'=1\n'=1\nx\n"


def test_a_device_with_the_name_of_a_formula_goes_through_the_tables(tmp_path):
    """The name of a device is what its driver says."""
    record = make_record(tmp_path, 0, 0.8)
    make_timing(record, device_name="=1+1")
    card, cell = make_card(tmp_path), tmp_path / "graclus.csv"
    files = ["--card", card, "--out", cell, "--info", cell.with_suffix(".json")]
    assert main([str(word) for word in ["collect", "--records", record, *files]]) == 0
    out = tmp_path / "epoch_times.csv"
    given = ["--cells", cell, "--summaries", cell.with_suffix(".json"), "--cards", card]
    grid = ["--methods", "graclus", "--datasets", "NCI1", "--out", out]
    assert main([str(word) for word in ["tabulate", "epoch_times", *given, *grid]]) == 0
    assert ",'=1+1," in out.read_text()
    assert read_table(out, ["devices"], ["devices"])["devices"].tolist() == ["=1+1"]


def test_names_that_look_like_numbers_or_nothing_are_names(tmp_path):
    for method, score in (("nan", 0.8), ("1", 0.7)):
        make_cell(tmp_path, "123", method, {0: score, 1: score + 0.1})
    cells = sorted((tmp_path / "tables" / "cells" / "123").glob("*.csv"))
    given = ["--cells", *cells, "--cards", make_card(tmp_path, "123"), "--methods", "nan,1", "--datasets", "123"]
    for words in (["tabulate", "table_1"], ["test", "table_1", "--pairs", "nan:1"]):
        out = tmp_path / words[0] / "table_1.csv"
        assert main([str(word) for word in [*words, *given, "--out", out]]) == 0
    out = tmp_path / "numbers.json"
    tables = ["--tables", tmp_path / "tabulate" / "table_1.csv", "--tests", tmp_path / "test" / "table_1.csv"]
    assert main([str(word) for word in ["numbers", *tables, "--out", out]]) == 0
    numbers = json.loads(out.read_text())["numbers"]
    assert numbers["table_1.123.nan.mean"]["value"] == 85.0
    assert numbers["tests.table_1.123.nan:1.number_of_pairs"]["value"] == 2
