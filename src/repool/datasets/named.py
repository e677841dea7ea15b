"""Datasets that a name alone declares: those of the TU collection with classes, and OGB's of graphs."""

from collections.abc import Mapping
from typing import Any

from repool.datasets import ogb_names, tu_names
from repool.errors import UserError, nearest

# Names of what is declared under another one, with all that is known of its files.
SAME = {"ogbg-molhiv": "MOLHIV"}


def by_name(name: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """What declares a dataset that none of the `known` declarations has.

    Raises UserError where its name says nothing, or it cannot be trained here.
    """
    if SAME.get(name) in [*known]:
        return dict(known[SAME[name]])
    if name in tu_names.NAMES:
        return tu_names.declaration(name)
    if name in ogb_names.NAMES or name in ogb_names.REFUSED:
        return ogb_names.declaration(name)
    raise UserError(
        f"{name} is no dataset of config/datasets.yaml, of the TU collection or of OGB, and none of sources. "
        f"{nearest(name, [*known, *tu_names.NAMES, *ogb_names.NAMES])}"
    )
