"""The same graphs with their nodes in another order (appendix C, figure 3)."""

from dataclasses import replace

import numba
import numpy as np

from repool.models.graphs import Graphs
from repool.models.kernels.inlined.draws import draw_below


def permuted(graphs: Graphs, nodes: np.ndarray, streams: np.ndarray) -> tuple[Graphs, np.ndarray]:
    """Shuffle the nodes of every graph of a batch, their edges and what `nodes` says of them going along.

    Args:
        graphs: a batch.
        nodes: the dataset's node in each row, int32 [seeds x rows].
        streams: state of each seed's stream, uint64 [seeds], advanced in place.
    """
    place = _places(graphs.graph_ptr, graphs.rows, streams)
    bonds = np.zeros(graphs.in_idx.size, np.int32) if graphs.bonds is None else graphs.bonds
    in_ptr, in_idx, moved_bonds = _moved(place, graphs.in_ptr, graphs.in_idx, bonds)
    out_ptr, out_idx = in_ptr, in_idx
    if not graphs.symmetric:
        out_ptr, out_idx, _ = _moved(place, graphs.out_ptr, graphs.out_idx, bonds)
    moved = np.empty_like(nodes)
    moved[place] = nodes
    with_bonds = None if graphs.bonds is None else moved_bonds
    moved_graphs = replace(graphs, in_ptr=in_ptr, in_idx=in_idx, out_ptr=out_ptr, out_idx=out_idx, bonds=with_bonds)
    return replace(moved_graphs, chosen=None), moved


@numba.njit(cache=True, nogil=True)
def _places(graph_ptr, rows, streams):  # type: ignore[no-untyped-def]
    """Of each row where it goes: a uniform permutation within every graph (Fisher and Yates)."""
    seeds = graph_ptr.shape[0]
    place = np.arange(seeds * rows).astype(np.int32)
    for seed in range(seeds):
        for graph in range(graph_ptr.shape[1] - 1):
            start = graph_ptr[seed, graph]
            for last in range(graph_ptr[seed, graph + 1] - start - 1, 0, -1):
                other = draw_below(last + 1, streams, seed)
                kept = place[start + last]
                place[start + last] = place[start + other]
                place[start + other] = kept
    return place


@numba.njit(cache=True, nogil=True)
def _moved(place, ptr, idx, bonds):  # type: ignore[no-untyped-def]
    """Compressed rows after every row i went to place[i], and the bonds of their entries."""
    moved_ptr, moved_idx, moved_bonds = np.zeros_like(ptr), np.empty_like(idx), np.empty_like(bonds)
    for row in range(place.size):
        moved_ptr[place[row] + 1] = ptr[row + 1] - ptr[row]
    for row in range(place.size):
        moved_ptr[row + 1] += moved_ptr[row]
    for row in range(place.size):
        start = moved_ptr[place[row]]
        for edge in range(ptr[row], ptr[row + 1]):
            moved_idx[start + edge - ptr[row]] = place[idx[edge]]
            moved_bonds[start + edge - ptr[row]] = bonds[edge]
    return moved_ptr, moved_idx, moved_bonds
