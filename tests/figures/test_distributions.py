import re
import xml.etree.ElementTree as ElementTree
from itertools import combinations
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from repool.artifacts.distribution.figure import draw
from repool.artifacts.distribution.table import COLUMNS
from repool.cli import main
from repool.figures.style import Style, drawing

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def table(tmp_path) -> Path:
    rows = ["dataset,method,seed,test,metric,unit,status,published_mean,published_std,margin"]
    generator = np.random.default_rng(0)
    for method in ("graclus", "complement"):
        for seed in range(12):
            rows.append(f"NCI1,{method},{seed},{generator.normal(80, 2):.6f},accuracy,%,exact,80.1,1.6,1")
        for seed in range(3):
            score = generator.normal(0.4, 0.02)
            rows.append(f"ZINC,{method},{seed},{score:.6f},mae,target units,substitute,0.43,,0.01")
    rows += ["DD,graclus,0,72.0,accuracy,%,exact,,,1", "DD,complement,,,accuracy,%,pending,,,1"]
    rows += ["$x_1$ & <b>,graclus,0,70.0,auroc,%,exact,,,1", "NOT-RUN,graclus,,,auroc,%,pending,,,1"]
    path = tmp_path / "figure_1.csv"
    path.write_text("\n".join(rows) + "\n")
    return path


def plot(table: Path, name: str, *more: str) -> tuple[bytes, bytes]:
    svg, pdf = table.with_name(f"{name}.svg"), table.with_name(f"{name}.pdf")
    assert main(["plot", "figure_1", "--table", str(table), "--svg", str(svg), "--pdf", str(pdf), *more]) == 0
    return svg.read_bytes(), pdf.read_bytes()


def test_the_same_table_gives_the_same_bytes_and_no_date(table):
    svg, pdf = plot(table, "first")
    assert (svg, pdf) == plot(table, "second")
    assert b"<dc:date>" not in svg
    assert b"CreationDate" not in pdf


def test_the_svg_is_vectors_and_text_in_generic_fonts(table):
    svg, _ = plot(table, "figure")
    root = ElementTree.fromstring(svg)
    words = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]
    for expected in ("NCI1", "GRACLUS", "COMPLEMENT", "Accuracy (%)", "MAE", "AUROC (%)", "n = 12", "n = 3", "pending"):
        assert expected in words
    assert "substitute data" in words
    assert "$x_1$ & <b>" in words
    assert words.count("lower is better") == 1
    assert words.count("minus GRACLUS") == 2
    assert "NOT-RUN" not in words
    assert not list(root.iter(f"{SVG}image"))
    fonts = [text.get("style", "") for text in root.iter(f"{SVG}text")]
    assert all("sans-serif" in font for font in fonts)


def test_every_run_is_a_point(table):
    svg, _ = plot(table, "figure")
    root = ElementTree.fromstring(svg)
    collections = [group for group in root.iter(f"{SVG}g") if group.get("id", "").startswith("PathCollection")]
    assert sum(len(list(group.iter(f"{SVG}use"))) for group in collections) == 2 * 12 + 2 * 3 + 1 + 1


def test_the_lines_of_a_seed_and_the_differences_are_its_scores():
    rows = [
        ("NCI1", method, seed, score, "accuracy", "%", "exact", 81.0, 2.0, 1.0)
        for method, scores in {"graclus": (80.0, 82.0, 84.0), "complement": (81.0, 81.0)}.items()
        for seed, score in enumerate(scores)
    ]
    with drawing(Style()):
        figure = draw(pd.DataFrame(rows, columns=list(COLUMNS)), Style())
        scores, differences = figure.axes
        joined = [list(line.get_ydata()) for line in scores.get_lines()]
        points, mean = (line.get_ydata() for line in differences.get_lines() if line.get_marker() in ("o", "D"))
        plt.close(figure)
    assert joined[:2] == [[80.0, 81.0], [82.0, 81.0]]
    assert (list(points), list(np.atleast_1d(mean))) == ([1.0, -1.0], [0.0])


def test_a_density_needs_enough_runs_and_a_kind_that_has_one(table):
    densities = [
        svg.count(b'id="FillBetweenPolyCollection')
        for svg, _ in (plot(table, "a"), plot(table, "b", "--style", '{"kind": "box"}'))
    ]
    assert densities[0] - densities[1] == 2


def test_a_colour_changes_the_picture(table):
    svg, _ = plot(table, "default")
    changed, _ = plot(table, "red", "--style", '{"palette": {"graclus": "#aa1111"}}')
    assert svg != changed
    assert b"#aa1111" in changed
    assert b"#0072b2" in svg
    assert b"#0072b2" not in changed


def test_width_is_that_of_the_style(table):
    svg, _ = plot(table, "wide", "--style", '{"width": 7}')
    assert float(re.search(rb'width="([\d.]+)pt"', svg)[1]) == 7 * 72


@pytest.mark.parametrize(
    ("style", "words"),
    [
        ('{"pallete": {}}', "Did you mean palette?"),
        ('{"kind": "violins"}', "Did you mean violin?"),
        ('{"palette": {"graclus": "bluish"}}', "style.palette.graclus: 'bluish' is not a colour"),
        ('{"font_size": -1}', "style.font_size must be a number above zero"),
        ('{"width": "5"}', "style.width must be a number above zero"),
        ("[]", "must be a JSON object"),
        ("{", "not valid JSON"),
    ],
)
def test_a_wrong_style_is_explained(table, capsys, style, words):
    svg = table.with_name("x.svg")
    arguments = ["--table", str(table), "--svg", str(svg), "--pdf", str(svg.with_suffix(".pdf")), "--style", style]
    assert main(["plot", "figure_1", *arguments]) == 1
    assert words in capsys.readouterr().err
    assert not svg.exists()


@pytest.mark.parametrize("panels", [1, 4, 9])
def test_panels_stand_below_each_other_and_do_not_overlap(panels):
    rows = [
        (f"DATASET-{panel}", method, seed, 80.0 + seed, "accuracy", "%", "exact", 81.0, 2.0, 1.0)
        for panel in range(panels)
        for method in ("graclus", "complement", "global-mean")
        for seed in range(5)
    ]
    style = Style()
    with drawing(style):
        figure = draw(pd.DataFrame(rows, columns=list(COLUMNS)), style)
        figure.draw_without_rendering()
        boxes = [axes.get_tightbbox().padded(-1) for axes in figure.axes]
        plt.close(figure)
    assert len(boxes) == 2 * panels
    assert not any(first.overlaps(second) for first, second in combinations(boxes, 2))
