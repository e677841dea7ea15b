"""Selects of somebody's own, in this project's form, sound ones and broken ones."""

import numba
import numpy as np
from torch import nn

from repool.models.kernels.softmax import softmax
from repool.models.select.matching import match_complement as strangers  # noqa: F401


class Sharp(nn.Module):
    """S = softmax(4 GNN(A, X))."""

    def __init__(self, place):
        super().__init__()
        self.gnn = place.gnn()

    def forward(self, X, level):
        return softmax(4 * self.gnn(X, level), level.ranges)


@numba.njit
def _neighbours_in_order(graph_ptr, partner):
    for seed in range(graph_ptr.shape[0]):
        for graph in range(graph_ptr.shape[1] - 1):
            for row in range(graph_ptr[seed, graph], graph_ptr[seed, graph + 1]):
                other = row + 1 - 2 * ((row - graph_ptr[seed, graph]) % 2)
                partner[row] = other if other < graph_ptr[seed, graph + 1] else row


def in_order(graphs, streams):
    """Nodes 0 and 1, 2 and 3, ... of each graph."""
    del streams
    partner = np.full(graphs.seeds * graphs.rows, -1, np.int32)
    _neighbours_in_order(graphs.graph_ptr, partner)
    return partner


def across(graphs, streams):
    """Every node with the first of all."""
    return np.zeros_like(in_order(graphs, streams))


def one_sided(graphs, streams):
    """Partners that are not each other's."""
    partner = in_order(graphs, streams)
    partner[1] = 1
    return partner


class Narrow(Sharp):
    def forward(self, X, level):
        return super().forward(X, level)[:, :, 1:]


def nothing(place):
    return place
