"""Linear layers and the MLP that ends every network."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from repool.models.kernels.dispatch import numbers
from repool.models.kernels.linear import linear


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

    def forward(self, X: Tensor, counts: np.ndarray | None = None, activated: bool = False) -> Tensor:
        """[seeds, rows, outputs] from [seeds, rows, inputs], of which `counts` [seeds] count, or all; or the ReLU."""
        rows = np.full(len(X), X.size(1)) if counts is None else counts
        return linear(X, self.W, self.b, rows, activated)


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
