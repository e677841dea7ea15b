"""Adam (Kingma and Ba, 2015) for a stack of networks with one learning rate each, in one buffer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numba
import numpy as np
import torch
from torch import Tensor, nn

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8


@dataclass
class Moments:
    """Adam's memory of one objective.

    Attributes:
        first, stop: the columns of the weights that it moves.
        mean, square: moving averages of the gradient and its square, [seeds, weights].
        steps: steps made.
    """

    first: int
    stop: int
    mean: Tensor
    square: Tensor
    steps: int = 0


class StackedAdam:
    """The weights of a stack's networks side by side, [seeds, weights], with their gradient and Adam's moments.

    The network's parameters and their gradients are views of the buffers, so a step is one pass whatever the number
    of layers: compiled on the CPU, torch operations elsewhere.

    Args:
        network: its weights begin to live in the buffer.
        clip: greatest length of a network's gradient, or None.
        alone: names of the weights that `backward_apart` moves, and the supervised steps do not. Without any,
            `backward_apart` moves all, with moments of its own.
    """

    def __init__(self, network: nn.Module, clip: float | None = None, alone: Sequence[str] = ()):
        self.network, self.clip, self.alone = network, clip, frozenset(alone)
        parameters = [getattr(module, name) for module, name in self._places()]
        self.weights = torch.cat([parameter.detach().flatten(1) for parameter in parameters], dim=1)
        self.gradient = torch.zeros_like(self.weights)
        stop = self.weights.size(1)
        shared = stop - sum(network.get_parameter(name)[0].numel() for name in alone)
        self.together = self._moments(0, shared)
        self.apart = self._moments(shared if alone else 0, stop)
        self._view_buffers()

    def attend(self, apart: bool) -> None:
        """Let gradients be found for what `backward_apart` moves alone, or for what `step` does."""
        moved = {id(parameter) for parameter in (self._apart if apart else self._shared)}
        for parameter in (*self._shared, *self._apart):
            parameter.requires_grad_(id(parameter) in moved)

    def step(self, losses: Tensor, learning_rates: Tensor) -> None:
        """One step of every network on its loss [seeds], with learning_rates [seeds, 1]."""
        # A scalar, although backward() takes a gradient too: torch then imports sympy, which costs a second.
        losses.sum().backward(inputs=self._shared)
        self._update(self.together, learning_rates)

    def backward_apart(self, losses: Tensor) -> None:
        """Add to the gradient of an objective that waits for `step_apart`, losses [seeds]."""
        losses.sum().backward(inputs=self._apart)

    def step_apart(self, learning_rates: Tensor) -> None:
        """One step on all that `backward_apart` has gathered."""
        self._update(self.apart, learning_rates)

    def _update(self, moments: Moments, learning_rates: Tensor) -> None:
        if self.clip is not None:
            self.gradient.mul_((self.clip / (self.gradient.norm(dim=1, keepdim=True) + 1e-6)).clamp_(max=1))
        moments.steps += 1
        buffers = (self.weights, self.gradient, moments.mean, moments.square)
        if self.weights.is_cpu:
            arrays = [buffer.numpy() for buffer in (*buffers, learning_rates)]
            _step_compiled(*arrays, moments.steps, moments.first, moments.stop)  # type: ignore[call-arg]
        else:
            columns = [buffer[:, moments.first : moments.stop] for buffer in buffers]
            _step(columns[0], columns[1], columns[2], columns[3], learning_rates, moments.steps)

    def keep(self, seeds: list[int]) -> None:
        """Let all but these positions leave the stack."""
        kept = torch.tensor(seeds, dtype=torch.int64, device=self.weights.device)
        self.load({name: value.index_select(0, kept) for name, value in self.state().items()}, self.steps)

    @property
    def steps(self) -> list[int]:
        """Steps made together and apart."""
        return [self.together.steps, self.apart.steps]

    def state(self) -> dict[str, Tensor]:
        """Weights, gradient and moments, each [seeds, weights]."""
        return {
            "weights": self.weights,
            "gradient": self.gradient,
            "mean": self.together.mean,
            "square": self.together.square,
            "mean_apart": self.apart.mean,
            "square_apart": self.apart.square,
        }

    def load(self, state: dict[str, Tensor], steps: list[int]) -> None:
        """Take weights, gradient and moments as `state` gave them, and the numbers of steps made."""
        moved = {name: value.to(self.weights.device) for name, value in state.items()}
        self.weights, self.gradient = moved["weights"], moved["gradient"]
        for moments, suffix, made in ((self.together, "", steps[0]), (self.apart, "_apart", steps[1])):
            moments.mean, moments.square, moments.steps = moved[f"mean{suffix}"], moved[f"square{suffix}"], made
        self._view_buffers()

    def _moments(self, first: int, stop: int) -> Moments:
        return Moments(first, stop, torch.zeros_like(self.weights), torch.zeros_like(self.weights))

    def _places(self) -> list[tuple[nn.Module, str]]:
        """Where the parameters are, those that move alone last."""
        places = [
            (f"{prefix}.{name}" if prefix else name, module, name)
            for prefix, module in self.network.named_modules()
            for name, _ in module.named_parameters(recurse=False)
        ]
        places.sort(key=lambda place: place[0] in self.alone)
        return [(module, name) for _, module, name in places]

    def _view_buffers(self) -> None:
        """Make the network's parameters views of the buffer (new ones, for autograd remembers a parameter's shape)."""
        self._shared: list[Tensor] = []
        self._apart: list[Tensor] = []
        start = 0
        for module, name in self._places():
            shape = getattr(module, name).shape[1:]
            stop = start + shape.numel()
            viewed = nn.Parameter(self.weights[:, start:stop].unflatten(1, shape))
            viewed.grad = self.gradient[:, start:stop].unflatten(1, shape)
            setattr(module, name, viewed)
            if start < self.together.stop:
                self._shared.append(viewed)
            if start >= self.apart.first:
                self._apart.append(viewed)
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
def _step_compiled(weights, gradient, mean, square, learning_rates, steps, first, stop):  # type: ignore[no-untyped-def]
    """The same in one pass over some columns."""
    number = weights.dtype.type
    beta_1, beta_2, epsilon = number(BETA_1), number(BETA_2), number(EPSILON)
    rest_1, rest_2 = number(1 - BETA_1), number(1 - BETA_2)
    correction = number(1 / (1 - BETA_2**steps) ** 0.5)
    for seed in range(weights.shape[0]):
        rate = number(learning_rates[seed, 0] / (1 - BETA_1**steps))
        w, g, m, v = weights[seed], gradient[seed], mean[seed], square[seed]
        for i in range(first, stop):
            m[i] = beta_1 * m[i] + rest_1 * g[i]
            v[i] = beta_2 * v[i] + rest_2 * g[i] * g[i]
            w[i] -= rate * m[i] / (np.sqrt(v[i]) * correction + epsilon)
            g[i] = 0
