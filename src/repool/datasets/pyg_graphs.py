"""From objects `Data` of PyTorch Geometric to flat arrays: what does not fit is named with the graph it is of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from repool.datasets.graphs import Graphs, Index, IntArray, pointer, symmetric_adjacency
from repool.errors import UserError
from repool.schemas.sources import Kind, Task

READ = ("x", "edge_index", "y", "num_nodes")
NUMBERS = "fiub"  # kinds of numpy types
SHOWN = 6


class Brought(NamedTuple):
    """Graphs as they came, objects `Data`, the part of each (0, 1, 2) or none, and who gave them."""

    graphs: list[Any]
    split: IntArray | None
    giver: str


@dataclass
class _Read:
    """What was read of the graphs so far."""

    sizes: list[int] = field(default_factory=list)
    x: list[npt.NDArray[Any]] = field(default_factory=list)
    edges: list[IntArray] = field(default_factory=list)
    y: list[npt.NDArray[Any]] = field(default_factory=list)
    others: set[str] = field(default_factory=set)


def assemble(brought: Brought, task: Task, kind: Kind, target: int | None) -> Graphs:
    """Put graphs side by side; raises UserError with the graph that does not fit.

    Edges become symmetric, self loops and repeated edges are dropped and counted, and so are graphs without a node.
    Features that are one-hot, or one column of whole numbers, are labels.

    Args:
        brought: graphs with edge_index, y and perhaps x.
        task: classification or regression.
        kind: what nodes carry (`repool.schemas.sources.KINDS`).
        target: the column of y of a regression, where it has several.
    """
    graphs, split, giver = brought
    if not graphs:
        raise UserError(f"{giver} gives no graph.")
    read = _Read()
    for index, graph in enumerate(graphs):
        _add(read, graph, f"{giver}, graph {index:,}", with_x=kind != "constant")
    sizes = np.array(read.sizes)
    kept = sizes > 0
    if not kept.any():
        raise UserError(f"{giver} gives graphs without any node.")
    node_ptr = pointer(sizes[kept])
    ends = np.concatenate(
        [edges + first for edges, first in zip(read.edges, pointer(sizes)[:-1], strict=True)], axis=1, dtype=np.int64
    )
    adjacency = symmetric_adjacency(ends[0], ends[1], int(node_ptr[-1]))
    labels, names, x, about_x = _features(read, giver, kind)
    y, about_y = _outcome([row for row, keep in zip(read.y, kept, strict=True) if keep], giver, task, target)
    empty = int((~kept).sum())
    remarks = {
        f"{adjacency.mirrored:,} edges stood in one direction only and were made symmetric.": adjacency.mirrored,
        f"{empty:,} graphs have no node and were left out.": empty,
        f"Not read of the graphs: {', '.join(sorted(read.others))}.": read.others,
        about_x: about_x,
        about_y: about_y,
    }
    return Graphs(
        node_ptr=node_ptr,
        in_ptr=adjacency.ptr,
        in_idx=adjacency.idx,
        labels=labels,
        label_names=names,
        x=x,
        y=y,
        split=None if split is None else split[kept].astype(np.int8),
        dropped={"self_loops": adjacency.self_loops, "duplicate_edges": adjacency.duplicates, "empty_graphs": empty},
        remarks=tuple(remark for remark, holds in remarks.items() if holds),
    )


def _add(read: _Read, graph: Any, where: str, with_x: bool) -> None:
    """Read one graph."""
    if not all(hasattr(graph, name) for name in ("edge_index", "num_nodes", "keys")) or hasattr(graph, "node_types"):
        raise UserError(f"{where} is a {type(graph).__name__}, expected torch_geometric.data.Data.")
    read.others |= {str(name) for name in graph.keys()} - {*READ}  # noqa: SIM118 (no mapping)
    x = getattr(graph, "x", None) if with_x else None
    if with_x and read.sizes and (x is not None) != bool(read.x):
        raise UserError(
            f"{where} has {'no x' if x is None else 'x'}, those before have {'it' if x is None else 'none'}."
        )
    if x is not None:
        read.x.append(x := _rows(x, where))
        if x.shape[1] != read.x[0].shape[1]:
            raise UserError(f"{where}: x has {x.shape[1]} columns, those before have {read.x[0].shape[1]}.")
    size = _size(graph, x, where)
    read.sizes.append(size)
    read.edges.append(_edges(graph.edge_index, size, where))
    read.y.append(_y(graph, size, where))


def _size(graph: Any, x: npt.NDArray[Any] | None, where: str) -> int:
    said = graph.num_nodes
    if said is None:
        raise UserError(f"{where} says neither x nor num_nodes: nobody knows how many nodes it has.")
    if x is not None and int(said) != len(x):
        raise UserError(f"{where}: x has {len(x)} rows, but num_nodes is {said}.")
    return int(said)


def _rows(value: Any, where: str) -> npt.NDArray[Any]:
    """Features of the nodes, [nodes, width]."""
    x = _array(value, f"{where}: x")
    if x.ndim == 1:
        x = x[:, None]
    if x.ndim != 2 or not x.shape[1]:
        raise UserError(f"{where}: x is of shape {list(x.shape)}, expected [nodes, features].")
    with np.errstate(over="ignore"):
        bad = np.argwhere(~np.isfinite(x.astype(np.float32)))
    if len(bad):
        node, column = bad[0]
        raise UserError(f"{where}: x[{node}, {column}] is {x[node, column]}, not a finite number (of 32 bits).")
    return x


def _edges(value: Any, nodes: int, where: str) -> IntArray:
    """Ends of the edges, int64 [2, edges]."""
    if value is None:
        raise UserError(f"{where} has no edge_index. A graph without edges has one of shape [2, 0].")
    edges = _array(value, f"{where}: edge_index")
    if edges.ndim != 2 or len(edges) != 2:
        turned = " Transpose it." if edges.ndim == 2 and edges.shape[1] == 2 else ""
        raise UserError(f"{where}: edge_index is of shape {list(edges.shape)}, expected [2, edges].{turned}")
    if edges.size and edges.dtype.kind not in "iu":
        raise UserError(f"{where}: edge_index has numbers of type {edges.dtype}, expected whole ones.")
    outside = edges[(edges < 0) | (edges >= nodes)]
    if len(outside):
        raise UserError(f"{where}: edge_index names node {outside[0]}, but nodes are 0 to {nodes - 1}.")
    return edges.astype(np.int64)


def _y(graph: Any, nodes: int, where: str) -> npt.NDArray[Any]:
    """What y holds of the graph, one value or several, [values]."""
    if getattr(graph, "y", None) is None:
        raise UserError(f"{where} has no y, its class or target.")
    y = _array(graph.y, f"{where}: y")
    if not y.size:
        raise UserError(f"{where}: y is empty.")
    if y.ndim and y.size > 1 and len(y) == nodes:
        raise UserError(
            f"{where}: y has {len(y):,} values, one a node: graphs are classified here, which have a single y each."
        )
    return y.reshape(-1)


def _array(value: Any, where: str) -> npt.NDArray[Any]:
    try:
        array = np.asarray(value.detach().cpu() if hasattr(value, "detach") else value)
    except (TypeError, ValueError, RuntimeError):
        array = np.array(None)
    if array.dtype.kind not in NUMBERS:
        raise UserError(f"{where} is a {type(value).__name__}, expected a dense tensor of numbers.")
    return array


def _features(
    read: _Read, giver: str, kind: Kind
) -> tuple[Index | None, tuple[str, ...], npt.NDArray[np.float32] | None, str]:
    """Labels with their names, or numbers, or nothing; and a sentence for the card."""
    if not read.x:
        if kind in ("labels", "attributes"):
            raise UserError(f"{giver} gives graphs without x: declare `features: {{kind: constant}}`, or leave it out.")
        return None, (), None, ""
    x = np.concatenate([rows for rows in read.x if len(rows)])
    if kind != "attributes":
        if is_one_hot(x):
            names = tuple(map(str, range(x.shape[1])))
            return x.argmax(axis=1).astype(np.int32), names, None, "x is one-hot: its columns are the labels, in order."
        if x.shape[1] == 1 and x.dtype.kind != "f":
            values, codes = np.unique(x[:, 0], return_inverse=True)
            about = "x is one column of whole numbers, which are taken as labels."
            return codes.astype(np.int32), tuple(str(int(value)) for value in values), None, about
        if kind == "labels":
            raise UserError(f"{giver}: x is neither one-hot nor one column of whole numbers: it holds no labels.")
        if x.dtype.kind != "f":
            raise UserError(
                f"{giver}: x has {x.shape[1]} columns of whole numbers, which may be categories. Make them one-hot, or "
                "declare `features: {kind: attributes}` to take them as numbers."
            )
    return None, (), x.astype(np.float32), ""


def is_one_hot(x: npt.NDArray[Any]) -> bool:
    """Whether every row has a single 1 and else 0, in two columns or more."""
    if x.shape[1] < 2:
        return False
    return bool(((x == 0) | (x == 1)).all() and (x.astype(np.float32).sum(axis=1) == 1).all())


def _outcome(
    rows: Sequence[npt.NDArray[Any]], giver: str, task: Task, target: int | None
) -> tuple[npt.NDArray[Any], str]:
    """Class or target of every graph, and a sentence for the card."""
    widths = np.array([len(row) for row in rows])
    if (widths != widths[0]).any():
        other = int((widths != widths[0]).argmax())
        raise UserError(f"{giver}, graph {other:,}: y has {widths[other]} values, those before have {widths[0]}.")
    y = np.stack(rows)
    if task == "regression":
        return _targets(y, giver, target), ""
    if y.shape[1] > 1:
        raise UserError(
            f"{giver}: y has {y.shape[1]} values a graph, for as many tasks: training here has one class a graph. Give "
            "one of them."
        )
    classes = y[:, 0]
    wrong = ~np.isfinite(classes) | (classes != np.floor(classes)) if classes.dtype.kind == "f" else np.zeros(1, bool)
    if wrong.any():
        raise UserError(
            f"{giver}, graph {int(wrong.argmax()):,}: y is {classes[wrong.argmax()]}, which is no class. Declare "
            "`task: regression` where y is a number to predict."
        )
    values, codes = np.unique(classes, return_inverse=True)
    if len(values) < 2:
        raise UserError(f"{giver}: every graph has class {int(values[0])}, there is nothing to learn.")
    return codes.astype(np.int64), _renumbered([int(value) for value in values])


def _renumbered(values: Sequence[int]) -> str:
    if list(values) == list(range(len(values))):
        return ""
    more = ", ..." if len(values) > SHOWN else ""
    return f"Classes are numbered from 0: {_joined(values)}{more} became {_joined(range(len(values)))}{more}."


def _joined(values: Iterable[int]) -> str:
    return ", ".join(map(str, [*values][:SHOWN]))


def _targets(y: npt.NDArray[Any], giver: str, target: int | None) -> npt.NDArray[np.float32]:
    columns = y.shape[1]
    if target is None and columns > 1:
        raise UserError(f"{giver}: y has {columns} values a graph. Choose one, as in options: {{target: 0}}.")
    if target is not None and target >= columns:
        raise UserError(
            f"{giver}: y has {columns} values a graph, from 0: there is no target {target} (options.target)."
        )
    with np.errstate(over="ignore"):
        values = y[:, target or 0].astype(np.float32)
    if not np.isfinite(values).all():
        graph = int((~np.isfinite(values)).argmax())
        raise UserError(f"{giver}, graph {graph:,}: y is {y[graph, target or 0]}, not a finite number (of 32 bits).")
    return values
