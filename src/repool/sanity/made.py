"""Small graphs that are made up, with features, to ask a pooling what it does."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from repool.datasets.store import GraphStore
from repool.models.graphs import Graphs
from repool.models.kernels.dispatch import numbers
from repool.training.batches import gather
from repool.training.permutations import permuted

# No two alike, so that rows of one cannot be taken for another's; and no cycle of 4, in which two nodes have the same
# neighbours: EdgePooling breaks such ties by chance.
SIZES = (7, 3, 12, 5, 9, 6)


@dataclass(frozen=True)
class Made:
    """Some graphs of `store`, and the features X [1, rows, width] of their nodes."""

    graphs: Graphs
    X: Tensor


class MadeUp:
    """A cycle with chords for each size, and normal features of some width.

    Args:
        width: of the features.
        sizes: nodes of each graph, 3 at least.
        seed: of edges and features.
    """

    def __init__(self, width: int, sizes: tuple[int, ...] = SIZES, seed: int = 0):
        stream, graphs = np.random.default_rng(seed), len(sizes)
        self.node_ptr = np.cumsum([0, *sizes])
        starts = zip(sizes, self.node_ptr, strict=False)
        rows = [sorted(own) for size, start in starts for own in _rows(size, stream, start)]
        ptr, idx = np.cumsum([0, *map(len, rows)]), np.array([other for own in rows for other in own], np.int32)
        card, y = {"directed": False}, np.zeros(graphs, np.int64)
        self._store = GraphStore(card, self.node_ptr, ptr, idx, ptr, idx, None, None, y, None)
        self.features = numbers(stream.normal(size=(int(self.node_ptr[-1]), width)))

    def batch(self, *chosen: int, order: int | None = None) -> Made:
        """Those graphs together, or all; their nodes in another order where a seed of one is given."""
        graphs, nodes = gather(self._store, np.array([chosen or range(len(self.node_ptr) - 1)]))
        if order is not None:
            graphs, nodes = permuted(graphs, nodes, np.array([order], np.uint64))
        inside = torch.arange(graphs.rows).unsqueeze(1) < int(graphs.graph_ptr[0, -1])
        return Made(graphs, (self.features[torch.from_numpy(nodes)] * inside).unsqueeze(0))


def _rows(size: int, stream: np.random.Generator, start: int) -> list[set[int]]:
    """The neighbours of each node, counted over all graphs."""
    edges = {(node, (node + 1) % size) for node in range(size)}
    edges |= {(int(i), int(j)) for i, j in stream.integers(0, size, (size // 2, 2)) if i != j}
    neighbours: list[set[int]] = [set() for _ in range(size)]
    for i, j in edges:
        neighbours[i].add(start + j)
        neighbours[j].add(start + i)
    return neighbours
