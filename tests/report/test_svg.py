import xml.etree.ElementTree as ElementTree

import pytest

from repool.errors import UserError
from repool.report.svg import inline

SVG = """<?xml version="1.0" encoding="utf-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
 width="10pt" height="5pt" viewBox="0 0 10 5">
<metadata>made somewhere</metadata>
<defs><style>*{stroke-linejoin: round}</style><path id="m1" d="M0 0"/><clipPath id="c"><rect/></clipPath></defs>
<use xlink:href="#m1" clip-path="url(#c)"/><text>a &lt; b</text>
</svg>"""


def test_two_figures_in_one_page_cannot_clash():
    roots = [ElementTree.fromstring(inline(SVG, name, "t", "d")) for name in ("one", "two")]
    ids = [{element.get("id") for element in root.iter() if element.get("id")} for root in roots]
    assert not ids[0] & ids[1]
    use = next(element for element in roots[0].iter() if element.tag.endswith("use"))
    assert use.get("{http://www.w3.org/1999/xlink}href") == "#one-m1"
    assert use.get("clip-path") == "url(#one-c)"
    style = next(element for element in roots[0].iter() if element.tag.endswith("style"))
    assert style.text == "#one *{stroke-linejoin: round}"


def test_a_figure_has_a_text_alternative_and_no_width():
    text = inline(SVG, "one", "Title <1>", "What is seen")
    root = ElementTree.fromstring(text)
    assert root.get("role") == "img"
    words = {element.get("id"): element.text for element in root}
    title, description = root.get("aria-labelledby").split()
    assert (words[title], words[description]) == ("Title <1>", "What is seen")
    assert root.get("width") is None
    assert root.get("style") == "min-width: 12px; max-width: 17px"
    assert root.get("viewBox") == "0 0 10 5"
    assert "metadata" not in text
    assert "<?xml" not in text


def test_ink_and_grid_take_the_colours_of_the_page():
    drawn = SVG.replace(
        "<text>", '<path style="fill: #222222; stroke: #dddddd"/><path fill="#0072B2"/><rect fill="#e4e4e4"/><text>'
    )
    text = inline(drawn, "one", "t", "d")
    assert 'style="fill: currentColor; stroke: var(--rule)"' in text
    assert 'fill="#0072B2"' in text
    assert '<rect fill="var(--rule)" />' in text


def test_a_figure_that_reaches_outside_or_is_broken_is_refused():
    with pytest.raises(UserError, match="outside"):
        inline(SVG.replace("#m1", "https://example.org/m1"), "one", "t", "d")
    with pytest.raises(UserError, match="not valid SVG"):
        inline(SVG[:-5], "one", "t", "d")


def test_a_picture_inside_the_figure_stays_as_it_is():
    text = inline(
        SVG.replace('<use xlink:href="#m1"', '<image xlink:href="data:image/png;base64, iVBO"'), "one", "t", "d"
    )
    assert 'xlink:href="data:image/png;base64, iVBO"' in text
    with pytest.raises(UserError, match="outside"):
        inline(SVG.replace("#m1", "data:text/html,hello"), "one", "t", "d")


@pytest.mark.parametrize(
    "more",
    [
        "<script>alert(1)</script>",
        "<foreignObject><div/></foreignObject>",
        '<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>',
        '<rect onclick="alert(1)"/>',
        '<rect ONLOAD="alert(1)"/>',
        '<rect fill="url(https://example.org/a)"/>',
        "<rect style=\"fill: url( 'https://example.org/a')\"/>",
        "<style>@import 'https://example.org/a'</style>",
        '<set attributeName="href" to="javascript:alert(1)"/>',
        '<a href="#m1"><text>click</text></a>',
    ],
)
def test_a_figure_that_would_do_more_than_show_is_refused(more):
    with pytest.raises(UserError, match="Draw it again"):
        inline(SVG.replace("</svg>", f"{more}</svg>"), "one", "t", "d")
