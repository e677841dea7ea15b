"""What a training step costs with a pooling, beside the same network with another."""

import time
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from repool.sanity.made import MadeUp
from repool.sanity.subject import CPU, Subject

GRAPHS, STEPS = 64, 7


class Cost(NamedTuple):
    """Milliseconds of a step, the median of some, and megabytes that it keeps for its gradients."""

    milliseconds: float
    megabytes: float


def cost(model: dict[str, Any]) -> Cost:
    """Of a batch of 64 graphs of 20 to 40 nodes, forward and backward, on one thread of the CPU."""
    torch.set_num_threads(1)
    sizes = tuple(np.random.default_rng(1).integers(20, 41, GRAPHS).tolist())
    made = MadeUp(model["hidden"], sizes).batch()
    subject = Subject(model, max(sizes))
    subject.network.train()
    seconds = []
    for _ in range(STEPS):
        started = time.perf_counter()
        plan = subject.network.prepare(made.graphs, np.array([1], np.uint64), CPU)
        outcome = subject.network(made.X, plan)
        loss = outcome.outputs.square().sum()
        (loss if outcome.penalty is None else loss + outcome.penalty.sum()).backward()
        seconds.append(time.perf_counter() - started)
    kept: dict[int, int] = {}

    def keep(tensor: Tensor) -> Tensor:
        if tensor.layout is torch.strided:
            kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        plan = subject.network.prepare(made.graphs, np.array([1], np.uint64), CPU)
        subject.network(made.X, plan)
    return Cost(1000 * float(np.median(seconds)), sum(kept.values()) / 1e6)
