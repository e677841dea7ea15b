"""Layers of a stack against PyTorch and PyTorch Geometric, seed by seed."""

import numpy as np
import pytest
import torch
from test_matching import batch, dense
from torch_geometric.nn import GraphConv as GraphConvOfPyG

from precision import assert_near
from repool.models.layers.graph_conv import GraphConv
from repool.models.layers.linear import Linear
from repool.models.levels import Nodes
from repool.training.streams import generator

CPU = torch.device("cpu")

pytestmark = pytest.mark.usefixtures("double_precision")


def streams(seeds: int) -> list[np.random.Generator]:
    return [generator(seed, "initialisation") for seed in range(seeds)]


@pytest.mark.parametrize("store_name", ["toy_store", "directed_store"])
def test_convolution_equals_GraphConv_of_pyg_in_value_and_gradient(store_name, request):
    graphs = batch(request.getfixturevalue(store_name))
    X = torch.randn(3, graphs.rows, 4, requires_grad=True)
    conv = GraphConv(4, 6, streams(3))
    level = Nodes(graphs, CPU)
    Z = conv(X, level)
    weights = torch.randn_like(Z) * level.ranges.inside  # what stands on padding reaches nothing
    gradients = torch.autograd.grad((Z * weights).sum(), [X, conv.W, conv.b])
    edges = torch.from_numpy(np.stack(np.nonzero(dense(graphs))))
    for seed in range(3):
        inside = (edges[0] >= seed * graphs.rows) & (edges[0] < (seed + 1) * graphs.rows)
        reference = GraphConvOfPyG(4, 6)
        with torch.no_grad():
            reference.lin_root.weight.copy_(conv.W[seed, :4].T)
            reference.lin_rel.weight.copy_(conv.W[seed, 4:].T)
            reference.lin_rel.bias.copy_(conv.b[seed, 0])
        x = X[seed].detach().requires_grad_()
        expected = reference(x, edges[:, inside] - seed * graphs.rows).relu()
        assert_near(Z[seed], expected * level.ranges.inside[seed], f"value of seed {seed}")
        (expected * weights[seed]).sum().backward()
        for found, wanted in zip(
            gradients,
            (
                x.grad,
                torch.cat([reference.lin_root.weight.grad, reference.lin_rel.weight.grad], dim=1).T,
                reference.lin_rel.bias.grad[None],
            ),
            strict=True,
        ):
            assert_near(found[seed], wanted, f"gradient of seed {seed}")


def test_weights_of_a_seed_do_not_depend_on_its_block_and_keep_their_bounds():
    together, alone = Linear(10, 30, streams(4)), Linear(10, 30, [generator(2, "initialisation")])
    torch.testing.assert_close(together.W[2:3], alone.W, rtol=0, atol=0)
    torch.testing.assert_close(together.b[2:3], alone.b, rtol=0, atol=0)
    assert not torch.equal(together.W[0], together.W[1])
    assert together.W.abs().max() <= 10**-0.5
    assert together.W.abs().max() > 0.95 * 10**-0.5
