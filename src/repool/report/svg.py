"""Figures inside the page: ids of their own, a text alternative, and the width of the page within bounds."""

import re
import xml.etree.ElementTree as ElementTree

from repool.errors import UserError
from repool.words.inks import GRID, INK

NAMESPACE = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
IMAGE = "data:image/png;base64,"  # a colour scale, say: inside the figure, not a place outside
# Pixels on the page for each point of the figure: so small its letters are still legible, so large they are no bigger
# than those of the page.
SMALLEST, LARGEST = 1.2, 1.7
# What figures are drawn with; a page runs whatever else an SVG may hold.
DRAWN = {
    *("svg", "g", "defs", "style", "path", "clipPath", "rect", "circle", "line", "polygon", "polyline", "use", "image"),
    *("text", "tspan", "linearGradient", "stop", "title", "desc"),
}
# What the page colours by its scheme.
SCHEME = {INK: "currentColor", GRID: "var(--rule)"}
OUTSIDE = re.compile(r"@import|url\(\s*[^#\s]", re.IGNORECASE)
REFERENCE = re.compile(r"url\(\s*#([^)\s]+)\s*\)")


def inline(svg: str, name: str, title: str, description: str) -> str:
    """The SVG element of a figure, ready to stand in HTML.

    Every id begins with `name`, so that figures cannot clash; rules of its style sheet apply to this figure alone;
    title and description are what a screen reader says.
    """
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError as error:
        raise UserError(f"The figure {name} is not valid SVG ({error}). Draw it again.") from None
    for metadata in root.findall(f"{{{NAMESPACE}}}metadata"):
        root.remove(metadata)
    for element in root.iter():
        check(element, name)
        rename(element, name)
        recolour(element)
    width = root.get("viewBox", "0 0 396 0").split()[2]
    root.set("style", f"min-width: {SMALLEST * float(width):.0f}px; max-width: {LARGEST * float(width):.0f}px")
    for attribute in ("width", "height"):
        root.attrib.pop(attribute, None)
    root.set("id", name)
    root.set("role", "img")
    root.set("aria-labelledby", f"{name}-title {name}-description")
    for position, (tag, text) in enumerate((("title", title), ("desc", description))):
        element = ElementTree.Element(
            f"{{{NAMESPACE}}}{tag}", {"id": f"{name}-{tag if tag == 'title' else 'description'}"}
        )
        element.text = text
        root.insert(position, element)
    ElementTree.register_namespace("", NAMESPACE)
    ElementTree.register_namespace("xlink", XLINK)
    return ElementTree.tostring(root, encoding="unicode")


def check(element: ElementTree.Element, name: str) -> None:
    """Raises UserError for an element that does more than draw."""
    tag = str(element.tag).removeprefix(f"{{{NAMESPACE}}}")
    doing = [attribute for attribute in element.attrib if attribute.lower().startswith("on")]
    if tag not in DRAWN or doing:
        raise UserError(f"The figure {name} has {', '.join(doing) or tag}, which no figure needs. Draw it again.")
    if any(map(OUTSIDE.search, (element.text or "" if tag == "style" else "", *element.attrib.values()))):
        raise UserError(f"The figure {name} asks for something outside of it. Draw it again.")


def recolour(element: ElementTree.Element) -> None:
    """Ink and grid in the colours of the page."""
    for attribute in ("style", "fill", "stroke"):
        value = element.get(attribute, "")
        for ink, colour in SCHEME.items():
            value = value.replace(ink, colour)
        if value:
            element.set(attribute, value)


def rename(element: ElementTree.Element, name: str) -> None:
    """Prefix the id of an element and all its references to ids."""
    for attribute, value in element.attrib.items():
        if attribute == "id":
            element.set(attribute, f"{name}-{value}")
        elif attribute in ("href", f"{{{XLINK}}}href"):
            if value.startswith(IMAGE):
                continue
            if not value.startswith("#"):
                raise UserError(f"The figure {name} refers to {value}, which is outside of it. Draw it without.")
            element.set(attribute, f"#{name}-{value[1:]}")
        else:
            element.set(attribute, REFERENCE.sub(rf"url(#{name}-\1)", value))
    if element.tag == f"{{{NAMESPACE}}}style" and element.text:
        element.text = re.sub(r"([^{}]+)\{", rf"#{name} \1{{", element.text)
