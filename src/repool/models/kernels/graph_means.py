"""Mean readout: the mean over the nodes of each graph."""

import numba
import numpy as np
import torch
from torch import Tensor

from repool.models.kernels.assignment_products import pool_reference
from repool.models.kernels.dispatch import numbers
from repool.models.kernels.neighbours import Rows
from repool.models.kernels.ranges import Ranges


def graph_means(X: Tensor, ranges: Ranges) -> Tensor:
    """The mean of X [seeds, rows, width] over the rows of each graph, [seeds, graphs, width], on every device."""
    means: Tensor = _GraphMean.apply(X, ranges)  # type: ignore[no-untyped-call]
    return means


def graph_means_reference(X: Tensor, ranges: Ranges) -> Tensor:
    """The same by padded graphs."""
    sizes = numbers(np.diff(ranges.ptr), X.device).unsqueeze(2)
    return pool_reference(ranges.inside, X, ranges) / sizes


class _GraphMean(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, ranges):  # type: ignore[no-untyped-def]
        node_ptr, nodes, row_ptr, graph, sizes = _membership(ranges.ptr, ranges.rows)  # type: ignore[call-arg]
        ctx.graphs, ctx.sizes = Rows(row_ptr, graph), numbers(sizes, X.device)
        return Rows(node_ptr, nodes).product(X).div_(ctx.sizes)

    @staticmethod
    def backward(ctx, gradient):  # type: ignore[no-untyped-def]
        return ctx.graphs.product(gradient / ctx.sizes), None


@numba.njit(cache=True, nogil=True)
def _membership(graph_ptr, rows):  # type: ignore[no-untyped-def]
    """Compressed rows of graphs x nodes and of its transpose (padding is in no graph), and the graphs' sizes."""
    seeds, graphs = graph_ptr.shape[0], graph_ptr.shape[1] - 1
    node_ptr = np.zeros(seeds * graphs + 1, np.int32)
    nodes = np.empty(seeds * rows, np.int32)
    row_ptr = np.zeros(seeds * rows + 1, np.int32)
    graph_of_row = np.empty(seeds * rows, np.int32)
    sizes = np.empty((seeds, graphs, 1), np.int32)
    filled = 0
    for seed in range(seeds):
        for graph in range(graphs):
            sizes[seed, graph, 0] = graph_ptr[seed, graph + 1] - graph_ptr[seed, graph]
            for row in range(graph_ptr[seed, graph], graph_ptr[seed, graph + 1]):
                nodes[filled] = row
                graph_of_row[filled] = seed * graphs + graph
                filled += 1
                row_ptr[row + 1] = filled
            node_ptr[seed * graphs + graph + 1] = filled
        row_ptr[graph_ptr[seed, graphs] + 1 : (seed + 1) * rows + 1] = filled
    return node_ptr, nodes[:filled], row_ptr, graph_of_row[:filled], sizes
