"""GraphSAGE, GIN and the molecule convolution against PyTorch Geometric and OGB, seed by seed."""

import sys

import numpy as np
import pytest
import torch
from torch_geometric.nn import GINConv, SAGEConv

from precision import assert_near
from repool.models.families.gin import IsomorphismConv
from repool.models.families.graphsage import mean_conv
from repool.models.layers.molecules import MoleculeConv, atom_rows
from repool.models.levels import Nodes
from repool.training.batches import gather
from repool.training.streams import generator

CPU = torch.device("cpu")
SEEDS = 2

pytestmark = pytest.mark.usefixtures("double_precision")


def streams() -> list[np.random.Generator]:
    return [generator(seed, "initialisation") for seed in range(SEEDS)]


@pytest.fixture
def graphs(toy_store):
    return gather(toy_store, np.stack([np.arange(10), np.arange(20, 30)]))[0]


def edges_of(graphs, seed: int) -> torch.Tensor:
    """Source and target of every arc of a seed, rows counted from its own first."""
    targets = np.repeat(np.arange(graphs.in_ptr.size - 1), np.diff(graphs.in_ptr))
    inside = targets // graphs.rows == seed
    return torch.from_numpy(np.stack([graphs.in_idx[inside], targets[inside]]).astype(np.int64) - seed * graphs.rows)


def test_the_convolution_of_graphsage_is_pygs(graphs):
    conv, X = mean_conv(5, 7, streams()), torch.rand(SEEDS, graphs.rows, 5)
    level = Nodes(graphs, CPU)
    found = conv(X, level) * level.ranges.inside
    for seed in range(SEEDS):
        theirs = SAGEConv(5, 7)
        with torch.no_grad():
            theirs.lin_r.weight.copy_(conv.W[seed, :5].T)
            theirs.lin_l.weight.copy_(conv.W[seed, 5:].T)
            theirs.lin_l.bias.copy_(conv.b[seed, 0])
        assert_near(found[seed], theirs(X[seed], edges_of(graphs, seed)) * level.ranges.inside[seed], f"seed {seed}")


def test_the_convolution_of_gin_is_pygs(graphs):
    conv, X, level = IsomorphismConv(5, 7, streams()), torch.rand(SEEDS, graphs.rows, 5), Nodes(graphs, CPU)
    with torch.no_grad():
        conv.e.copy_(torch.tensor([0.3, -0.2]).view(-1, 1, 1))
    found = conv(X, level)
    for seed in range(SEEDS):
        nodes = int(level.nodes[seed])
        layers = [torch.nn.Linear(5, 7), torch.nn.BatchNorm1d(7), torch.nn.ReLU(), torch.nn.Linear(7, 7)]
        theirs = GINConv(torch.nn.Sequential(*layers), eps=conv.e[seed].item())
        with torch.no_grad():
            for layer, ours in ((layers[0], conv.hidden), (layers[3], conv.output)):
                layer.weight.copy_(ours.W[seed].T), layer.bias.copy_(ours.b[seed, 0])
        expected = theirs(X[seed, :nodes], edges_of(graphs, seed)).relu()
        assert_near(found[seed, :nodes], expected, f"seed {seed}")


def test_the_molecule_convolution_reads_atoms_and_bonds_as_ogbs_encoders_do(molecule_store, monkeypatch):
    monkeypatch.setitem(sys.modules, "outdated", None)  # ogb asks the network for a newer version of itself
    encoders = pytest.importorskip("ogb.graphproppred.mol_encoder")
    chosen = np.stack([np.arange(10), np.arange(20, 30)])
    graphs, nodes = gather(molecule_store, chosen)
    conv = MoleculeConv(6, streams())
    X = torch.from_numpy(atom_rows(molecule_store.atoms)[nodes]).view(SEEDS, -1, 9)
    level = Nodes(graphs, CPU)
    found = conv(X, level) * level.ranges.inside
    for seed in range(SEEDS):
        atoms, bonds = encoders.AtomEncoder(6), encoders.BondEncoder(6)
        with torch.no_grad():
            copy_tables(atoms.atom_embedding_list, conv.atoms.W[seed])
            copy_tables(bonds.bond_embedding_list, conv.bonds.W[seed])
        own = nodes.reshape(SEEDS, -1)[seed]
        h = (
            atoms(torch.from_numpy(molecule_store.atoms[own].astype(np.int64))) @ conv.linear.W[seed]
            + conv.linear.b[seed]
        )
        source, target = edges_of(graphs, seed)
        arcs = np.concatenate([molecule_store.bonds[arc_range(molecule_store, graph)] for graph in chosen[seed]])
        messages = (h[source] + bonds(torch.from_numpy(arcs.astype(np.int64)))).relu()
        expected = torch.zeros_like(h).index_add(0, target, messages) + (h + conv.root[seed]).relu()
        assert_near(found[seed], expected * level.ranges.inside[seed], f"seed {seed}")


def copy_tables(embeddings: torch.nn.ModuleList, table: torch.Tensor) -> None:
    start = 0
    for embedding in embeddings:
        embedding.weight.copy_(table[start : start + embedding.num_embeddings])
        start += embedding.num_embeddings
    assert start == len(table)


def arc_range(store, graph: int) -> slice:
    return slice(store.in_ptr[store.node_ptr[graph]], store.in_ptr[store.node_ptr[graph + 1]])
