"""Where the panels of a figure stand, as its SVG says it: whoever shows the figure may lay them out anew."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

# Of the SVG element.
ATTRIBUTE = "data-panels"


@dataclass(frozen=True)
class Place:
    """One panel.

    Attributes:
        id: of its group in the SVG.
        row, column: from 1; a colour scale stands beside all rows, in row 0.
        box: x, y, width and height in points, from the top left.
    """

    id: str
    row: int
    column: int
    box: tuple[float, float, float, float]


def said(places: Sequence[Place]) -> str:
    """The value of the attribute."""
    return json.dumps([asdict(place) for place in places], separators=(",", ":"))


def read(value: str | None) -> list[Place]:
    """The places in such a value; none where there is none."""
    return [Place(**(one | {"box": tuple(one["box"])})) for one in json.loads(value or "[]")]
