"""Prepared datasets as training reads them: flat arrays, mapped from disk. Imports numpy alone, to start fast."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from repool.errors import UserError

BOND_FEATURES = 3


@dataclass(frozen=True)
class GraphStore:
    """A prepared dataset; graph g owns nodes node_ptr[g]:node_ptr[g+1].

    node_ptr: int64 [graphs+1]. in_ptr: int64 [nodes+1], in_idx: int32 [directed edges]: the nodes that each node sums
    over, numbered over the whole dataset. out_ptr, out_idx: the transpose; the same objects unless directed.
    labels: int32 [nodes] or None. x: float32 [nodes, inputs] or None. atoms: uint8 [nodes, inputs] or None, with bonds:
    uint8 [directed edges, 3], whose row e belongs to the edge in_idx[e] -> the node whose range of in_ptr holds e. None
    of them: constant features.
    y: int64 [graphs] classes or float32 [graphs] targets. split: int8 [graphs] (0 train, 1 validation, 2 test) or None.
    """

    card: dict[str, Any]
    node_ptr: npt.NDArray[np.int64]
    in_ptr: npt.NDArray[np.int64]
    in_idx: npt.NDArray[np.int32]
    out_ptr: npt.NDArray[np.int64]
    out_idx: npt.NDArray[np.int32]
    labels: npt.NDArray[np.int32] | None
    x: npt.NDArray[np.float32] | None
    y: npt.NDArray
    split: npt.NDArray[np.int8] | None
    atoms: npt.NDArray[np.uint8] | None = None
    bonds: npt.NDArray[np.uint8] | None = None

    @property
    def graphs(self) -> int:
        """Number of graphs."""
        return len(self.y)

    @property
    def nodes(self) -> int:
        """Number of nodes of all graphs."""
        return len(self.in_ptr) - 1

    @property
    def inputs(self) -> int:
        """Width of the node features (labels are one-hot, atoms have this many categorical ones)."""
        return int(self.card["features"]["count"])

    @property
    def outputs(self) -> int:
        """Number of classes, or 1 for regression."""
        return int(self.card["classes"] or 1)

    @property
    def directed(self) -> bool:
        """Whether an edge may lack its reverse."""
        return bool(self.card["directed"])


def load(folder: Path) -> GraphStore:
    """Map a prepared dataset (`repool data prepare`) into memory, read-only.

    Raises UserError when the card or an array is missing, or an array has another type or shape than the card says.
    """
    card = _card(folder)
    nodes, graphs = card["nodes"], card["graphs"]
    arcs = card.get("arcs", card["edges"] if card["directed"] else 2 * card["edges"])
    kind, width = card["features"]["kind"], card["features"]["count"]
    regression = card["task"] == "regression"

    def array(name: str, dtype: str, *shape: int) -> npt.NDArray:
        return _array(folder, card["dataset"], name, np.dtype(dtype), shape)

    node_ptr = array("node_ptr", "int64", graphs + 1)
    in_ptr, in_idx = array("in_ptr", "int64", nodes + 1), array("in_idx", "int32", arcs)
    out_ptr, out_idx = in_ptr, in_idx
    if card["directed"]:
        out_ptr, out_idx = array("out_ptr", "int64", nodes + 1), array("out_idx", "int32", arcs)
    for name, ptr, end in (("node_ptr", node_ptr, nodes), ("in_ptr", in_ptr, arcs), ("out_ptr", out_ptr, arcs)):
        if ptr[0] != 0 or ptr[-1] != end:
            raise _unusable(folder, card["dataset"], f"{name}.npy does not run from 0 to {end:,}")
    return GraphStore(
        card=card,
        node_ptr=node_ptr,
        in_ptr=in_ptr,
        in_idx=in_idx,
        out_ptr=out_ptr,
        out_idx=out_idx,
        labels=array("labels", "int32", nodes) if kind == "labels" else None,
        x=array("x", "float32", nodes, width) if kind == "continuous" else None,
        y=array("y", "float32" if regression else "int64", graphs),
        split=array("split", "int8", graphs) if card["split"] == "fixed" else None,
        atoms=array("atoms", "uint8", nodes, width) if kind == "atoms" else None,
        bonds=array("bonds", "uint8", arcs, BOND_FEATURES) if kind == "atoms" else None,
    )


def _card(folder: Path) -> dict[str, Any]:
    path = folder / "card.json"
    try:
        card: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise _unusable(folder, folder.name, "card.json is missing") from error
    except ValueError as error:
        raise _unusable(folder, folder.name, f"card.json is not valid JSON ({error})") from error
    keys = {"dataset", "task", "classes", "split", "directed", "features", "graphs", "nodes", "edges", "content_sha256"}
    if missing := sorted(keys - set(card)):
        raise _unusable(folder, folder.name, f"card.json lacks {', '.join(missing)}")
    return card


def _array(folder: Path, dataset: str, name: str, dtype: np.dtype, shape: tuple[int, ...]) -> npt.NDArray:
    try:
        array: npt.NDArray = np.load(folder / "arrays" / f"{name}.npy", mmap_mode="r")
    except FileNotFoundError as error:
        raise _unusable(folder, dataset, f"arrays/{name}.npy is missing") from error
    except (ValueError, EOFError, OSError) as error:
        raise _unusable(folder, dataset, f"arrays/{name}.npy cannot be read ({error})") from error
    if array.shape != shape or array.dtype != dtype:
        found = f"{array.dtype} {list(array.shape)}, expected {dtype} {list(shape)}"
        raise _unusable(folder, dataset, f"arrays/{name}.npy is {found}")
    return np.asarray(array)  # still mapped, but a plain array: compiled code starts faster on those


def _unusable(folder: Path, dataset: str, reason: str) -> UserError:
    return UserError(
        f"{folder} is not a whole prepared dataset: {reason}. "
        f"Make it again: python -m repool data prepare {dataset} --out {folder}"
    )
