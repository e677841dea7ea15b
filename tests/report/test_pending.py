"""What has no run is folded, counted and listed; what differs stands together, the farthest first."""

import pandas as pd
import pytest
from made_page import make_page
from test_page import Page

from repool.artifacts.table import Cell, Column, Group, Row, Table, absent, words
from repool.report.coverage import Coverage, line_name, lines
from repool.report.differing import Compared, far
from repool.report.pending import folded, has_runs
from repool.report.seeds import anchor
from repool.words.numerals import Kind

COLUMNS = [Column("Method", 0.5), Column("Score", 0.5)]


def ran(method: str) -> list[Cell]:
    row = Row(f"table_1.NCI1.{method}", (f"NCI1/{method}",))
    return [words(method), Cell(row.number("mean", Kind.SCORE, "mean of the runs", 80.0))]


def waits(method: str) -> list[Cell]:
    return [words(method), absent("pending (0 of 3)")]


def first_fields(table: Table) -> list[list[str]]:
    return [[row[0].text[0] for row in group.rows] for group in table.groups]


def test_pending_rows_are_folded_with_their_groups_and_what_was_folded_stays_so():
    outside = Table(COLUMNS, [Group([ran("x")])])
    groups = [Group([ran("a"), waits("b")], "NCI1"), Group([waits("c")], "ZINC"), Group([ran("d")], "DD")]
    table = folded(Table(COLUMNS, groups, folded=outside, folded_title="Outside"))
    assert (first_fields(table), [group.title for group in table.groups]) == ([["a"], ["d"]], ["NCI1", "DD"])
    assert [title for title, _ in table.folds] == ["2 more, not run yet", "Outside"]
    assert first_fields(table.folds[0][1]) == [["b"], ["c"]]


def test_a_table_with_nothing_or_everything_pending_stays():
    for rows in ([ran("a")], [waits("b")]):
        table = Table(COLUMNS, [Group(rows)])
        assert folded(table) is table


def test_a_row_with_a_number_of_ours_is_not_pending_nor_is_one_that_failed():
    partly = [*ran("a"), absent("pending (0 of 3)")]
    failed = [words("b"), absent("failed (3 of 3)")]
    table = Table(COLUMNS, [Group([partly, failed])])
    assert folded(table) is table


def test_rows_that_a_cell_stands_beside_stay_together():
    head = [words("a", rows=2), *ran("x")]
    table = folded(Table(COLUMNS, [Group([head, waits("y"), waits("z")])]))
    assert first_fields(table) == [["a", "y"]]


@pytest.mark.parametrize(("statuses", "expected"), [(["pending", "quoted"], False), (["pending", "failed"], True)])
def test_an_artifact_has_runs_where_any_row_has(statuses, expected):
    assert has_runs(pd.DataFrame({"status": statuses})) is expected


def test_all_sizes_of_a_network_are_one_line_of_the_grid():
    sizes = [
        Coverage(f"GRACLUS ({n})", line_name(f"graclus-layers-{n}-hidden-16"), runs=n, seeds=3, failures=[])
        for n in (1, 2)
    ]
    plain = Coverage("GIN", line_name("gin"), runs=3, seeds=3, failures=[])
    found = lines([[*sizes, plain], [plain]])
    assert [line.name for line in found] == ["GRACLUS, in several sizes", "GIN"]
    first, second = found[0].cells
    assert (first.runs, first.seeds, second) == (3, 6, None)
    assert [cell.whole for cell in found[1].cells] == [True, True]


def test_far_cells_are_those_beyond_the_margin_by_size():
    def cell(name: str, off: float | None) -> Compared:
        return Compared(name, ("a",), (), (), (), (), apart=None, off=off, anchor="", tried=[])

    cells = [cell("a", 0.9), cell("b", -1.5), cell("c", 4.0), cell("d", None), cell("e", 1.0)]
    assert [found.dataset for found in far(cells)] == ["c", "b"]


def test_the_place_of_a_cell_is_its_name_whatever_characters_that_has():
    assert anchor("NCI1", "graclus") == "cell-NCI1-graclus"
    assert anchor("a b", "x") != anchor("a_b", "x")


def test_an_artifact_without_runs_is_a_line_at_the_end_that_links_still_find(tmp_path):
    text = make_page(tmp_path, {"NCI1": {"failed": ("graclus", "complement")}}).read_text()
    end = text[text.index('<section id="not-run"') :]
    assert '<details id="figure-1" class="waiting">' in end
    assert "<summary>Figure 1. GRACLUS against COMPLEMENT: test scores over seeds</summary>" in end
    assert 'id="picture-figure_1"' not in text
    assert Page(text).ids.count("figure-1") == 1
