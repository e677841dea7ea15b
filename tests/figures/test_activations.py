"""Matrices of activations: an image each, on a scale of its own, and the same bytes from the same table."""

import base64
import io
import re
import xml.etree.ElementTree as ElementTree

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib import colormaps
from PIL import Image

from repool.artifacts.activations import figure as activations
from repool.artifacts.activations.table import COLUMNS
from repool.cli import main
from repool.figures.style import Style, drawing

SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"


def rows(
    method: str, layers: list[tuple[int, int]], graphs: tuple[int, ...] = (7, 3), scale: float = 1.0
) -> list[tuple]:
    random = np.random.default_rng(0)
    return [
        ("ZINC", method, 0, graph, layer, row, " ".join(f"{scale * value:.4g}" for value in values), "rebuilt")
        for graph in graphs
        for layer, (number, width) in enumerate(layers)
        for row, values in enumerate(random.normal(size=(number, width)))
    ]


def frame(*parts: list[tuple]) -> pd.DataFrame:
    return pd.DataFrame([row for part in parts for row in part], columns=list(COLUMNS))


PENDING = [("ZINC", "gmn-random", *[None] * 4, "", "pending")]


def plot(table: pd.DataFrame, artifact: str, folder, name: str) -> tuple[bytes, bytes]:
    table.to_csv(folder / "table.csv", index=False)
    svg, pdf = folder / f"{name}.svg", folder / f"{name}.pdf"
    assert main(["plot", artifact, "--table", str(folder / "table.csv"), "--svg", str(svg), "--pdf", str(pdf)]) == 0
    return svg.read_bytes(), pdf.read_bytes()


def words(svg: bytes) -> list[str]:
    return ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.fixture
def table() -> pd.DataFrame:
    return frame(rows("complement", [(24, 56), (13, 56)]), rows("diffpool-normal", [(24, 56), (4, 56)]), PENDING)


def test_the_same_table_gives_the_same_bytes_and_not_many(tmp_path, table):
    first = plot(table, "figure_5", tmp_path, "first")
    assert first == plot(table, "figure_5", tmp_path, "second")
    assert b"<dc:date>" not in first[0]
    assert max(map(len, first)) < 100_000


def test_a_matrix_is_an_image_of_a_pixel_a_value_darkest_where_lowest(tmp_path):
    svg, _ = plot(frame(rows("gmn", [(5, 8)], graphs=(7,), scale=1000)), "figure_s6", tmp_path, "figure")
    (image,) = ElementTree.fromstring(svg).iter(f"{SVG}image")
    drawn = np.asarray(Image.open(io.BytesIO(base64.b64decode(image.get(HREF).partition(",")[2]))))
    values = np.random.default_rng(0).normal(size=(5, 8))
    if "scale(1 -1)" in image.get("transform", "") or re.search(r"matrix\([^)]* -\d", image.get("transform", "")):
        drawn = drawn[::-1]
    shades = (values - values.min()) / np.ptp(values)
    expected = colormaps[activations.COLOURS](shades)[..., :3]
    np.testing.assert_allclose(drawn[..., :3] / 255, expected, atol=0.02)
    assert expected[values == values.min()].sum() < expected[values == values.max()].sum()


def test_lines_are_methods_and_name_graphs_and_numbers_of_rows(tmp_path, table):
    found = words(plot(table, "figure_5", tmp_path, "figure")[0])
    for expected in ("COMPLEMENT", "N-DiffPool", "RANDOM", "pending", "before [24]", "after [13]", "after [4]"):
        assert expected in found
    assert [found.count(f"Graph {graph}") for graph in (7, 3)] == [1, 1]
    assert "rebuilt data" in found


def test_a_single_method_has_a_line_a_graph_and_every_layer(tmp_path):
    table = frame(rows("gmn", [(24, 64), (10, 100), (1, 100)], graphs=(7, 3, 5)))
    found = words(plot(table, "figure_s6", tmp_path, "figure")[0])
    assert [found.count(text) for text in ("before [24]", "after [10]", "after 2 [1]")] == [3, 3, 3]
    assert [found.count(f"Graph {graph}") for graph in (7, 3, 5)] == [1, 1, 1]


def test_every_matrix_has_the_same_size_and_none_covers_another(table):
    style = Style()
    with drawing(style):
        figure = activations.draw(table, style)
        boxes = [axes.get_position() for axes in figure.axes]
        plt.close(figure)
    assert len(boxes) == 8
    assert np.ptp([box.width for box in boxes]) < 1e-9
    assert np.ptp([box.height for box in boxes]) < 1e-9
    assert not [1 for i, one in enumerate(boxes) for other in boxes[:i] if one.overlaps(other)]
    assert all(0 <= box.x0 < box.x1 <= 1 + 1e-9 and 0 <= box.y0 < box.y1 <= 1 for box in boxes)


def test_graphs_are_named_where_the_first_method_is_pending(tmp_path):
    table = frame(PENDING, rows("complement", [(24, 56), (13, 56)]))
    found = words(plot(table, "figure_5", tmp_path, "figure")[0])
    assert [found.count(text) for text in ("pending", "Graph 7", "Graph 3", "before [24]")] == [1, 1, 1, 2]


def test_nothing_but_pending_is_a_figure(tmp_path):
    assert "pending" in words(plot(frame(PENDING), "figure_s7", tmp_path, "figure")[0])


def test_constant_activations_and_equal_images_are_drawn(tmp_path):
    constant = [("ZINC", "gmn", 0, graph, 0, row, "1 1 1", "exact") for graph in (7, 3) for row in range(2)]
    svg, _ = plot(frame(constant), "figure_s6", tmp_path, "figure")
    ids = [element.get("id") for element in ElementTree.fromstring(svg).iter() if element.get("id")]
    assert len(ids) == len(set(ids))


def test_an_empty_table_is_named(tmp_path, capsys):
    (tmp_path / "table.csv").write_text(",".join(COLUMNS) + "\n")
    paths = [f"--{kind}={tmp_path / 'x'}.{kind}" for kind in ("svg", "pdf")]
    assert main(["plot", "figure_5", "--table", str(tmp_path / "table.csv"), *paths]) == 1
    assert "has no rows" in capsys.readouterr().err
