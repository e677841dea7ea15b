"""Figures inside the page: ids of their own, a text alternative, and the width of the page within bounds."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence

from repool.errors import UserError
from repool.words.inks import EMPTY, GRID, INK
from repool.words.panels import ATTRIBUTE, Place, read

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
SCHEME = {INK: "currentColor", GRID: "var(--rule)", EMPTY: "var(--rule)"}
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
    places = read(root.attrib.pop(ATTRIBUTE, None))
    words = (("title", f"{name}-title", title), ("desc", f"{name}-description", description))
    for position, (tag, place, text) in enumerate(words):
        element = ElementTree.Element(f"{{{NAMESPACE}}}{tag}", {"id": place})
        element.text = text
        root.insert(position, element)
    said = {"id": name, "role": "img", "aria-labelledby": f"{name}-title {name}-description"}
    if places:
        return panelled(root, places, name, said)
    scale(root, float(root.get("viewBox", "0 0 396 0").split()[2]))
    root.attrib.update(said)
    return serialised(root)


def panelled(root: ElementTree.Element, places: list[Place], name: str, said: dict[str, str]) -> str:
    """The panels of a figure as drawings of their own in a grid, which a narrow page folds to one a row.

    What they share (style, clip paths, words for who cannot see) stands in the first one.
    """
    width = float(root.get("viewBox", "0 0 396 0").split()[2])
    groups = {element.get("id"): element for element in root.iter(f"{{{NAMESPACE}}}g")}
    parents = {child: parent for parent in root.iter() for child in parent}
    drawn = []
    for place in places:
        group = groups[f"{name}-{place.id}"]
        parents[group].remove(group)
        panel = ElementTree.Element(f"{{{NAMESPACE}}}svg", {"viewBox": " ".join(map(str, place.box))})
        scale(panel, place.box[2])
        rows = max(other.row for other in places) if not place.row else 1
        panel.set("style", f"{panel.get('style')}; grid-area: {place.row or 1} / {place.column} / span {rows}")
        panel.append(group)
        drawn.append(panel)
    for position, shared in enumerate(list(root)):
        drawn[0].insert(position, shared)
    across = {place.column: place.box[2] for place in places}
    columns = " ".join(f"{across[column]:.0f}fr" for column in sorted(across))
    frame = ElementTree.Element("div", said | {"class": "panels"})
    frame.set("style", f"--columns: {columns}; max-width: {LARGEST * width:.0f}px")
    return serialised(frame, drawn)


def scale(element: ElementTree.Element, width: float) -> None:
    """Let a drawing be as wide as its letters read well, `width` in points."""
    element.set("style", f"min-width: {SMALLEST * width:.0f}px; max-width: {LARGEST * width:.0f}px")
    for attribute in ("width", "height"):
        element.attrib.pop(attribute, None)


def serialised(element: ElementTree.Element, children: Sequence[ElementTree.Element] = ()) -> str:
    """An element as HTML reads it."""
    ElementTree.register_namespace("", NAMESPACE)
    ElementTree.register_namespace("xlink", XLINK)
    text = ElementTree.tostring(element, encoding="unicode", short_empty_elements=not children)
    inside = "".join(ElementTree.tostring(child, encoding="unicode") for child in children)
    return text.removesuffix("</div>") + inside + "</div>" if children else text


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
