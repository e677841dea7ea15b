"""The card of a prepared dataset, `card.json`: what stands in it, and that it stands as it was written."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import NonNegativeInt, PositiveInt, model_validator

from repool import canonical
from repool.errors import UserError
from repool.schemas.checked import Checked, checked
from repool.schemas.reading import read_json
from repool.schemas.sources import NAME, Metric, Part, Sha256, Split, Status, Task

SEAL = "card_sha256"


class Features(Checked):
    """What a node carries, in how many inputs; `names` of the labels."""

    kind: Literal["labels", "continuous", "atoms", "constant"]
    count: PositiveInt
    names: list[str] | None = None


class Raw(Checked):
    """A raw file, where it came from, and which files inside it are the published ones."""

    file: str
    sha256: Sha256
    origin: str
    verified: list[str]


class Dropped(Checked):
    """What the raw files hold and the prepared form does not."""

    self_loops: NonNegativeInt
    duplicate_edges: NonNegativeInt
    empty_graphs: NonNegativeInt


class Card(Checked):
    """Counts, sources and status of a prepared dataset; `arcs` are directed edges, `card_sha256` is of all the rest."""

    dataset: str
    task: Task
    metric: Metric
    split: Split
    directed: bool
    dropped: Dropped
    status: Status
    note: str
    licence: str
    source: list[Raw]
    verified_parts: list[Part]
    content_sha256: Sha256
    card_sha256: Sha256
    expected: dict[str, int | float]
    options: dict[str, int | str]
    graphs: PositiveInt
    nodes: PositiveInt
    arcs: NonNegativeInt
    edges: NonNegativeInt
    avg_nodes: float
    avg_edges: float
    classes: PositiveInt | None
    features: Features

    @model_validator(mode="after")
    def _has_classes(self) -> "Card":
        if (self.classes is None) != (self.task == "regression"):
            raise ValueError(f"classes are {self.classes} for {self.task}.")
        return self


def read_card(path: Path) -> dict[str, Any]:
    """The card of a prepared dataset, as it was written.

    Raises UserError if there is none, something in it is missing or of another kind, or it was changed since.
    """
    name = path.parent.name
    try:
        card = read_json(path)
        if isinstance(card, dict) and isinstance(given := card.get("dataset"), str) and NAME.fullmatch(given):
            name = given
        checked(Card, card, str(path))
        if card[SEAL] != (found := sealed(card)[SEAL]):
            raise UserError(
                f"{path} was changed after it was made: {SEAL} is {card[SEAL][:12]}..., but the rest of it has "
                f"{found[:12]}...."
            )
    except UserError as error:
        raise UserError(
            f"{error} Prepare the dataset again: python -m repool data prepare {name} --out {path.parent}"
        ) from None
    return dict(card)


def sealed(card: Mapping[str, Any]) -> dict[str, Any]:
    """The card with the digest of all its other keys, by which `read_card` knows it; an older one is replaced."""
    return canonical.sealed(card, SEAL)
