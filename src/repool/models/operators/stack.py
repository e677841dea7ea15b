"""An operator that knows of one network, made for a stack of seeds: unchanged, and called for one seed at a time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call

# Parameters and buffers may not have a point in their name.
POINT = "/"
WORDS = 2**63


@contextmanager
def drawing(word: int, device: torch.device) -> Iterator[None]:
    """Let what torch draws from its global streams follow from a word alone, and leave those streams as they were."""
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        # Not torch.manual_seed, which formats the stack for every GPU that there might be.
        torch.default_generator.manual_seed(word)
        if device.type == "cuda":
            torch.cuda.manual_seed(word)
        yield


class Stack(nn.Module):
    """Weights and buffers of an operator, [seeds, ...], so that the optimiser moves those of each seed on its own.

    Args:
        make: makes the operator of one network; what it draws from torch's global stream comes from its seed.
        streams: of each seed.
    """

    def __init__(self, make: Callable[[], nn.Module], streams: list[np.random.Generator]):
        super().__init__()
        made = []
        for stream in streams:
            with drawing(int(stream.integers(WORDS)), torch.device("cpu")):
                made.append(make())
        # In a list, lest its weights count beside those of the stack.
        self._operator = [made[0]]
        own = [{**dict(one.named_parameters()), **dict(one.named_buffers())} for one in made]
        for name, first in own[0].items():
            stacked = torch.stack([tensors[name].detach() for tensors in own])
            if isinstance(first, nn.Parameter) and first.requires_grad:
                self.register_parameter(name.replace(".", POINT), nn.Parameter(stacked))
            else:
                self.register_buffer(name.replace(".", POINT), stacked)

    def of_seed(self, seed: int, word: int, **named: Any) -> Any:
        """What the operator of one seed gives of `x` and the rest; `word` decides what it draws."""
        # Copied, for BLAS rounds by where numbers lie in memory, and that depends on the block.
        own: dict[str, Tensor] = {name: weights[seed].clone() for name, weights in self.named_parameters()}
        own |= {name: buffer[seed] for name, buffer in self.named_buffers()}
        tensors = {name.replace(POINT, "."): tensor for name, tensor in own.items()}
        operator = self._operator[0].train(self.training)
        with drawing(word, named["x"].device):
            return functional_call(operator, tensors, (), named)
