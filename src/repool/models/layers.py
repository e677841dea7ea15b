"""Layers for a stack of seeds: each holds one set of weights a seed, with the seed as first dimension.

Everything else in a model is written as for one network.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from repool.models.levels import Connected
from repool.models.sparse import Sparse, numbers


def uniform_weights(shape: tuple[int, ...], fan_in: int, streams: list[np.random.Generator]) -> nn.Parameter:
    """Weights [seeds, *shape], each seed's drawn from its own stream, uniform in +-1/sqrt(fan_in).

    That is the initialisation of `torch.nn.Linear` and of PyTorch Geometric's GraphConv.
    """
    bound = fan_in**-0.5
    draws = np.stack([stream.uniform(-bound, bound, shape) for stream in streams])
    return nn.Parameter(numbers(draws))


class Linear(nn.Module):
    """X W + b, one W and b a seed."""

    def __init__(self, inputs: int, outputs: int, streams: list[np.random.Generator]):
        super().__init__()
        self.W = uniform_weights((inputs, outputs), inputs, streams)
        self.b = uniform_weights((1, outputs), inputs, streams)

    def forward(self, X: Tensor) -> Tensor:
        """[seeds, rows, outputs] from [seeds, rows, inputs]."""
        return torch.baddbmm(self.b, X, self.W)


class GraphConv(nn.Module):
    """The convolution of equation 1 (Morris et al., 2019): Z = ReLU(X W1 + A X W2 + b).

    W1 stands above W2 in one matrix W, so that Z = ReLU([X, A X] W + b) is one product.
    """

    def __init__(self, inputs: int, outputs: int, streams: list[np.random.Generator]):
        super().__init__()
        self.W = uniform_weights((2 * inputs, outputs), inputs, streams)
        self.b = uniform_weights((1, outputs), inputs, streams)

    def forward(self, X: Tensor, A: Sparse) -> Tensor:
        """[seeds, rows, outputs] from X [seeds, rows, inputs] and A over the same rows."""
        Z: Tensor = _Convolution.apply(X, A, self.W, self.b)  # type: ignore[no-untyped-call]
        return Z


class SumConv(nn.Module):
    """The same without ReLU over the rows of any level: Z = X W1 + A X W2 + b (PyG's GraphConv and DenseGraphConv)."""

    def __init__(self, inputs: int, outputs: int, streams: list[np.random.Generator]):
        super().__init__()
        self.W = uniform_weights((2 * inputs, outputs), inputs, streams)
        self.b = uniform_weights((1, outputs), inputs, streams)

    def forward(self, X: Tensor, level: Connected) -> Tensor:
        """[seeds, rows, outputs] from X [seeds, rows, inputs] over the rows of the level."""
        return torch.baddbmm(self.b, torch.cat([X, level.sum(X)], dim=2), self.W)


class _Convolution(torch.autograd.Function):
    """Equation 1 with its gradient written out: with G = dZ where Z > 0,

    dW = [X, A X]^T G, db = 1^T G, dX = G W1^T + A^T G W2^T.

    At the paper's sizes a step is mostly the cost of calling operations; this makes one node of the graph of seven.
    """

    @staticmethod
    def forward(ctx, X, A, W, b):  # type: ignore[no-untyped-def]
        with_sums = A.beside_sums(X)
        Z = torch.baddbmm(b, with_sums, W).relu_()
        ctx.A = A
        ctx.save_for_backward(with_sums, W, Z)
        return Z

    @staticmethod
    def backward(ctx, dZ):  # type: ignore[no-untyped-def]
        with_sums, W, Z = ctx.saved_tensors
        G = torch.ops.aten.threshold_backward(dZ, Z, 0)
        dX = ctx.A.gradient_beside_sums(G.bmm(W.mT)) if ctx.needs_input_grad[0] else None
        return dX, None, with_sums.mT.bmm(G), G.sum(dim=1, keepdim=True)


class MLP(nn.Module):
    """One hidden layer: Linear, ReLU (or another activation), Linear (appendix A.2)."""

    def __init__(
        self,
        inputs: int,
        hidden: int,
        outputs: int,
        streams: list[np.random.Generator],
        activation: Callable[[Tensor], Tensor] = torch.relu,
    ):
        super().__init__()
        self.activation = activation
        self.hidden = Linear(inputs, hidden, streams)
        self.output = Linear(hidden, outputs, streams)

    def forward(self, X: Tensor) -> Tensor:
        """[seeds, rows, outputs] from [seeds, rows, inputs]."""
        return self.output(self.activation(self.hidden(X)))
