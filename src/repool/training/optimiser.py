"""Adam (Kingma and Ba, 2015) for a stack of networks with one learning rate each, in one buffer."""

import torch
from torch import Tensor, nn

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8
ROOT_OF_ZERO_IS_SLOW = 1e-30


class StackedAdam:
    """The weights of a stack's networks side by side, [seeds, weights], and Adam's moments beside them.

    The network's parameters become views of the buffer, so a step is a handful of operations whatever the number
    of layers.
    """

    def __init__(self, network: nn.Module):
        self.network = network
        self.weights = torch.cat([parameter.detach().flatten(1) for parameter in network.parameters()], dim=1)
        self.mean, self.square = torch.zeros_like(self.weights), torch.zeros_like(self.weights)
        self.steps = 0
        self._view_weights()

    def step(self, losses: Tensor, learning_rates: Tensor) -> None:
        """One step of every network on the mean of its losses [seeds, graphs], with learning_rates [seeds, 1]."""
        gradients = torch.autograd.grad(losses, self.parameters, torch.full_like(losses, 1 / losses.size(1)))
        gradient = torch.cat([part.flatten(1) for part in gradients], dim=1)
        self.steps += 1
        self.mean.lerp_(gradient, 1 - BETA_1)
        self.square.mul_(BETA_2).addcmul_(gradient, gradient, value=1 - BETA_2)
        scale = self.square.clamp_min(ROOT_OF_ZERO_IS_SLOW).sqrt_().div_((1 - BETA_2**self.steps) ** 0.5).add_(EPSILON)
        self.weights.addcdiv_(self.mean * (learning_rates / (1 - BETA_1**self.steps)), scale, value=-1)

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
        self._view_weights()

    def _view_weights(self) -> None:
        """Make the network's parameters views of the buffer (new ones, for autograd remembers a parameter's shape)."""
        start = 0
        for module in self.network.modules():
            for name, parameter in module.named_parameters(recurse=False):
                shape = parameter.shape[1:]
                stop = start + shape.numel()
                setattr(module, name, nn.Parameter(self.weights[:, start:stop].unflatten(1, shape)))
                start = stop
        self.parameters = list(self.network.parameters())
