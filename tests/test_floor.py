"""What the floor counts, against products that torch counts in plain networks."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from counting import (
    GIVEN,
    LOOKED_UP,
    Features,
    Level,
    adjacency_of_clusters,
    convolution,
    fewest,
    gram,
    linear,
    memory,
    mlp,
    molecule_convolution,
    pool,
)
from needed import Data, needed
from plain_dense import PlainDiffPool, PlainDiffPoolV2, PlainMinCut
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode
from torch_geometric.data import Batch
from torch_geometric.data import Data as Graph
from torch_geometric.nn import GINConv, GraphConv, SAGEConv, global_add_pool, global_mean_pool

from repool.models.network import Shape

INPUTS, HIDDEN, OUTPUTS, GRAPHS, NODES, CLUSTERS = 7, 12, 3, 4, 9, 5
ROWS = GRAPHS * NODES
DATA = Data(INPUTS, "continuous", OUTPUTS, NODES)
LEVEL = Level(GRAPHS, NODES)
BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
PRINTED = (BENCHMARKS / "README.md").read_text().partition("## Against the floor")[2].splitlines()
MEASURED = list(csv.DictReader((BENCHMARKS / "results/floor.csv").read_text().splitlines()))


def counted(result: Callable[[], Tensor]) -> int:
    """Operations of the products of a forward and a backward pass."""
    with FlopCounterMode(display=False) as counter:
        result().sum().backward()
    return counter.get_total_flops()


def batch() -> Batch:
    """Rings."""
    around = torch.arange(NODES)
    edges = torch.stack([around, (around + 1) % NODES])
    graphs = [
        Graph(x=torch.rand(NODES, INPUTS), edge_index=torch.cat([edges, edges.flip(0)], dim=1)) for _ in range(GRAPHS)
    ]
    return Batch.from_data_list(graphs)


def leaf(*shape: int) -> Tensor:
    return torch.rand(*shape, requires_grad=True)


class PlainConvolutions(nn.Module):
    """Convolutions of PyTorch Geometric, a readout and an MLP."""

    def __init__(self, make: Callable[[int, int], nn.Module], readout: Callable[..., Tensor]):
        super().__init__()
        self.convolutions = nn.ModuleList(make(width, HIDDEN) for width in (INPUTS, HIDDEN, HIDDEN))
        self.mlp = nn.Sequential(nn.Linear(HIDDEN, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, OUTPUTS))
        self.readout = readout

    def forward(self, data: Batch) -> Tensor:
        X = data.x
        for conv in self.convolutions:
            X = conv(X, data.edge_index).relu()
        return self.mlp(self.readout(X, data.batch))


def perceptron(inputs: int, outputs: int) -> nn.Module:
    return GINConv(nn.Sequential(nn.Linear(inputs, outputs), nn.ReLU(), nn.Linear(outputs, outputs)))


PLAIN = {
    "global-mean": lambda: PlainConvolutions(GraphConv, global_mean_pool),
    "graphsage": lambda: PlainConvolutions(SAGEConv, global_mean_pool),
    "gin": lambda: PlainConvolutions(perceptron, global_add_pool),
}


@pytest.mark.parametrize("family", PLAIN)
def test_a_stack_of_convolutions_is_counted_as_in_the_plain_network(family):
    network = PLAIN[family]()
    work = needed({"family": family, "convolutions": 3, "hidden": HIDDEN}, DATA, LEVEL)
    assert work.operations == counted(lambda: network(batch()))


def test_an_mlp_is_counted_as_two_linear_layers():
    network = nn.Sequential(nn.Linear(INPUTS, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, OUTPUTS))
    X = leaf(ROWS, INPUTS)
    assert mlp(Features(ROWS, INPUTS), HIDDEN, OUTPUTS).operations == counted(lambda: network(X))


@pytest.mark.parametrize("learned", [True, False])
def test_pooling_is_counted_as_its_products(learned):
    S, X = torch.rand(GRAPHS, NODES, CLUSTERS, requires_grad=learned), leaf(GRAPHS, NODES, HIDDEN)
    assert pool(LEVEL, CLUSTERS, HIDDEN, learned).operations == counted(lambda: S.mT.bmm(X))


@pytest.mark.parametrize("clusters", [CLUSTERS, 2 * NODES])
def test_a_gram_matrix_is_counted_in_its_smaller_form(clusters):
    S = torch.rand(GRAPHS, NODES, clusters)
    small = S if clusters > NODES else S.mT.contiguous()
    with FlopCounterMode(display=False) as counter:
        small.bmm(small.mT).bmm(small)
    assert gram(LEVEL, clusters).operations == counter.get_total_flops()


def test_adjacency_through_the_nodes_is_counted_as_its_products():
    """With 40 clusters for 9 nodes; `around` stands for the sparse A."""
    clusters = 40
    S, X = leaf(GRAPHS, NODES, clusters), leaf(GRAPHS, clusters, HIDDEN)
    work = adjacency_of_clusters(LEVEL, clusters, [HIDDEN], learned=True)
    assert work.operations == counted(lambda: S.mT.bmm(around(S).bmm(X)))


def test_adjacency_by_the_matrix_needs_one_product_less_than_autograd_makes():
    """A is symmetric, so that dS = A S (dA' + dA'^T); autograd makes the two terms apart."""
    S, X = leaf(GRAPHS, NODES, 2), leaf(GRAPHS, 2, HIDDEN)
    made = counted(lambda: S.mT.bmm(around(S)).bmm(X))
    work = adjacency_of_clusters(LEVEL, 2, [HIDDEN], learned=True)
    assert work.operations == made - 2 * GRAPHS * NODES * 2 * 2


def around(S: Tensor) -> Tensor:
    return S.roll(1, dims=1) + S.roll(-1, dims=1)


@pytest.mark.parametrize("select", ["kernel", "distance", "random"])
def test_a_memory_layer_is_counted_as_its_products(select):
    heads, width = 3, 20
    K = torch.rand(width, heads * CLUSTERS)
    Q, layer = leaf(ROWS, width), nn.Linear(width, HIDDEN)

    def plain() -> Tensor:
        similarity = (Q @ K).view(GRAPHS, NODES, heads, CLUSTERS).sum(dim=2)
        S = torch.rand(GRAPHS, NODES, CLUSTERS) if select == "random" else similarity.softmax(dim=2)
        return layer(S.mT.bmm(Q.view(GRAPHS, NODES, width)))

    without = 2 * ROWS * width * heads * CLUSTERS if select == "random" else 0  # of Q K, which nothing reads
    found = memory(LEVEL, width, CLUSTERS, heads, HIDDEN, select)
    assert found.operations == counted(plain) - without


def test_a_memory_layer_of_many_keys_multiplies_the_weights_first():
    keys, width = 40, 64
    Q = Features(ROWS, width)
    found = memory(LEVEL, width, keys, 1, 8, "random")
    assert found.operations == (linear(Q, 8) + pool(LEVEL, keys, 8, learned=False)).operations


def test_a_single_key_needs_no_distances():
    assert memory(LEVEL, 20, 1, 5, HIDDEN, "kernel") == linear(Features(GRAPHS, 20), HIDDEN)


def test_features_without_a_gradient_need_no_product_for_it():
    learned, given, looked_up = (convolution(Features(ROWS, 7, kind), 5) for kind in ("learned", GIVEN, LOOKED_UP))
    assert learned.operations - given.operations == 2 * ROWS * 5 * 14
    assert looked_up.operations == 0
    assert learned.kept == given.kept == looked_up.kept


def test_atoms_are_multiplied_as_the_rows_of_their_table():
    assert molecule_convolution(10_000, 8).operations == molecule_convolution(1_000, 8).operations
    assert molecule_convolution(10, 8).operations < molecule_convolution(100, 8).operations


def test_graphs_of_different_sizes_count_each_by_its_own():
    sizes = np.array([2, 30])
    own = [gram(Level(1, size), 10).operations for size in sizes]
    assert gram(Level(2, sizes), 10).operations == sum(own)
    assert Level(2, sizes).rows == 32
    assert Level(2, np.array([3, 8])).halved(1).rows == 6


def test_the_fewest_operations_win():
    few, many = pool(LEVEL, 2, 2, learned=True), pool(LEVEL, 3, 3, learned=True)
    assert fewest(many, few) is few


OPTIONS = {
    "graclus": {"layers": 3, "hidden": HIDDEN, "first": "sum"},
    "diffpool": {"layers": 2, "hidden": HIDDEN, "mlp_hidden": 20, "first": "sage", "sage": "root", "before": "three"},
    "diffpool-v2": {"layers": 2, "hidden": HIDDEN, "mlp_hidden": 20, "first": "none"},
    "mincut": {"convolutions": 2, "layers": 3, "hidden": HIDDEN},
}


DENSE = {"diffpool": PlainDiffPool, "diffpool-v2": PlainDiffPoolV2, "mincut": PlainMinCut}


@pytest.mark.parametrize("family", DENSE)
def test_a_dense_network_needs_somewhat_more(family):
    """Products with a dense A, ||A - S S^T|| by its entries, both terms of the gradient of S^T A S."""
    plain = {"select": "learned", "batchnorm": "padded-as-released", "link_weight": 1}
    options = {"family": family, **plain, **OPTIONS[family]}
    network = DENSE[family](options, Shape(INPUTS, OUTPUTS, NODES))

    def result() -> Tensor:
        outputs, penalty = network(batch())
        return outputs.sum() + penalty

    made = counted(result)
    assert made / 2 < needed(options, DATA, LEVEL).operations < made


@pytest.mark.parametrize("family", DENSE)
def test_a_fixed_assignment_needs_less_than_a_learned_one(family):
    learned, fixed = (
        needed({"family": family, "select": select, **OPTIONS[family]}, DATA, LEVEL) for select in ("learned", "normal")
    )
    assert 0 < fixed.operations < learned.operations


def test_without_its_first_convolution_graclus_needs_one_less():
    options = {"family": "graclus", **OPTIONS["graclus"]}
    whole, without = (needed({**options, "first": first}, DATA, LEVEL) for first in ("sum", "none"))
    assert whole.operations - without.operations == convolution(Features(ROWS, HIDDEN), HIDDEN).operations


@pytest.mark.parametrize("row", MEASURED, ids=lambda row: f"{row['dataset']}-{row['method']}-{row['seeds']}")
def test_the_readme_prints_what_was_measured(row):
    line = next(line for line in PRINTED if line.startswith(f"| {row['dataset']} | {row['method']} | "))
    first = 2 if row["seeds"] == "1" else 5
    assert [float(text.strip(" |")) for text in line.split(" | ")[first : first + 3]] == [
        pytest.approx(float(row["floor_ms"]), abs=0.0051),
        pytest.approx(float(row["step_ms"]), abs=0.0051),
        pytest.approx(float(row["ratio"]), abs=0.051),
    ]
