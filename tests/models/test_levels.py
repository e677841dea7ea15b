"""Levels: products of each graph alone, the two forms of clusters, and normalisation over what a level says counts."""

import itertools

import numpy as np
import pytest
import torch
from torch import Tensor

from precision import assert_near
from repool.models.connect.diffpool import ClustersThroughNodes, MatrixOfClusters
from repool.models.graphs import Graphs
from repool.models.kernels import assignment_products as products
from repool.models.kernels.batch_norm import normalise_reference
from repool.models.kernels.ranges import Ranges
from repool.models.kernels.softmax import softmax, softmax_reference
from repool.models.layers.batch_norm import BatchNorm
from repool.models.levels import Clusters, Nodes
from repool.training.batches import gather

CPU = torch.device("cpu")

pytestmark = pytest.mark.usefixtures("double_precision")


@pytest.fixture
def graphs(toy_store) -> Graphs:
    chosen = np.stack([np.random.default_rng(seed).permutation(60)[:9] for seed in range(3)])
    return gather(toy_store, chosen)[0]


@pytest.fixture
def level(graphs) -> Nodes:
    return Nodes(graphs, CPU)


def leaves(*shapes: tuple[int, ...], seed: int = 0) -> list[Tensor]:
    random = torch.Generator().manual_seed(seed)
    return [torch.rand(shape, generator=random).requires_grad_() for shape in shapes]


def assignment(level: Nodes, width: int) -> Tensor:
    (logits,) = leaves((level.seeds, level.rows, width))
    return (3 * logits).softmax(dim=2) * level.ranges.inside


def assert_same(found: Tensor, expected: Tensor, inputs: list[Tensor]) -> None:
    """Equal, and with equal gradients for the same random weights."""
    assert_near(found, expected, "value")
    weights = torch.rand(found.shape, generator=torch.Generator().manual_seed(1))
    ours, theirs = (
        torch.autograd.grad((side * weights).sum(), inputs, retain_graph=True) for side in (found, expected)
    )
    for one, other in zip(ours, theirs, strict=True):
        assert_near(one, other, "gradient")


@pytest.mark.parametrize("width", [3, 9], ids=["fewer clusters above", "more clusters above"])
def test_products_of_clusters_equal_those_at_once(level, width):
    above = Clusters(level.seeds, level.graphs, 6, CPU)
    S, X, Y = leaves((3, above.rows, width), (3, above.rows, 5), (3, level.graphs * width, 5))
    assert_same(above.pool(S, X), products.pool_reference(S, X, above.ranges), [S, X])
    assert_same(above.spread(S, Y), products.spread_reference(S, Y, above.ranges), [S, Y])
    assert_same(above.gram_norm(S), products.gram_norm_reference(S, above.ranges), [S])


def test_a_graph_without_rows_gives_nothing_to_its_clusters():
    ranges = Ranges(np.array([[0, 2, 2, 3]], np.int32), 4, CPU)
    S, X, Y = leaves((1, 4, 3), (1, 4, 2), (1, 9, 2))
    pooled = products.pool(S, X, ranges).view(3, 3, 2)
    assert_near(pooled[0], S[0, :2].T @ X[0, :2], "pooled")
    assert_near(pooled[1], torch.zeros(3, 2), "nothing pooled")
    rows = products.spread(S, Y, ranges)[0]
    assert_near(rows[2], S[0, 2] @ Y[0, 6:], "rows")
    assert_near(rows[3], torch.zeros(2), "padding")


def test_a_product_is_that_of_each_graph_alone(graphs, level):
    S = assignment(level, 4)
    (X,) = leaves((3, level.rows, 5))
    pooled, norms = level.pool(S, X).view(3, -1, 4, 5), level.gram_norm(S)
    for seed, ptr in enumerate(graphs.graph_ptr - graphs.graph_ptr[:, :1]):
        for graph, (start, stop) in enumerate(itertools.pairwise(ptr)):
            own = S[seed, start:stop]
            assert_near(pooled[seed, graph], own.T @ X[seed, start:stop], "pooled")
            assert_near(norms[seed, graph], (own.T @ own).square().sum(), "norm")


@pytest.fixture(params=["both directions", "one direction"])
def connected(request, level, directed_store) -> Nodes:
    if request.param == "both directions":
        return level
    chosen = np.stack([np.random.default_rng(seed).permutation(directed_store.graphs)[:5] for seed in range(3)])
    return Nodes(gather(directed_store, chosen)[0], CPU)


@pytest.mark.parametrize("itself", [True, False])
def test_a_level_through_nodes_is_that_of_the_matrix(connected, itself):
    """For rows that sum to 1, so gradients are those of their logits."""
    logits, X = leaves((3, connected.rows, 7), (3, connected.graphs * 7, 5))
    S = softmax(3 * logits, connected.ranges)
    through = ClustersThroughNodes(connected, S)
    matrix = MatrixOfClusters(connected, S, connected.pool(S, connected.sum(S)))
    assert_same(through.mean(X, itself), matrix.mean(X, itself), [logits, X])
    assert_same(through.sum(X), matrix.sum(X), [logits, X])
    assert_same(through.degree, matrix.degree, [logits])
    assert_same(through.trace, matrix.trace, [logits])
    assert_same(through.squared_norm, matrix.squared_norm, [logits])


@pytest.mark.parametrize("activated", [False, True])
@pytest.mark.parametrize("over", ["nodes", "padded-as-released"])
def test_batch_norm(level, over, activated):
    norm = BatchNorm(5, 3, over)
    with torch.no_grad():
        norm.scale.uniform_(0.5, 2), norm.shift.uniform_(-1, 1)
    (X,) = leaves((3, level.rows, 5))
    count = level.padded_rows if over == "padded-as-released" else level.nodes
    expected, mean, _ = normalise_reference(X, norm.scale, norm.shift, level.nodes, count, activated)
    found = norm(X, level, activated)
    assert_same(found * level.ranges.inside, expected * level.ranges.inside, [X, norm.scale, norm.shift])
    assert_near(norm.running_mean, 0.1 * mean, "running mean")


def test_batch_norm_is_torchs_over_clusters():
    level = Clusters(2, 4, 3, CPU)
    ours, (X,) = BatchNorm(5, 2, "nodes"), leaves((2, 12, 5))
    found = ours(X, level)
    for seed in range(2):
        theirs = torch.nn.BatchNorm1d(5)
        assert_near(found[seed], theirs(X[seed]), "value")
        assert_near(ours.running_variance[seed, 0], theirs.running_var, "running variance")
        assert_near(ours.running_mean[seed, 0], theirs.running_mean, "running mean")
        assert_close_in_evaluation(ours, theirs, X, level, seed)


def assert_close_in_evaluation(ours: BatchNorm, theirs: torch.nn.Module, X: Tensor, level: Clusters, seed: int) -> None:
    ours.eval(), theirs.eval()
    assert_near(ours(X, level)[seed], theirs(X[seed]), "evaluation")
    ours.train()


@pytest.mark.parametrize("clusters", [1, 12])
def test_softmax_of_clusters(level, clusters):
    above = Clusters(level.seeds, level.graphs, 4, CPU)
    (logits,) = leaves((level.seeds, above.rows, clusters))
    assert_same(softmax(logits, above.ranges), softmax_reference(logits, above.ranges), [logits])
