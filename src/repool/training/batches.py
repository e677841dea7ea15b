"""Batches of a block: a gather over flat arrays, no object per graph."""

import numba
import numpy as np
import torch
from torch import Tensor

from repool.categories import BOND_SIZES
from repool.datasets.store import GraphStore
from repool.models.graphs import Graphs
from repool.models.kernels.dispatch import numbers
from repool.models.layers.molecules import atom_rows


def gather(store: GraphStore, chosen: np.ndarray) -> tuple[Graphs, np.ndarray]:
    """Put the chosen graphs of every seed side by side.

    Args:
        store: the dataset.
        chosen: graphs of each seed, int64 [seeds, graphs].

    Returns:
        The batch, and the dataset's node in each row, int32 [seeds x rows] (node 0 in padding rows, which nothing
        reads).
    """
    rows, graph_ptr, nodes, in_ptr, in_idx = _gather(chosen, store.node_ptr, store.in_ptr, store.in_idx)
    out_ptr, out_idx = in_ptr, in_idx
    if store.directed:
        out_ptr, out_idx = _gather_edges(chosen, graph_ptr, store.node_ptr, store.out_ptr, store.out_idx, rows)
    bonds = (
        None
        if store.bonds is None
        else _gather_bonds(chosen, store.node_ptr, store.in_ptr, store.bonds, BOND_SIZES, in_idx.size)
    )
    return Graphs(rows, graph_ptr, in_ptr, in_idx, out_ptr, out_idx, bonds, chosen, store.node_ptr), nodes


@numba.njit(cache=True, nogil=True)
def _gather(chosen, node_ptr, ptr, idx):  # type: ignore[no-untyped-def]
    rows = 0
    for seed in range(chosen.shape[0]):
        nodes_of_seed = 0
        for graph in chosen[seed]:
            nodes_of_seed += node_ptr[graph + 1] - node_ptr[graph]
        rows = max(rows, nodes_of_seed + 1)
    graph_ptr, nodes = _gather_nodes(chosen, node_ptr, rows)
    batch_ptr, batch_idx = _gather_edges(chosen, graph_ptr, node_ptr, ptr, idx, rows)
    return rows, graph_ptr, nodes, batch_ptr, batch_idx


@numba.njit(cache=True, nogil=True)
def _gather_nodes(chosen, node_ptr, rows):  # type: ignore[no-untyped-def]
    seeds, graphs = chosen.shape
    graph_ptr = np.empty((seeds, graphs + 1), np.int32)
    nodes = np.zeros(seeds * rows, np.int32)
    for seed in range(seeds):
        row = seed * rows
        for position in range(graphs):
            graph_ptr[seed, position] = row
            for node in range(node_ptr[chosen[seed, position]], node_ptr[chosen[seed, position] + 1]):
                nodes[row] = node
                row += 1
        graph_ptr[seed, graphs] = row
    return graph_ptr, nodes


@numba.njit(cache=True, nogil=True)
def _gather_edges(chosen, graph_ptr, node_ptr, ptr, idx, rows):  # type: ignore[no-untyped-def]
    seeds, graphs = chosen.shape
    edges = 0
    for seed in range(seeds):
        for graph in chosen[seed]:
            edges += ptr[node_ptr[graph + 1]] - ptr[node_ptr[graph]]
    batch_ptr = np.empty(seeds * rows + 1, np.int32)
    batch_idx = np.empty(edges, np.int32)
    edges = 0
    for seed in range(seeds):
        row = seed * rows
        for position in range(graphs):
            start, stop = node_ptr[chosen[seed, position]], node_ptr[chosen[seed, position] + 1]
            shift = graph_ptr[seed, position] - start
            for node in range(start, stop):
                batch_ptr[row] = edges
                for edge in range(ptr[node], ptr[node + 1]):
                    batch_idx[edges] = idx[edge] + shift
                    edges += 1
                row += 1
        batch_ptr[row : (seed + 1) * rows] = edges
    batch_ptr[seeds * rows] = edges
    return batch_ptr, batch_idx


@numba.njit(cache=True, nogil=True)
def _gather_bonds(chosen, node_ptr, ptr, bonds, sizes, edges):  # type: ignore[no-untyped-def]
    """Kinds of bonds in the order in which `_gather_edges` lays down the edges."""
    kinds = np.empty(edges, np.int32)
    filled = 0
    for graph in chosen.ravel():
        for edge in range(ptr[node_ptr[graph]], ptr[node_ptr[graph + 1]]):
            kinds[filled] = (bonds[edge, 0] * sizes[1] + bonds[edge, 1]) * sizes[2] + bonds[edge, 2]
            filled += 1
    return kinds


class Inputs:
    """Node features and targets of a dataset on the device; a batch takes its rows."""

    def __init__(self, store: GraphStore, device: torch.device):
        self.width, self.device = store.inputs, device
        self.features = self.labels = None
        if store.labels is not None:
            self.labels = torch.from_numpy(np.array(store.labels)).to(device)
            self.features = torch.eye(self.width, device=device)
        elif store.atoms is not None:
            self.features = torch.from_numpy(atom_rows(store.atoms)).to(device)
        elif store.x is not None:
            self.features = numbers(np.array(store.x), device)
        self.targets = torch.from_numpy(np.array(store.y)).to(device)

    def X(self, nodes: np.ndarray, seeds: int) -> Tensor:
        """Features [seeds, rows, width]: one-hot labels, the dataset's own, or ones.

        Of molecules: the rows that the atom encoder sums, int32 [seeds, rows, 9].
        """
        if self.features is None:
            return torch.ones(seeds, nodes.size // seeds, self.width, device=self.device)
        rows = torch.from_numpy(nodes).to(self.device, non_blocking=True)
        if self.labels is not None:
            rows = self.labels.index_select(0, rows)
        return self.features.index_select(0, rows).view(seeds, -1, self.width)

    def y(self, chosen: np.ndarray) -> Tensor:
        """Targets [seeds, graphs], int64 or float32."""
        rows = torch.from_numpy(chosen.ravel()).to(self.device, non_blocking=True)
        return self.targets.index_select(0, rows).view(chosen.shape)
