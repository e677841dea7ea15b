"""Equation 3 and equation 2 against their dense forms and against PyTorch Geometric."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from test_matching import batch, dense, streams_of
from torch_geometric.utils import scatter

from precision import assert_near
from repool.models.connect.matching import coarsen
from repool.models.kernels.neighbours import adjacency
from repool.models.kernels.pair_max import pair_max_reference
from repool.models.levels import Nodes
from repool.models.reduce import max_of_pairs
from repool.models.select.matching import match_complement, match_neighbours

CPU = torch.device("cpu")

pytestmark = pytest.mark.usefixtures("double_precision")


@pytest.mark.parametrize("match", [match_neighbours, match_complement])
@pytest.mark.parametrize("store_name", ["toy_store", "directed_store"])
def test_coarse_adjacency_is_S_T_A_S_without_diagonal(store_name, match, request):
    graphs = batch(request.getfixturevalue(store_name))
    clusters, coarse = coarsen(graphs, match(graphs, streams_of(3)))
    A = dense(graphs).astype(int)
    S = np.zeros((len(A), coarse.seeds * coarse.rows), int)
    nodes = np.concatenate([np.arange(row[0], row[-1]) for row in graphs.graph_ptr])
    S[nodes, clusters.cluster[nodes]] = 1
    expected = S.T @ A @ S > 0
    np.fill_diagonal(expected, False)
    np.testing.assert_array_equal(dense(coarse), expected)
    sums = adjacency(coarse).rows.product(torch.eye(coarse.seeds * coarse.rows).view(coarse.seeds, coarse.rows, -1))
    np.testing.assert_array_equal(sums.reshape(len(expected), -1).numpy(), expected.T.astype(float))


def test_clusters_stay_in_their_graph_and_padding_stays_padding(toy_store):
    graphs = batch(toy_store)
    clusters, coarse = coarsen(graphs, match_neighbours(graphs, streams_of(3)))
    for seed in range(3):
        for g in range(20):
            inside = clusters.cluster[graphs.graph_ptr[seed, g] : graphs.graph_ptr[seed, g + 1]]
            assert set(inside) == set(range(coarse.graph_ptr[seed, g], coarse.graph_ptr[seed, g + 1]))
        padding = clusters.cluster[graphs.graph_ptr[seed, -1] : (seed + 1) * graphs.rows]
        assert len(padding) >= 1
        assert (padding >= coarse.graph_ptr[seed, -1]).all()
        assert (padding < (seed + 1) * coarse.rows).all()


def pooled_both_ways(X: torch.Tensor, clusters):
    compiled, plain = X.clone().requires_grad_(), X.clone().requires_grad_()
    result = max_of_pairs(compiled, clusters)
    index = torch.from_numpy(clusters.cluster.astype(np.int64))
    expected = scatter(
        plain.reshape(-1, X.size(2)), index, dim=0, dim_size=result.size(0) * result.size(1), reduce="max"
    )
    return compiled, plain, result, expected.view_as(result)


def test_cluster_max_and_its_gradient_equal_pyg_scatter(toy_store):
    """With nodes that are equal, but none that is zero: there scatter loses gradient to its initial zeros."""
    graphs = batch(toy_store)
    clusters, coarse = coarsen(graphs, match_neighbours(graphs, streams_of(3)))
    X = torch.randn(3, graphs.rows, 5, generator=torch.Generator().manual_seed(0))
    X[:, ::2] = X[:, :1]
    compiled, plain, result, expected = pooled_both_ways(X, clusters)
    real = torch.zeros(3, coarse.rows, 1)
    for seed in range(3):
        real[seed, : coarse.graph_ptr[seed, -1] - seed * coarse.rows] = 1
    assert_near(result * real, expected * real, "maxima")
    weights = torch.randn(result.shape, generator=torch.Generator().manual_seed(1)) * real
    (result * weights).sum().backward()
    (expected * weights).sum().backward()
    assert_near(compiled.grad, plain.grad, "gradient")


def test_torch_form_of_cluster_max_equals_the_compiled_one(toy_store):
    graphs = batch(toy_store)
    clusters, coarse = coarsen(graphs, match_neighbours(graphs, streams_of(3)))
    X = torch.randn(3, graphs.rows, 5, generator=torch.Generator().manual_seed(0)).relu()
    X[:, ::2] = X[:, :1]
    compiled, general = X.clone().requires_grad_(), X.clone().requires_grad_()
    first, second = max_of_pairs(compiled, clusters), pair_max_reference(general, clusters)
    torch.testing.assert_close(first, second, rtol=0, atol=0)
    weights = torch.randn(first.shape, generator=torch.Generator().manual_seed(1))
    for seed in range(3):
        weights[seed, coarse.graph_ptr[seed, -1] - seed * coarse.rows :] = 0
    (first * weights).sum().backward()
    (second * weights).sum().backward()
    torch.testing.assert_close(compiled.grad, general.grad, rtol=0, atol=0)


def test_graph_mean_equals_the_mean_of_each_graph(toy_store):
    graphs = batch(toy_store)
    X = torch.randn(3, graphs.rows, 5, requires_grad=True)
    mean = Nodes(graphs, CPU).mean_of_graph(X)
    rows = X.reshape(-1, 5)
    expected = torch.stack(
        [torch.stack([rows[start:stop].mean(dim=0) for start, stop in pairwise(ptr)]) for ptr in graphs.graph_ptr]
    )
    assert_near(mean, expected, "means")
    weights = torch.randn(mean.shape)
    (gradient,) = torch.autograd.grad((mean * weights).sum(), X)
    (expected_gradient,) = torch.autograd.grad((expected * weights).sum(), X)
    assert_near(gradient, expected_gradient, "gradient")
