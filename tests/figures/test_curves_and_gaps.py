import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from repool.artifacts.curves import figure as curves
from repool.artifacts.curves import table as curve_tables
from repool.artifacts.gaps import figure as gaps
from repool.artifacts.gaps import table as gap_tables
from repool.cli import main
from repool.figures.style import Style, drawing
from repool.words.names import LOSS

SVG = "{http://www.w3.org/2000/svg}"


def curve(dataset: str, method: str, runs: list[int], status: str = "exact") -> list[tuple]:
    """A curve that falls from 1, over ever fewer runs."""
    return [
        (dataset, method, LOSS, epoch, number, runs[0], 1 / epoch, 0.1, 1 / epoch - 0.1, 1 / epoch + 0.1,
         LOSS, "loss", status)
        for epoch, number in enumerate(runs, 1)
    ]  # fmt: skip


@pytest.fixture
def curve_rows() -> pd.DataFrame:
    rows = [
        *curve("ZINC", "diffpool", [4, 4, 4, 3, 2, 1, 1], "substitute"),
        *curve("ZINC", "diffpool-lambda-1000", [4, 4, 4, 4], "substitute"),
        *curve("SMNIST", "diffpool", [4, 4]),
        ("SMNIST", "diffpool-lambda-1000", LOSS, None, 0, 0, *[None] * 4, LOSS, "loss", "pending"),
    ]
    return pd.DataFrame(rows, columns=list(curve_tables.COLUMNS))


def gap(dataset: str, layers: int, hidden: int, advantage: float | None, metric: str, status: str = "exact") -> tuple:
    unit = "target units" if metric == "mae" else "%"
    known = advantage is not None
    printed = None if not known else -0.43 if metric == "mae" else 0.78
    names = f"graclus-layers-{layers}-hidden-{hidden}", f"complement-layers-{layers}-hidden-{hidden}"
    return (dataset, layers, hidden, *names, metric, unit, int(known), 78, 78, advantage, printed, status)


@pytest.fixture
def gap_rows() -> pd.DataFrame:
    rows = [
        gap("NCI1", 2, 16, 0.0, "accuracy"),
        gap("NCI1", 2, 32, 2.5, "accuracy"),
        gap("NCI1", 3, 16, -7.0, "accuracy"),
        gap("NCI1", 3, 32, None, "accuracy", "pending"),
        gap("ZINC", 2, 16, 0.025, "mae", "substitute"),
    ]
    return pd.DataFrame(rows, columns=list(gap_tables.COLUMNS))


def plot(rows: pd.DataFrame, artifact: str, folder: Path, name: str) -> tuple[bytes, bytes]:
    table = folder / f"{artifact}.csv"
    rows.to_csv(table, index=False)
    svg, pdf = folder / f"{name}.svg", folder / f"{name}.pdf"
    assert main(["plot", artifact, "--table", str(table), "--svg", str(svg), "--pdf", str(pdf)]) == 0
    return svg.read_bytes(), pdf.read_bytes()


def words(svg: bytes) -> list[str]:
    return ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("kind", ["curve", "gap"])
def test_the_same_table_gives_the_same_bytes(tmp_path, request, kind):
    rows = request.getfixturevalue(f"{kind}_rows")
    artifact = {"curve": "figure_7", "gap": "figure_8"}[kind]
    first = plot(rows, artifact, tmp_path, "first")
    assert first == plot(rows, artifact, tmp_path, "second")
    assert b"<dc:date>" not in first[0]
    assert not re.search(rb"<image", first[0]) or kind == "gap"


def test_curves_name_their_methods_and_what_is_pending(tmp_path, curve_rows):
    svg, _ = plot(curve_rows, "figure_7", tmp_path, "figure")
    found = words(svg)
    for expected in ("ZINC", "SMNIST", "substitute data", "Epoch", "Validation loss", "DiffPool (n = 4)"):
        assert expected in found
    assert "DiffPool, λ = 1000 (pending)" in found


def test_figure_3_names_the_score_and_leaves_room_for_its_legend(curve_rows):
    style = Style()
    for metric, label, side in (("mae", "MAE", "upper"), ("accuracy", "Accuracy (%)", "lower")):
        with drawing(style):
            figure = curves.draw(curve_rows.assign(curve="permuted", metric=metric), style)
            axes = figure.axes[0]
            legend = axes.get_legend()
            plt.close(figure)
        assert axes.get_ylabel() == f"{label}, nodes permuted"
        assert legend._loc == legend.codes[f"{side} right"]


def test_a_curve_is_full_while_all_seeds_train_faint_while_half_do_and_then_ends(curve_rows):
    style = Style()
    with drawing(style):
        figure = curves.draw(curve_rows, style)
        full, faint, *_ = figure.axes[0].get_lines()
        plt.close(figure)
    assert list(full.get_xdata()) == [1, 2, 3]
    assert list(faint.get_xdata()) == [3, 4, 5]
    assert full.get_alpha() is None
    assert faint.get_alpha() < 1


def test_gaps_print_the_first_methods_score_as_the_paper_does(tmp_path, gap_rows):
    svg, _ = plot(gap_rows, "figure_8", tmp_path, "figure")
    found = words(svg)
    assert found.count("0.78") == 3
    assert found.count("−0.43") == 1
    for expected in ("NCI1", "ZINC", "substitute data", "Layers", "Dimensions", "16", "32"):
        assert expected in found


def test_gaps_are_red_where_the_second_method_is_better_and_framed_beyond_the_limit(gap_rows):
    style = Style()
    with drawing(style):
        figure = gaps.draw(gap_rows, style)
        fields = {(round(p.get_y() + 0.47), round(p.get_x() + 0.47)): p for p in figure.axes[0].patches}
        zinc = figure.axes[1].patches[0]
        plt.close(figure)
    none, red, blue, pending = (fields[place] for place in ((0, 0), (0, 1), (1, 0), (1, 1)))
    assert none.get_facecolor()[:3] == pytest.approx((0.967, 0.967, 0.967), abs=0.01)
    assert red.get_facecolor()[0] > red.get_facecolor()[2]
    assert to_hex(blue.get_facecolor()) == "#2166ac"
    assert to_hex(pending.get_facecolor()) == gaps.EMPTY
    assert [field.get_edgecolor()[3] for field in (none, red, blue)] == [0, 0, 1]
    # 2.5% and 0.025 MAE are the same gap.
    assert zinc.get_facecolor() == red.get_facecolor()


def test_an_empty_table_is_named(tmp_path, capsys):
    for artifact, columns in (("figure_7", curve_tables.COLUMNS), ("figure_8", gap_tables.COLUMNS)):
        table = tmp_path / f"{artifact}.csv"
        table.write_text(",".join(columns) + "\n")
        paths = [f"--{kind}={tmp_path / 'x'}.{kind}" for kind in ("svg", "pdf")]
        assert main(["plot", artifact, "--table", str(table), *paths, "--style", json.dumps({})]) == 1
        assert "has no rows" in capsys.readouterr().err
