"""Where the panels of a figure stand in it, said in its SVG: a page may then lay them out for a narrow screen."""

from collections.abc import Callable
from html import escape

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from repool.words.panels import ATTRIBUTE, Place, said

POINTS = 72
# Around a panel, in points: strokes reach over what Matplotlib says that texts and axes take.
EDGE = 2.0


def name_panels(figure: Figure) -> None:
    """Give the group of each panel an id of its own in the SVG, where its figure gives none."""
    for number, axes in enumerate(panels_of(figure), start=1):
        axes.set_gid(axes.get_gid() or f"panel-{number}")


def panels_of(figure: Figure) -> list[Axes]:
    """The panels of a grid and its colour scale; none where axes were placed by hand or words stand beside them."""
    placed = all(axes.get_subplotspec() or is_scale(axes) for axes in figure.axes)
    return [axes for axes in figure.axes if axes.axison] if placed and not figure.texts and not figure.legends else []


def is_scale(axes: Axes) -> bool:
    """Whether these are the axes of a colour scale."""
    return axes.get_label() == "<colorbar>"


def places(figure: Figure) -> list[Place]:
    """The panels of a figure that was drawn, those of a row and of a column with the same edges."""
    around = {axes: taken for axes in panels_of(figure) if (taken := axes.get_tightbbox())}
    width, height = figure.bbox.size
    scale = POINTS / figure.dpi
    columns = max((column(axes) for axes in around if not is_scale(axes)), default=0)

    def edges(own: Callable[[Axes], int], axes: Axes) -> Bbox:
        return Bbox.union([box for other, box in around.items() if own(other) == own(axes)])

    result = []
    for axes in around:
        across, down = edges(column, axes), edges(row, axes)
        x, y = max(across.x0 * scale - EDGE, 0), max((height - down.y1) * scale - EDGE, 0)
        x1, y1 = min(across.x1 * scale + EDGE, width * scale), min((height - down.y0) * scale + EDGE, height * scale)
        box = (round(x, 1), round(y, 1), round(x1 - x, 1), round(y1 - y, 1))
        result.append(Place(str(axes.get_gid()), row(axes), column(axes) or columns + 1, box))
    return result


def row(axes: Axes) -> int:
    """The row of a panel, from 1; 0 of a colour scale."""
    place = axes.get_subplotspec()
    return place.rowspan.start + 1 if place and not is_scale(axes) else 0


def column(axes: Axes) -> int:
    """The column of a panel, from 1; 0 of a colour scale."""
    place = axes.get_subplotspec()
    return place.colspan.start + 1 if place and not is_scale(axes) else 0


def written(figure: Figure, svg: str) -> str:
    """The SVG with the places of its panels, where there are several."""
    found = places(figure)
    if len(found) < 2:
        return svg
    return svg.replace("<svg ", f'<svg {ATTRIBUTE}="{escape(said(found))}" ', 1)
