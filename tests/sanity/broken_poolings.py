"""Poolings that each break one contract, and one that breaks none; for `operator: .../broken_poolings.py:Name`."""

import random

import numpy as np
import torch
from torch import nn
from torch_geometric.nn import TopKPooling


class Sound(TopKPooling):
    """TopK."""


class NarrowRows(TopKPooling):
    def forward(self, x, edge_index, edge_attr=None, batch=None):
        x, *rest = super().forward(x, edge_index, edge_attr, batch)
        return x[:, 1:], *rest


class NoGraphs(TopKPooling):
    def forward(self, x, edge_index, edge_attr=None, batch=None):
        x, edge_index, _, batch, *_ = super().forward(x, edge_index, edge_attr, batch)
        return x, edge_index, batch[:-1]


class EdgesOfBefore(TopKPooling):
    def forward(self, x, edge_index, edge_attr=None, batch=None):
        x, _, edge_attr, batch, *_ = super().forward(x, edge_index, edge_attr, batch)
        return x, edge_index, edge_attr, batch


class DropsAll(TopKPooling):
    def forward(self, x, edge_index, edge_attr=None, batch=None):
        x, edge_index, _, batch, *_ = super().forward(x, edge_index, edge_attr, batch)
        kept = batch > 0
        inside = kept[edge_index].all(dim=0)
        return x[kept], edge_index[:, inside] - int((~kept).sum()), batch[kept]


class NeedsEdges(TopKPooling):
    def forward(self, x, edge_index, edge_attr, batch):
        return super().forward(x, edge_index, edge_attr, batch)


class OnlyCuda(TopKPooling):
    def forward(self, x, edge_index, edge_attr=None, batch=None):
        x = x + torch.zeros(1, device="cuda")
        return super().forward(x, edge_index, edge_attr, batch)


class Raises(TopKPooling):
    def forward(self, x, edge_index, edge_attr=None, batch=None):
        return super().forward(x[:-1], edge_index, edge_attr, batch)


class NotMade(nn.Linear):
    def __init__(self, in_channels, bins):
        super().__init__(in_channels, bins)

    def forward(self, x, edge_index, batch):
        return super().forward(x), edge_index, batch


class NanOutputs(TopKPooling):
    def forward(self, x, edge_index, edge_attr=None, batch=None):
        x, *rest = super().forward(x, edge_index, edge_attr, batch)
        return x.clamp(max=0).sqrt() / 0, *rest


class NanGradients(TopKPooling):
    """The root of zero is zero, its gradient is not."""

    def forward(self, x, edge_index, edge_attr=None, batch=None):
        x, *rest = super().forward(x, edge_index, edge_attr, batch)
        return x + (x - x).pow(2).sqrt(), *rest


class NoGradient(TopKPooling):
    def forward(self, x, edge_index, edge_attr=None, batch=None):
        return super().forward(x.detach(), edge_index, edge_attr, batch)


class NumpyDraws(TopKPooling):
    def forward(self, x, edge_index, edge_attr=None, batch=None):
        return super().forward(x * np.random.rand(), edge_index, edge_attr, batch)


class PythonDraws(TopKPooling):
    def forward(self, x, edge_index, edge_attr=None, batch=None):
        return super().forward(x * random.random(), edge_index, edge_attr, batch)


class Remembers(TopKPooling):
    calls = 0

    def forward(self, x, edge_index, edge_attr=None, batch=None):
        self.calls += 1
        return super().forward(x / self.calls, edge_index, edge_attr, batch)


class BatchStatistics(TopKPooling):
    def __init__(self, in_channels):
        super().__init__(in_channels)
        self.norm = nn.BatchNorm1d(in_channels, track_running_stats=False)

    def forward(self, x, edge_index, edge_attr=None, batch=None):
        return super().forward(self.norm(x), edge_index, edge_attr, batch)


class MixesGraphs(TopKPooling):
    def forward(self, x, edge_index, edge_attr=None, batch=None):
        return super().forward(x - x.mean(dim=0), edge_index, edge_attr, batch)


class ByOrder(TopKPooling):
    def forward(self, x, edge_index, edge_attr=None, batch=None):
        first = torch.searchsorted(batch, batch)
        place = torch.arange(len(x)) - first
        return super().forward(x * (1 + place).unsqueeze(1), edge_index, edge_attr, batch)


def twice_assigned(x, adj, s, mask):
    """Rows of S that sum to 2."""
    S = 2 * s.softmax(dim=2) * mask.unsqueeze(2)
    return S.mT @ x, S.mT @ adj @ S


def lopsided(x, adj, s, mask):
    """A matrix of other clusters than there are features of."""
    S = s.softmax(dim=2) * mask.unsqueeze(2)
    return S.mT @ x, S.mT[:, 1:] @ adj @ S


NOT_CALLABLE = 3
