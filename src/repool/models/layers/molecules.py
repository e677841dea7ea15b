"""The first convolution on molecules (appendix A.2, MOLHIV): atom and bond encoders of OGB (Hu et al., 2020)."""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from repool.categories import ATOM_SIZES, BOND_SIZES
from repool.models.kernels.dispatch import numbers, to_device
from repool.models.kernels.messages import messages
from repool.models.kernels.table_sums import table_sums
from repool.models.layers.graph_conv import GraphConv
from repool.models.layers.linear import Linear
from repool.models.levels import Nodes
from repool.models.network import Shape


def first_convolution(shape: Shape, hidden: int, streams: list[np.random.Generator]) -> nn.Module:
    """The convolution of equation 1 on node features, or its form with bonds on molecules."""
    return MoleculeConv(hidden, streams) if shape.molecules else GraphConv(shape.inputs, hidden, streams)


def atom_rows(atoms: np.ndarray) -> np.ndarray:
    """Rows of the atom encoder's table for categorical features [nodes, 9], int32 [nodes, 9]."""
    return atoms.astype(np.int32) + _starts(ATOM_SIZES)


class Encoder(nn.Module):
    """A table with one row for each value of each categorical feature; an entity is the sum of its rows.

    Rows begin as in OGB: uniform, each feature's bound that of Glorot and Bengio (2010).
    """

    def __init__(self, sizes: tuple[int, ...], width: int, streams: list[np.random.Generator]):
        super().__init__()
        bounds = np.concatenate([np.full((size, 1), (6 / (size + width)) ** 0.5) for size in sizes])
        tables = np.stack([bounds * stream.uniform(-1, 1, (len(bounds), width)) for stream in streams])
        self.W = nn.Parameter(numbers(tables))


class MoleculeConv(nn.Module):
    """Z_i = ReLU(h_i + r) + sum over neighbours j of ReLU(h_j + b_ij), with h = X W + b of encoded atoms.

    b_ij encodes the bond, r is a learned root vector: OGB's convolution without its normalisation (appendix A.2).
    """

    def __init__(self, width: int, streams: list[np.random.Generator]):
        super().__init__()
        self.atoms, self.bonds = Encoder(ATOM_SIZES, width, streams), Encoder(BOND_SIZES, width, streams)
        self.linear = Linear(width, width, streams)
        root = np.stack([stream.normal(0, 1, (1, width)) for stream in streams])
        self.root = nn.Parameter(numbers(root))

    def forward(self, X: Tensor, level: Nodes) -> Tensor:
        """[seeds, rows, width] from rows of the atom encoder X, int32 [seeds, rows, 9], over a level with bonds."""
        h = self.linear(table_sums(self.atoms.W, X), level.counts)
        kinds = table_sums(self.bonds.W, _all_kinds(X.device).expand(X.size(0), -1, -1))
        return (h + level.in_rows(self.root)).relu() + messages(h, kinds, level.A)


def _all_kinds(device: torch.device) -> Tensor:
    """Rows of the bond encoder's table for every combination of features, int32 [1, kinds, 3]."""
    combinations: Any = np.stack(np.unravel_index(np.arange(np.prod(BOND_SIZES)), BOND_SIZES), axis=1)
    return to_device((combinations + _starts(BOND_SIZES)).astype(np.int32)[None], device)


def _starts(sizes: tuple[int, ...]) -> np.ndarray:
    """First row of each feature in a table."""
    return np.cumsum([0, *sizes[:-1]], dtype=np.int32)
