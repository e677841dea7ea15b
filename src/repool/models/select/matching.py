"""Select by matching: Graclus (Dhillon et al., 2007) on a graph, or on its complement (section 2, case 1).

Nodes are visited in random order; a node that is still free takes a random free neighbour, or stays alone if it has
none. So clusters have one or two nodes and the matching is maximal. Edges count as unweighted on every level, and a
matching never leaves its graph.
"""

import numba
import numpy as np

from repool.models.graphs import Graphs
from repool.models.kernels.inlined.draws import draw_below

FREE = -1


def match_neighbours(graphs: Graphs, streams: np.ndarray) -> np.ndarray:
    """Match every node with a random free neighbour (GRACLUS).

    Args:
        graphs: a level of the batch.
        streams: random state of each seed, uint64 [seeds], advanced in place.

    Returns:
        The partner of each row, int32 [seeds x rows]; the row itself if it stays alone; -1 for padding.
    """
    return _match_neighbours(graphs.graph_ptr, graphs.rows, graphs.out_ptr, graphs.out_idx, streams)


def match_complement(graphs: Graphs, streams: np.ndarray) -> np.ndarray:
    """Match every node with a random free node of its graph that is not a neighbour (COMPLEMENT).

    The complement graph is never built: see `_take_stranger`. Arguments and result as for `match_neighbours`.
    """
    return _match_complement(graphs.graph_ptr, graphs.rows, graphs.out_ptr, graphs.out_idx, streams)


@numba.njit(cache=True, nogil=True)
def _match_neighbours(graph_ptr, rows, ptr, idx, streams):  # type: ignore[no-untyped-def]
    seeds, bounds = graph_ptr.shape
    partner = np.full(seeds * rows, FREE, np.int32)
    order = np.empty(rows, np.int32)
    for seed in range(seeds):
        for graph in range(bounds - 1):
            start, stop = graph_ptr[seed, graph], graph_ptr[seed, graph + 1]
            _shuffle_nodes(start, stop, order, streams, seed)
            for position in range(stop - start):
                node = order[position]
                if partner[node] == FREE:
                    other = _take_neighbour(node, ptr, idx, partner, streams, seed)
                    partner[node] = other
                    partner[other] = node
    return partner


@numba.njit(cache=True, nogil=True)
def _match_complement(graph_ptr, rows, ptr, idx, streams):  # type: ignore[no-untyped-def]
    seeds, bounds = graph_ptr.shape
    partner = np.full(seeds * rows, FREE, np.int32)
    order = np.empty(rows, np.int32)
    free = np.empty(rows, np.int32)
    place = np.empty(rows, np.int32)
    neighbour_of = np.full(seeds * rows, FREE, np.int32)
    for seed in range(seeds):
        for graph in range(bounds - 1):
            start, stop = graph_ptr[seed, graph], graph_ptr[seed, graph + 1]
            _shuffle_nodes(start, stop, order, streams, seed)
            count = stop - start
            for position in range(count):
                free[position] = start + position
                place[position] = position
            for position in range(stop - start):
                node = order[position]
                if partner[node] == FREE:
                    for edge in range(ptr[node], ptr[node + 1]):
                        neighbour_of[idx[edge]] = node
                    count = _remove(node, start, free, place, count)
                    other = _take_stranger(node, start, neighbour_of, free, place, count, streams, seed)
                    if other != node:
                        count = _remove(other, start, free, place, count)
                    partner[node] = other
                    partner[other] = node
    return partner


@numba.njit(inline="always")
def _shuffle_nodes(start, stop, order, streams, seed):  # type: ignore[no-untyped-def]
    """Fisher-Yates: the nodes start..stop-1 in uniformly random order at the head of `order`."""
    for position in range(stop - start):
        other = draw_below(position + 1, streams, seed)
        order[position] = order[other]
        order[other] = start + position


@numba.njit(inline="always")
def _take_neighbour(node, ptr, idx, partner, streams, seed):  # type: ignore[no-untyped-def]
    """A uniformly random free neighbour, or the node itself."""
    candidates = 0
    for edge in range(ptr[node], ptr[node + 1]):
        if partner[idx[edge]] == FREE:
            candidates += 1
    if candidates == 0:
        return node
    chosen = draw_below(candidates, streams, seed)
    for edge in range(ptr[node], ptr[node + 1]):
        if partner[idx[edge]] == FREE:
            if chosen == 0:
                return idx[edge]
            chosen -= 1
    return node


@numba.njit(inline="always")
def _take_stranger(node, start, neighbour_of, free, place, count, streams, seed):  # type: ignore[no-untyped-def]
    """A uniformly random free node that is not a neighbour, or the node itself.

    Free nodes are drawn without replacement until one is no neighbour (`neighbour_of` stamps them): at most
    degree + 1 draws, so a matching costs nodes + edges where the complement has nodes^2.
    """
    left = count
    while left > 0:
        drawn = draw_below(left, streams, seed)
        candidate = free[drawn]
        if neighbour_of[candidate] != node:
            return candidate
        left -= 1
        free[drawn] = free[left]
        place[free[drawn] - start] = drawn
        free[left] = candidate
        place[candidate - start] = left
    return node


@numba.njit(inline="always")
def _remove(node, start, free, place, count):  # type: ignore[no-untyped-def]
    """Take a node out of the free list by moving the last one to its place; the new length."""
    last = free[count - 1]
    hole = place[node - start]
    free[hole] = last
    place[last - start] = hole
    return count - 1
