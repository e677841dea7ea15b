"""How figures look: the keys of the configuration's `style`, and bytes that depend on nothing else."""

import io
import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

import matplotlib as mpl
from matplotlib import colors
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from repool.analysis.files import write_whole
from repool.errors import UserError, nearest
from repool.figures.layout import name_panels, written
from repool.words.inks import GRID, INK

__all__ = ["INK", "Style", "drawing", "read_style", "save"]

mpl.use("Agg")

# Okabe and Ito's palette, distinguishable with every form of colour blindness: the original method of a figure is blue.
METHOD_COLOURS = {
    "graclus": "#0072B2",
    "complement": "#E69F00",
    "global-mean": "#009E73",
    "diffpool": "#0072B2",
    "diffpool-uniform": "#E69F00",
    "diffpool-normal": "#009E73",
    "diffpool-bernoulli": "#CC79A7",
    "diffpool-invariant": "#0072B2",
    "diffpool-lambda-1000": "#D55E00",
    "gmn": "#0072B2",
    "gmn-distance": "#E69F00",
    "gmn-random": "#009E73",
    "gmn-period-2": "#D55E00",
}
OTHER_COLOURS = ("#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000")
KINDS = ("violin", "box", "points")


@dataclass(frozen=True)
class Style:
    """Options of a figure.

    Attributes:
        palette: colour of a method, over the default.
        font_size: of labels, in points.
        width: of the figure, in inches (5.5: the text width of NeurIPS).
        panel_height: in inches.
        kind: violin (half violin, box and points), box (box and points) or points.
    """

    palette: dict[str, str] = field(default_factory=dict)
    font_size: float = 8.0
    width: float = 5.5
    panel_height: float = 1.75
    kind: str = "violin"

    def colours(self, methods: list[str]) -> dict[str, str]:
        """A colour for each method; those without one of their own take the rest of the palette in turn."""
        known = METHOD_COLOURS | self.palette
        rest = [method for method in methods if method not in known]
        return known | {method: OTHER_COLOURS[i % len(OTHER_COLOURS)] for i, method in enumerate(rest)}


def read_style(text: str) -> Style:
    """The style in a JSON object; UserError names an unknown key, a colour that is none, or a value out of range."""
    try:
        given: Any = json.loads(text)
    except ValueError as error:
        raise UserError(f"--style is not valid JSON ({error}).") from None
    if not isinstance(given, dict):
        raise UserError(f"--style must be a JSON object, found {text}.")
    known = [option.name for option in fields(Style)]
    for key in given:
        if key not in known:
            raise UserError(f"{key} is not a key of style. {nearest(key, known)}")
    style = Style(**given)
    check(style)
    return style


def check(style: Style) -> None:
    """Raise UserError for a value that cannot be drawn."""
    if not isinstance(style.palette, dict):
        raise UserError(f"style.palette must map methods to colours, found {style.palette!r}.")
    for method, colour in style.palette.items():
        if not colors.is_color_like(colour):
            raise UserError(f"style.palette.{method}: {colour!r} is not a colour (expected one like #0072B2).")
    if style.kind not in KINDS:
        raise UserError(f"style.kind: {style.kind!r} is not a kind. {nearest(str(style.kind), KINDS)}")
    for key in ("font_size", "width", "panel_height"):
        value = getattr(style, key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value <= 0:
            raise UserError(f"style.{key} must be a number above zero, found {value!r}.")


@contextmanager
def drawing(style: Style) -> Iterator[None]:
    """Settings of every figure: text stays text, in fonts that Matplotlib brings along, so that no machine differs."""
    size = style.font_size
    settings: dict[Any, Any] = {
        "font.family": "sans-serif",
        "font.sans-serif": ["DejaVu Sans", "Verdana", "Helvetica", "Arial"],
        "font.size": size,
        "axes.titlesize": size + 1,
        "axes.labelsize": size,
        "xtick.labelsize": size - 0.5,
        "ytick.labelsize": size - 0.5,
        "axes.linewidth": 0.6,
        "axes.edgecolor": INK,
        "axes.labelcolor": INK,
        "text.color": INK,
        "text.parse_math": False,
        "xtick.color": INK,
        "ytick.color": INK,
        "ytick.major.width": 0.6,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.axisbelow": True,
        "grid.color": GRID,
        "grid.linewidth": 0.5,
        "svg.fonttype": "none",
        "svg.hashsalt": "repool",
        "pdf.fonttype": 42,
    }
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(settings)
        yield


def save(figure: Figure, svg: Path, pdf: Path) -> None:
    """Write both forms without dates: the same table and style give the same bytes.

    Each is rendered in memory first, so that nothing half-drawn stands under the final name.
    """
    name_panels(figure)
    lay_out(figure)
    make_transparent(figure)
    as_svg, as_pdf = drawn(figure, "svg", "Date"), drawn(figure, "pdf", "CreationDate")
    write_whole(svg, written(figure, as_svg.decode()))
    write_whole(pdf, as_pdf)


def lay_out(figure: Figure) -> None:
    """Place its axes once; Matplotlib would do it again for each of the forms."""
    if engine := figure.get_layout_engine():
        engine.execute(figure)
        figure.set_layout_engine("none")


def drawn(figure: Figure, kind: Literal["svg", "pdf"], date: str) -> bytes:
    """A form of a figure. `Figure.savefig` draws everything once more before it, for layouts that are settled here."""
    own, dpi, buffer = figure.canvas, figure.dpi, io.BytesIO()
    if kind == "svg":
        FigureCanvasSVG(figure).print_svg(buffer, metadata={date: None})
    else:
        FigureCanvasPdf(figure).print_pdf(buffer, metadata={date: None})
    figure.set_canvas(own)
    figure.set_dpi(dpi)
    return buffer.getvalue()


def make_transparent(figure: Figure) -> None:
    """Take the colour from behind everything: the page and the PDF have their own."""
    for patch in (figure.patch, *(axes.patch for axes in figure.axes)):
        patch.set(facecolor="none", edgecolor="none")
