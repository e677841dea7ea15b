"""What runs on other devices: each compiled loop equals its form in torch operations, in value and gradient."""

import itertools

import numpy as np
import pytest
import torch
from torch import Tensor

from precision import assert_near
from repool.models import (
    averaging,
    between,
    coupling_norm,
    couplings,
    molecules,
    normalised,
    softmax,
    sparse,
    through_nodes,
)
from repool.models.batch_norm import BatchNorm, _normalised
from repool.models.clusters import Clusters
from repool.models.graphs import Graphs
from repool.models.levels import Nodes
from repool.models.sage import unit_rows
from repool.models.segments import Segments
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
    return (3 * logits).softmax(dim=2) * level.inside


def assert_same(found: Tensor, expected: Tensor, inputs: list[Tensor]) -> None:
    """Equal, and with equal gradients for the same random weights."""
    assert_near(found, expected, "value")
    weights = torch.rand(found.shape, generator=torch.Generator().manual_seed(1))
    ours, theirs = (
        torch.autograd.grad((side * weights).sum(), inputs, retain_graph=True) for side in (found, expected)
    )
    for one, other in zip(ours, theirs, strict=True):
        assert_near(one, other, "gradient")


@pytest.mark.parametrize("width", [3, 40], ids=["fewer clusters than nodes", "more clusters than nodes"])
def test_products_by_segments_equal_padded_ones(level, width):
    S = assignment(level, width).detach().requires_grad_()
    X, Y = leaves((3, level.rows, 5), (3, level.graphs * width, 5))
    compiled, padded = (Segments(level.ptr, level.rows, CPU) for _ in range(2))
    padded.compiled = False
    assert_same(compiled.pool(S, X), padded.pool(S, X), [X])
    assert_same(compiled.spread(S, Y), padded.spread(S, Y) * level.inside, [Y])
    # On padding S is zero and stays zero: what its gradient says there reaches nothing.
    inside = (S * level.inside).clone()
    assert_same(compiled.pool(inside, X), padded.pool(inside, X), [S, X])
    assert_same(compiled.gram_norm(inside), padded.gram_norm(inside), [S])


@pytest.mark.parametrize("width", [3, 9], ids=["fewer clusters above", "more clusters above"])
def test_products_of_clusters_equal_those_at_once(level, width):
    compiled, at_once = (Clusters(level.seeds, level.graphs, 6, CPU) for _ in range(2))
    at_once.segments.compiled = False
    S, X, Y = leaves((3, compiled.rows, width), (3, compiled.rows, 5), (3, level.graphs * width, 5))
    assert_same(compiled.pool(S, X), at_once.pool(S, X), [S, X])
    assert_same(compiled.spread(S, Y), at_once.spread(S, Y), [S, Y])
    assert_same(compiled.gram_norm(S), at_once.gram_norm(S), [S])


def test_a_graph_without_rows_gives_nothing_to_its_clusters():
    segments = Segments(np.array([[0, 2, 2, 3]], np.int32), 4, CPU)
    S, X, Y = leaves((1, 4, 3), (1, 4, 2), (1, 9, 2))
    pooled = segments.pool(S, X).view(3, 3, 2)
    assert_near(pooled[0], S[0, :2].T @ X[0, :2], "pooled")
    assert_near(pooled[1], torch.zeros(3, 2), "nothing pooled")
    rows = segments.spread(S, Y)[0]
    assert_near(rows[2], S[0, 2] @ Y[0, 6:], "rows")
    assert_near(rows[3], torch.zeros(2), "padding")


def test_a_product_by_segments_is_that_of_each_graph_alone(graphs, level):
    S = assignment(level, 4)
    (X,) = leaves((3, level.rows, 5))
    pooled, norms = level.pool(S, X).view(3, -1, 4, 5), level.gram_norm(S)
    for seed, ptr in enumerate(graphs.graph_ptr - graphs.graph_ptr[:, :1]):
        for graph, (start, stop) in enumerate(itertools.pairwise(ptr)):
            own = S[seed, start:stop]
            assert_near(pooled[seed, graph], own.T @ X[seed, start:stop], "pooled")
            assert_near(norms[seed, graph], (own.T @ own).square().sum(), "norm")


@pytest.mark.parametrize("itself", [True, False])
def test_means_over_neighbours(graphs, itself):
    mean = sparse.NeighbourhoodMean(sparse.adjacency(graphs), itself, CPU)
    (X,) = leaves((3, graphs.rows, 5))
    found = mean(X)
    assert_near(found, mean.in_torch(X.detach()), "means")
    (gradient,) = torch.autograd.grad(found.square().sum(), X)
    assert_near(gradient, mean.gradient_in_torch(2 * found.detach()), "gradient")


@pytest.mark.parametrize("itself", [True, False])
def test_neighbourhoods_of_clusters(itself):
    (A,) = leaves((4, 6, 6))
    sparse_rows = torch.where(torch.arange(6).view(1, -1, 1) < 2, 0.1 * A, 3 * A)
    found, expected = (
        form(sparse_rows, itself) for form in (averaging.neighbourhoods, averaging.neighbourhoods_in_torch)
    )
    assert_same(found, expected, [A])


@pytest.mark.parametrize("clusters", [1, 12])
def test_softmax(level, clusters):
    (logits,) = leaves((level.seeds, level.rows, clusters))
    large = 20 * (logits - 0.5)
    assert_same(softmax.softmax(large, level), softmax.softmax_in_torch(large, level), [logits])
    above = Clusters(level.seeds, level.graphs, 4, CPU)
    (logits,) = leaves((level.seeds, above.rows, clusters))
    assert_same(softmax.softmax(logits, above), softmax.softmax_in_torch(logits, above), [logits])


def test_normalised_clusters():
    """Also of a cluster that touches no other one, and of none at all."""
    (A,) = leaves((4, 6, 6))
    alone = torch.ones(4, 6, 6)
    alone[0, 2, :2] = alone[0, 2, 3:] = 0
    alone[1] = torch.eye(6)
    alone[2] = 0
    found, expected = (form(A * alone) for form in (normalised.normalised, normalised.normalised_in_torch))
    for one, other in zip(found, expected, strict=True):
        assert_same(one, other, [A])


def test_sums_and_products_of_mincut(level):
    S = assignment(level, 7).detach().requires_grad_()
    inside = S * level.inside
    AS, degree = level.sum(inside), level.degree.clone().requires_grad_()
    for found, expected in zip(
        couplings.sums(level, inside, AS, degree), couplings.sums_in_torch(level, inside, AS, degree), strict=True
    ):
        assert_same(found, expected, [S])
    (Y,) = leaves((3, level.graphs * 7, 5))
    found, expected = (form(level, inside, AS, Y) for form in (between.between, between.between_in_torch))
    assert_same(found, expected, [S, Y])


@pytest.fixture(params=["both directions", "one direction"])
def connected(request, level, directed_store) -> Nodes:
    if request.param == "both directions":
        return level
    chosen = np.stack([np.random.default_rng(seed).permutation(directed_store.graphs)[:5] for seed in range(3)])
    return Nodes(gather(directed_store, chosen)[0], CPU)


@pytest.mark.parametrize("width", [3, 40], ids=["fewer clusters than nodes", "more clusters than nodes"])
def test_the_norm_of_couplings(connected, width):
    S = assignment(connected, width).detach().requires_grad_()
    inside = S * connected.inside
    forms = (coupling_norm.coupling_norm, coupling_norm.coupling_norm_in_torch)
    found, expected = (form(connected, inside) for form in forms)
    assert_same(found, expected, [S])


def test_degrees_and_means_through_nodes(connected):
    S = assignment(connected, 7).detach().requires_grad_()
    inside = S * connected.inside
    forms = (through_nodes.degree_and_diagonal, through_nodes.degree_and_diagonal_in_torch)
    for found, expected in zip(*(form(connected, inside) for form in forms), strict=True):
        assert_same(found, expected, [S])
    X, degree, kept = leaves(*((3, connected.graphs * 7, width) for width in (5, 1, 1)))
    found, expected = (
        form(connected, inside, X, 2 * degree, kept) for form in (through_nodes.mean, through_nodes.mean_in_torch)
    )
    assert_same(found, expected, [S, X, degree, kept])


@pytest.mark.parametrize("itself", [True, False])
def test_a_level_through_nodes_is_that_of_the_matrix(connected, itself):
    """For rows that sum to 1, so gradients are those of their logits."""
    logits, X = leaves((3, connected.rows, 7), (3, connected.graphs * 7, 5))
    S = softmax.softmax(3 * logits, connected)
    through = averaging.ClustersThroughNodes(connected, S)
    matrix = averaging.MatrixOfClusters(connected, S, connected.pool(S, connected.sum(S)))
    assert_same(through.mean(X, itself), matrix.mean(X, itself), [logits, X])
    assert_same(through.sum(X), matrix.sum(X), [logits, X])
    assert_same(through.degree, matrix.degree, [logits])
    assert_same(through.trace, matrix.trace, [logits])
    assert_same(through.squared_norm, matrix.squared_norm, [logits])


def test_columns_scaled_by_graph(level):
    S, scale = assignment(level, 4).detach().requires_grad_(), leaves((3, level.graphs, 4))[0]
    assert_same(couplings.scaled_columns(level, S, scale), S * level.of_graph(scale), [scale])


@pytest.mark.parametrize("over", ["nodes", "padded-as-released"])
def test_batch_norm(level, over):
    norm = BatchNorm(5, 3, over)
    with torch.no_grad():
        norm.scale.uniform_(0.5, 2), norm.shift.uniform_(-1, 1)
    (X,) = leaves((3, level.rows, 5))
    count = level.padded_rows if over == "padded-as-released" else level.nodes
    expected, mean, _ = _normalised(X, norm.scale, norm.shift, level.nodes, count)
    found = norm(X, level)
    assert_same(found * level.inside, expected * level.inside, [X, norm.scale, norm.shift])
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


def test_rows_of_unit_length():
    (Z,) = leaves((2, 6, 5))
    scaled = torch.cat([Z[:, :5] - 0.5, torch.zeros(2, 1, 5)], dim=1)
    assert_same(unit_rows(scaled), torch.nn.functional.normalize(scaled, dim=2), [Z])


def test_messages_along_bonds(graphs):
    random = np.random.default_rng(0)
    bonds = random.integers(0, 60, graphs.in_idx.size).astype(np.int32)
    A = sparse.Sparse(sparse.Rows(graphs.in_ptr, graphs.in_idx), sparse.Rows(graphs.out_ptr, graphs.out_idx), bonds)
    h, kinds = leaves((3, graphs.rows, 5), (3, 60, 5))
    shifted = h - 0.5
    found, expected = (form(shifted, kinds - 0.5, A) for form in (molecules.messages, molecules.messages_in_torch))
    assert_same(found, expected, [h, kinds])
