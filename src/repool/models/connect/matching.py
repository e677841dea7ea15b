"""Clusters of a matching connected as Graclus has it: S^T A S with zero diagonal, as a 0/1 matrix (equation 3)."""

import numba
import numpy as np

from repool.models.graphs import Graphs, Pairs


def coarsen(graphs: Graphs, partner: np.ndarray) -> tuple[Pairs, Graphs]:
    """Number the clusters of a matching and connect those with neighbours in each other.

    A' = S^T A S with zero diagonal, as a 0/1 matrix: A'_ij = 1 iff clusters i and j have neighbours (equation 3).

    Args:
        graphs: a level of the batch.
        partner: as `select.matching` gives it, int32 [seeds x rows].

    Returns:
        The clusters, numbered within their graph by their first node, and the next level.
    """
    rows, graph_ptr, first, second, cluster, in_ptr, in_idx = _coarsen(
        graphs.graph_ptr, graphs.rows, partner, graphs.in_ptr, graphs.in_idx
    )
    out_ptr, out_idx = in_ptr, in_idx
    if not graphs.symmetric:
        out_ptr, out_idx = _connect(first, second, cluster, graphs.out_ptr, graphs.out_idx)
    return Pairs(first, second, cluster), Graphs(rows, graph_ptr, in_ptr, in_idx, out_ptr, out_idx)


@numba.njit(cache=True, nogil=True)
def _coarsen(graph_ptr, rows, partner, in_ptr, in_idx):  # type: ignore[no-untyped-def]
    coarse_rows = 1 + _most_clusters(graph_ptr, partner)
    coarse_ptr, first, second, cluster = _number_clusters(graph_ptr, rows, partner, coarse_rows)
    coarse_in_ptr, coarse_in_idx = _connect(first, second, cluster, in_ptr, in_idx)
    return coarse_rows, coarse_ptr, first, second, cluster, coarse_in_ptr, coarse_in_idx


@numba.njit(cache=True, nogil=True)
def _most_clusters(graph_ptr, partner):  # type: ignore[no-untyped-def]
    """The number of clusters of the seed that has most."""
    most = 0
    for seed in range(graph_ptr.shape[0]):
        clusters = 0
        for node in range(graph_ptr[seed, 0], graph_ptr[seed, -1]):
            clusters += partner[node] >= node
        most = max(most, clusters)
    return most


@numba.njit(cache=True, nogil=True)
def _number_clusters(graph_ptr, rows, partner, coarse_rows):  # type: ignore[no-untyped-def]
    seeds, bounds = graph_ptr.shape
    coarse_ptr = np.empty((seeds, bounds), np.int32)
    first = np.empty(seeds * coarse_rows, np.int32)
    second = np.empty(seeds * coarse_rows, np.int32)
    cluster = np.empty(seeds * rows, np.int32)
    for seed in range(seeds):
        number = seed * coarse_rows
        for graph in range(bounds - 1):
            coarse_ptr[seed, graph] = number
            for node in range(graph_ptr[seed, graph], graph_ptr[seed, graph + 1]):
                if partner[node] >= node:
                    first[number] = node
                    second[number] = partner[node]
                    cluster[node] = number
                    cluster[partner[node]] = number
                    number += 1
        coarse_ptr[seed, bounds - 1] = number
        first[number : (seed + 1) * coarse_rows] = (seed + 1) * rows - 1
        second[number : (seed + 1) * coarse_rows] = (seed + 1) * rows - 1
        cluster[graph_ptr[seed, bounds - 1] : (seed + 1) * rows] = (seed + 1) * coarse_rows - 1
    return coarse_ptr, first, second, cluster


@numba.njit(cache=True, nogil=True)
def _connect(first, second, cluster, ptr, idx):  # type: ignore[no-untyped-def]
    """Compressed rows of S^T A S without its diagonal and without repetitions."""
    coarse_ptr = np.zeros(first.size + 1, np.int32)
    coarse_idx = np.empty(idx.size, np.int32)
    reached_from = np.full(first.size, -1, np.int32)
    edges = 0
    for row in range(first.size):
        for member in (first[row], second[row]):
            for edge in range(ptr[member], ptr[member + 1]):
                other = cluster[idx[edge]]
                if other != row and reached_from[other] != row:
                    reached_from[other] = row
                    coarse_idx[edges] = other
                    edges += 1
        coarse_ptr[row + 1] = edges
    return coarse_ptr, coarse_idx[:edges].copy()
