"""Graphs as PyTorch Geometric's Data objects: checked one by one, and put side by side."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from repool.datasets.graphs import Graphs, IntArray, pointer, symmetric_adjacency
from repool.errors import UserError

Float: TypeAlias = npt.NDArray[np.float32]
IGNORED = ("edge_attr", "edge_weight", "pos")
WAY_OUT = "Give float numbers (one-hot, say): a function of your own can."


def graphs_of(
    objects: Sequence[Any], split: npt.NDArray[np.int8] | None, target: int | None, with_features: bool = True
) -> Graphs:
    """The graphs of Data objects, in their order.

    Edges become symmetric, self loops and repeated edges are dropped and counted, and so are graphs without a node.
    Classes become 0..classes-1 in sorted order, and a single column of whole numbers in x node labels likewise.

    Args:
        objects: with edge_index [2, edges] and y, and x [nodes, width] in all of them or in none.
        split: part of each object (0 train, 1 validation, 2 test), or None.
        target: for regression the column of y, from 0; None where y is a class.
        with_features: whether nodes carry x.

    Raises UserError that names the first object that is otherwise.
    """
    if not len(objects):
        raise UserError("There is not one graph.")
    sizes = np.array([_size(data, place) for place, data in enumerate(objects)], np.int64)
    starts = pointer(sizes)
    ends = [_ends(data, place) + starts[place] for place, data in enumerate(objects)]
    edges = np.concatenate(ends, axis=1)
    adjacency = symmetric_adjacency(edges[0], edges[1], int(sizes.sum()))
    kept = sizes > 0
    empty = int(len(sizes) - kept.sum())
    y = np.array([_outcome(data, place, target) for place, data in enumerate(objects)])
    labels, names, x = _features(objects) if with_features else (None, (), None)
    unused = [name for name in IGNORED if getattr(objects[0], name, None) is not None]
    remarks = {
        f"{adjacency.mirrored:,} edges stood in one direction only and were made symmetric.": adjacency.mirrored,
        f"{empty:,} graphs have no node and were left out.": empty,
        f"What no network here reads was left out: {', '.join(unused)}.": len(unused),
    }
    return Graphs(
        node_ptr=pointer(sizes[kept]),
        in_ptr=adjacency.ptr,
        in_idx=adjacency.idx,
        labels=labels,
        label_names=names,
        x=x,
        y=y[kept].astype(np.float32) if target is not None else np.unique(y[kept], return_inverse=True)[1],
        split=None if split is None else split[kept],
        dropped={"self_loops": adjacency.self_loops, "duplicate_edges": adjacency.duplicates, "empty_graphs": empty},
        remarks=tuple(remark for remark, number in remarks.items() if number),
    )


def _size(data: Any, place: int) -> int:
    if not all(hasattr(data, name) for name in ("edge_index", "num_nodes")):
        raise UserError(f"Graph {place} is a {type(data).__name__}, expected a torch_geometric.data.Data.")
    if data.num_nodes is None:
        raise UserError(f"Graph {place} says nowhere how many nodes it has: give it x, or num_nodes.")
    return int(data.num_nodes)


def _ends(data: Any, place: int) -> IntArray:
    """Both ends of its edges, int64 [2, edges]."""
    if data.edge_index is None:
        raise UserError(
            f"Graph {place} has no edge_index. One without an edge has torch.empty(2, 0, dtype=torch.long)."
        )
    ends = _array(data.edge_index, place, "edge_index")
    if ends.ndim != 2 or len(ends) != 2 or ends.dtype.kind not in "iu":
        found = f"{ends.dtype} {list(ends.shape)}"
        raise UserError(f"Graph {place}: edge_index must be whole numbers, [2, edges]; found {found}.")
    if ends.size and (ends.min() < 0 or ends.max() >= data.num_nodes):
        raise UserError(
            f"Graph {place}: edge_index has node {int(ends.max() if ends.min() >= 0 else ends.min())}, but its nodes "
            f"are 0 to {data.num_nodes - 1}."
        )
    return ends.astype(np.int64)


def _outcome(data: Any, place: int, target: int | None) -> float:
    """Its class, or the column of its targets."""
    if getattr(data, "y", None) is None:
        raise UserError(f"Graph {place} has no y, its class or target.")
    y = _array(data.y, place, "y").ravel()
    if target is None and len(y) != 1:
        raise UserError(f"Graph {place}: y has {len(y)} numbers, expected one class a graph.")
    if target is not None and target >= len(y):
        raise UserError(f"Graph {place}: y has {len(y)} numbers, from 0: there is no target {target} (options.target).")
    value = float(y[target or 0])
    if not np.isfinite(value):
        raise UserError(f"Graph {place}: y is {value}.")
    if target is None and not value.is_integer():
        raise UserError(f"Graph {place}: y is {value}, but a class is a whole number. Declare task: regression?")
    return value


def _features(objects: Sequence[Any]) -> tuple[npt.NDArray[np.int32] | None, tuple[str, ...], Float | None]:
    """Labels with their names, or real-valued features, or neither."""
    having = [data.x is not None for data in objects]
    if not any(having):
        return None, (), None
    if not all(having):
        raise UserError(f"Graph {having.index(False)} has no x, others have: give it to all of them, or to none.")
    parts = [_array(data.x, place, "x") for place, data in enumerate(objects)]
    for place, (x, data) in enumerate(zip(parts, objects, strict=True)):
        if x.ndim != 2 or len(x) != data.num_nodes or x.shape[1] != parts[0].shape[-1]:
            expected = f"[{data.num_nodes}, {parts[0].shape[-1]}]"
            raise UserError(f"Graph {place}: x is {list(x.shape)}, expected {expected}.")
    x = np.concatenate(parts)
    if x.dtype.kind in "iub":
        if x.shape[1] != 1:
            raise UserError(f"x has {x.shape[1]} columns of whole numbers, which may be categories. {WAY_OUT}")
        found, codes = np.unique(x[:, 0], return_inverse=True)
        return codes.astype(np.int32), tuple(map(str, found.tolist())), None
    x = x.astype(np.float32)
    if not np.isfinite(x).all():
        place = int(
            np.searchsorted(np.cumsum([len(part) for part in parts]), np.argmin(np.isfinite(x).all(axis=1)), "right")
        )
        raise UserError(f"Graph {place}: x holds what is no finite number of 32 bits.")
    return None, (), x


def _array(value: Any, place: int, name: str) -> npt.NDArray:
    """A tensor, an array or a number as an array."""
    try:
        array = value.detach().cpu().numpy() if hasattr(value, "detach") else np.asarray(value)
    except Exception as error:  # of a sparse tensor, say
        raise UserError(
            f"Graph {place}: {name} is a {type(value).__name__}, expected a dense tensor ({error})."
        ) from None
    if array.dtype.kind not in "iubf":
        raise UserError(f"Graph {place}: {name} holds {array.dtype}, expected numbers.")
    return array
