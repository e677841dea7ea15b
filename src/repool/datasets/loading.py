"""From a prepared dataset on disk to arrays in memory, mapped and verified; imports numpy alone until one is loaded."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from repool.datasets.arrays import content_sha256
from repool.datasets.soundness import fault
from repool.datasets.store import GraphStore
from repool.errors import UserError

BOND_FEATURES = 3


def load(folder: Path) -> GraphStore:
    """Map a prepared dataset (`repool data prepare`) into memory, read-only, once everything in it was verified.

    Raises UserError when the card or an array is missing or was changed, or an array has another type or shape than the
    card says, or leads outside of another one.
    """
    from repool.schemas.card import read_card

    card = read_card(folder / "card.json")
    arrays = {
        name: _array(folder, card["dataset"], name, np.dtype(dtype), shape)
        for name, (dtype, *shape) in _layout(card).items()
    }
    if wrong := fault(arrays, card):
        raise _unusable(folder, card["dataset"], wrong)
    if (found := content_sha256(arrays)) != card["content_sha256"]:
        raise _unusable(
            folder,
            card["dataset"],
            f"its arrays are not those of its card (sha256 {found[:12]}..., the card has "
            f"{card['content_sha256'][:12]}...)",
        )
    return GraphStore(
        card=card,
        node_ptr=arrays["node_ptr"],
        in_ptr=arrays["in_ptr"],
        in_idx=arrays["in_idx"],
        out_ptr=arrays.get("out_ptr", arrays["in_ptr"]),
        out_idx=arrays.get("out_idx", arrays["in_idx"]),
        labels=arrays.get("labels"),
        x=arrays.get("x"),
        y=arrays["y"],
        split=arrays.get("split"),
        atoms=arrays.get("atoms"),
        bonds=arrays.get("bonds"),
    )


def _layout(card: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    """Type and shape of every array that a card describes, by name."""
    graphs, nodes, arcs, width = card["graphs"], card["nodes"], card["arcs"], card["features"]["count"]
    kind = card["features"]["kind"]
    layout: dict[str, tuple[Any, ...]] = {
        "node_ptr": ("int64", graphs + 1),
        "in_ptr": ("int64", nodes + 1),
        "in_idx": ("int32", arcs),
        "y": ("float32" if card["task"] == "regression" else "int64", graphs),
    }
    carried: dict[str, dict[str, tuple[Any, ...]]] = {
        "labels": {"labels": ("int32", nodes)},
        "continuous": {"x": ("float32", nodes, width)},
        "atoms": {"atoms": ("uint8", nodes, width), "bonds": ("uint8", arcs, BOND_FEATURES)},
        "constant": {},
    }
    layout |= carried[kind]
    if card["directed"]:
        layout |= {"out_ptr": ("int64", nodes + 1), "out_idx": ("int32", arcs)}
    return layout | ({"split": ("int8", graphs)} if card["split"] == "fixed" else {})


def _array(folder: Path, dataset: str, name: str, dtype: np.dtype, shape: Sequence[int]) -> npt.NDArray:
    try:
        array: npt.NDArray = np.load(folder / "arrays" / f"{name}.npy", mmap_mode="r")
    except FileNotFoundError as error:
        raise _unusable(folder, dataset, f"arrays/{name}.npy is missing") from error
    except (ValueError, EOFError, OSError) as error:
        raise _unusable(folder, dataset, f"arrays/{name}.npy cannot be read ({error})") from error
    if array.shape != tuple(shape) or array.dtype != dtype:
        found = f"{array.dtype} {list(array.shape)}, expected {dtype} {list(shape)}"
        raise _unusable(folder, dataset, f"arrays/{name}.npy is {found}")
    return np.asarray(array)  # still mapped, but a plain array: compiled code starts faster on those


def _unusable(folder: Path, dataset: str, reason: str) -> UserError:
    return UserError(
        f"{folder} is not a whole prepared dataset: {reason}. "
        f"Make it again: python -m repool data prepare {dataset} --out {folder}"
    )
