"""A figure says in its SVG where its panels stand, and the page shows each as a drawing of its own."""

import re
import xml.etree.ElementTree as ElementTree

import matplotlib.pyplot as plt
import pytest

from repool.figures.panels import panels
from repool.figures.style import Style, drawing, save
from repool.report.svg import inline
from repool.words.panels import ATTRIBUTE, Place, read

SVG = "{http://www.w3.org/2000/svg}"


def drawn(tmp_path, number: int, scale: bool = False, words: bool = False) -> str:
    with drawing(Style()):
        figure, grid = panels(number, Style())
        for axes in grid:
            axes.plot([0, 1], [0, 1], "o")
        if scale:
            figure.colorbar(plt.cm.ScalarMappable(), ax=grid)
        if words:
            figure.text(0.5, 0.5, "over all panels")
        save(figure, tmp_path / "figure.svg", tmp_path / "figure.pdf")
        plt.close(figure)
    return (tmp_path / "figure.svg").read_text()


def said(svg: str) -> list[Place]:
    return read(ElementTree.fromstring(svg).get(ATTRIBUTE))


def test_panels_of_a_row_share_their_edges_and_none_covers_another(tmp_path):
    found = said(drawn(tmp_path, 4))
    assert [(place.row, place.column) for place in found] == [(1, 1), (1, 2), (2, 1), (2, 2)]
    assert found[0].box[1::2] == found[1].box[1::2]
    assert found[0].box[0::2] == found[2].box[0::2]
    (x, y, width, height), *_ = (place.box for place in found)
    assert x + width <= found[1].box[0] + 4
    assert y + height <= found[2].box[1] + 4


def test_a_colour_scale_stands_beside_all_rows(tmp_path):
    *others, scale = said(drawn(tmp_path, 4, scale=True))
    assert (scale.row, scale.column) == (0, 3)
    assert scale.box[0] >= max(place.box[0] + place.box[2] for place in others) - 4


@pytest.mark.parametrize(("number", "words"), [(1, False), (3, True)])
def test_one_panel_and_panels_with_words_across_them_stay_one_drawing(tmp_path, number, words):
    svg = drawn(tmp_path, number, words=words)
    assert said(svg) == []
    assert inline(svg, "one", "t", "d").count("<svg") == 1


def test_the_page_shows_every_panel_once_with_all_that_it_refers_to(tmp_path):
    text = inline(drawn(tmp_path, 3), "one", "Title", "What is seen")
    frame = ElementTree.fromstring(text)
    assert [child.tag for child in frame] == [f"{SVG}svg"] * 3
    assert frame.get("role") == "img"
    ids = [element.get("id") for element in frame.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert {"one-panel-1", "one-panel-2", "one-panel-3", "one-title", "one-description"} <= set(ids)
    assert set(re.findall(r'(?:url\(#|href="#)([^")]+)', text)) <= set(ids)
    assert all(child.get("viewBox") for child in frame)
