"""Whether arrays can be walked without leaving them: compiled code follows them unchecked."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from repool.categories import ATOM_SIZES, BOND_SIZES

Arrays = Mapping[str, npt.NDArray]


def fault(arrays: Arrays, card: Mapping[str, Any]) -> str:
    """What is wrong first, or nothing; the arrays have the types and shapes that the card says."""
    return _ranges_fault(arrays) or _values_fault(arrays, card)


def _ranges_fault(arrays: Arrays) -> str:
    node_ptr, nodes = arrays["node_ptr"], len(arrays["in_ptr"]) - 1
    if wrong := _pointer_fault("node_ptr", node_ptr, nodes, least=1):
        return wrong
    for side in ("in", "out"):
        if f"{side}_ptr" not in arrays:
            continue
        ptr, idx = arrays[f"{side}_ptr"], arrays[f"{side}_idx"]
        wrong = _pointer_fault(f"{side}_ptr", ptr, len(idx)) or _neighbours_fault(f"{side}_idx", node_ptr, ptr, idx)
        if wrong:
            return wrong
    return ""


def _pointer_fault(name: str, ptr: npt.NDArray, end: int, least: int = 0) -> str:
    if ptr[0] != 0 or ptr[-1] != end:
        return f"{name}.npy does not run from 0 to {end:,}"
    short = np.flatnonzero(np.diff(ptr) < least)
    return f"{name}.npy does not rise after entry {short[0]:,}" if len(short) else ""


def _neighbours_fault(name: str, node_ptr: npt.NDArray, ptr: npt.NDArray, idx: npt.NDArray) -> str:
    """A neighbour outside of its own graph; ranges of edges of the graphs that have any are reduced one by one."""
    starts = ptr[node_ptr[:-1]]
    has = np.flatnonzero(ptr[node_ptr[1:]] > starts)
    if not len(has):
        return ""
    lowest, highest = (reduce.reduceat(idx, starts[has]) for reduce in (np.minimum, np.maximum))
    bad = np.flatnonzero((lowest < node_ptr[has]) | (highest >= node_ptr[has + 1]))
    if not len(bad):
        return ""
    graph, low, high = has[bad[0]], lowest[bad[0]], highest[bad[0]]
    own = f"{node_ptr[graph]:,} to {node_ptr[graph + 1] - 1:,}"
    return f"{name}.npy: graph {graph:,} has nodes {own}, but neighbours from {low:,} to {high:,}"


def _values_fault(arrays: Arrays, card: Mapping[str, Any]) -> str:
    limits = {
        "labels": (card["features"]["count"],),
        "split": (3,),
        "atoms": ATOM_SIZES,
        "bonds": BOND_SIZES,
        **({"y": (card["classes"],)} if card["classes"] else {}),
    }
    for name, choices in limits.items():
        if name not in arrays or not arrays[name].size:
            continue
        columns = arrays[name].reshape(len(arrays[name]), -1).T
        for column, choice in zip(columns, choices, strict=True):
            low, high = column.min(), column.max()
            if low < 0 or high >= choice:
                return f"{name}.npy has values from {low} to {high}, expected 0 to {choice - 1}"
    for name in ("x", "y"):
        if name in arrays and not np.isfinite(arrays[name]).all():
            return f"{name}.npy has values that are not finite numbers"
    return ""
