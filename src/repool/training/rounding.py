"""How far rounding alone parts the first steps of a training on this machine: the measure of one from another machine.

Another processor rounds the last digit otherwise, and where a gradient is near zero Adam makes a whole step of it. A
network whose first weights are moved by their last digit is the same network to a reader, and parts as far. So climate
models are carried to other machines: by an ensemble of such twins and few steps (Milroy, Baker, Hammerling and Jessup,
2018, doi:10.5194/gmd-11-697-2018).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from repool.datasets.loading import load
from repool.datasets.store import GraphStore
from repool.schemas.timing import FIRST_STEPS
from repool.training import device, evaluators
from repool.training.block import Block

# At a time, with the run itself: less than twice the memory of a job of ten seeds.
TWINS = 16
# Rounding parts one twin in hundreds much earlier than the others, and a run from another processor may be that one.
BLOCKS = 64


def parted(spec: dict[str, Any], seed: int, data: Path, device_name: str) -> Iterator[list[float]]:
    """How far twins of a run part from it, of each first step: of sixteen twins, and then of sixteen more each time.

    Yields:
        The greatest relative distance of a twin's training loss from the run's own, in this step or before it; a
        distance that is not a number says nothing. Empty where an epoch is one step.

    Raises:
        UserError: the data or the device are not usable.
    """
    device.prepare()
    evaluators.register()
    store, place = load(data), device.choose(device_name)
    stream, greatest = np.random.default_rng(seed), np.zeros(0)
    for _ in range(BLOCKS):
        furthest = distances(spec, store, seed, place, stream).max(axis=0)
        greatest = np.maximum(furthest, greatest) if greatest.size else furthest
        yield [float(f"{distance:.3g}") for distance in np.maximum.accumulate(greatest)]


def distances(
    spec: dict[str, Any], store: GraphStore, seed: int, place: torch.device, stream: np.random.Generator
) -> np.ndarray:
    """Relative distances of sixteen twins' first training losses from the run's own, float64 [twins, steps].

    The stream draws how first weights are nudged.
    """
    block = Block(spec, store, [seed] * (1 + TWINS), place)
    nudge(block.optimiser.weights[1:], stream)
    losses = first_losses(block)
    return relative(losses[1:], losses[0])


def relative(twins: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Distances of twins' losses [twins, steps] from own [steps]: at most 1, and 0 where one is not a number."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.abs(twins - own) / np.abs(own)
    return np.where(np.isfinite(found), found, 0.0).clip(max=1.0)


@torch.no_grad()
def nudge(weights: torch.Tensor, stream: np.random.Generator) -> None:
    """Move each weight in place to the next number above it, the next below, or not at all."""
    where = torch.from_numpy(stream.integers(-1, 2, size=tuple(weights.shape))).to(weights)
    weights.copy_(torch.where(where == 0, weights, weights.nextafter(where * torch.inf)))


def first_losses(block: Block) -> np.ndarray:
    """The training losses of a block's first steps, float64 [seeds, steps]: those that a sidecar has."""
    steps = min(FIRST_STEPS, block.batches - 1)
    for _ in block.train() if steps else ():
        if block.batch == steps:
            break
    return block.batch_losses[:steps].T.double().cpu().numpy()
