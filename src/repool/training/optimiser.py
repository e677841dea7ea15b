"""Adam (Kingma and Ba, 2015) for a stack of networks with one learning rate each, in one buffer."""

import numba
import numpy as np
import torch
from torch import Tensor, nn

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8


class StackedAdam:
    """The weights of a stack's networks side by side, [seeds, weights], with their gradient and Adam's moments.

    The network's parameters and their gradients are views of the buffers, so a step is one pass whatever the number
    of layers: compiled on the CPU, torch operations elsewhere.
    """

    def __init__(self, network: nn.Module):
        self.network = network
        self.weights = torch.cat([parameter.detach().flatten(1) for parameter in network.parameters()], dim=1)
        self.mean, self.square = torch.zeros_like(self.weights), torch.zeros_like(self.weights)
        self.steps = 0
        self._view_buffers()

    def step(self, losses: Tensor, learning_rates: Tensor) -> None:
        """One step of every network on the mean of its losses [seeds, graphs], with learning_rates [seeds, 1]."""
        # A scalar, although backward() takes a gradient too: torch then imports sympy, which costs a second.
        (losses.sum() / losses.size(1)).backward()
        self.steps += 1
        buffers = (self.weights, self.gradient, self.mean, self.square)
        if self.weights.is_cpu:
            arrays = [buffer.numpy() for buffer in (*buffers, learning_rates)]
            _step_compiled(*arrays, self.steps)  # type: ignore[call-arg]
        else:
            _step(*buffers, learning_rates, self.steps)

    def keep(self, seeds: list[int]) -> None:
        """Let all but these positions leave the stack."""
        kept = torch.tensor(seeds, dtype=torch.int64, device=self.weights.device)
        self.load({name: value.index_select(0, kept) for name, value in self.state().items()}, self.steps)

    def state(self) -> dict[str, Tensor]:
        """Weights and moments, each [seeds, weights]."""
        return {"weights": self.weights, "mean": self.mean, "square": self.square}

    def load(self, state: dict[str, Tensor], steps: int) -> None:
        """Take weights and moments as `state` gave them, and the number of steps made."""
        device = self.weights.device
        self.weights, self.mean, self.square = (state[name].to(device) for name in ("weights", "mean", "square"))
        self.steps = steps
        self._view_buffers()

    def _view_buffers(self) -> None:
        """Make the network's parameters views of the buffer (new ones, for autograd remembers a parameter's shape)."""
        self.gradient = torch.zeros_like(self.weights)
        start = 0
        for module in self.network.modules():
            for name, parameter in module.named_parameters(recurse=False):
                shape = parameter.shape[1:]
                stop = start + shape.numel()
                viewed = nn.Parameter(self.weights[:, start:stop].unflatten(1, shape))
                viewed.grad = self.gradient[:, start:stop].unflatten(1, shape)
                setattr(module, name, viewed)
                start = stop


@torch.no_grad()
def _step(weights: Tensor, gradient: Tensor, mean: Tensor, square: Tensor, learning_rates: Tensor, steps: int) -> None:
    """Adam's update of every row; the gradient is zero afterwards."""
    mean.lerp_(gradient, 1 - BETA_1)
    square.mul_(BETA_2).addcmul_(gradient, gradient, value=1 - BETA_2)
    scale = square.sqrt().div_((1 - BETA_2**steps) ** 0.5).add_(EPSILON)
    weights.addcdiv_(mean * (learning_rates / (1 - BETA_1**steps)), scale, value=-1)
    gradient.zero_()


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _step_compiled(weights, gradient, mean, square, learning_rates, steps):  # type: ignore[no-untyped-def]
    """The same in one pass."""
    beta_1, beta_2, epsilon = np.float32(BETA_1), np.float32(BETA_2), np.float32(EPSILON)
    rest_1, rest_2 = np.float32(1 - BETA_1), np.float32(1 - BETA_2)
    correction = np.float32(1 / (1 - BETA_2**steps) ** 0.5)
    for seed in range(weights.shape[0]):
        rate = np.float32(learning_rates[seed, 0] / (1 - BETA_1**steps))
        w, g, m, v = weights[seed], gradient[seed], mean[seed], square[seed]
        for i in range(w.size):
            m[i] = beta_1 * m[i] + rest_1 * g[i]
            v[i] = beta_2 * v[i] + rest_2 * g[i] * g[i]
            w[i] -= rate * m[i] / (np.sqrt(v[i]) * correction + epsilon)
            g[i] = 0
