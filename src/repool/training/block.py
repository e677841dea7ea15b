"""A block: the seeds that one job trains, in lockstep, as one program (design: "What trains").

Only four things know that there are several networks: the layers' weights, the optimiser, the learning rates and the
stopping rule. A finished seed leaves the stack.
"""

import importlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from repool.datasets.store import GraphStore
from repool.training import scores
from repool.training.batches import Inputs, gather
from repool.training.optimiser import StackedAdam
from repool.training.plateau import Plateau
from repool.training.splits import split
from repool.training.streams import generator, word

# At least so many graphs at a time, for scores do not depend on it and larger batches take fewer calls.
EVALUATION_BATCH = 64


@dataclass
class Run:
    """One seed of a block: its data, its random streams, its schedule and what it has shown so far."""

    seed: int
    parts: tuple[np.ndarray, np.ndarray, np.ndarray]
    batches: np.random.Generator
    plateau: Plateau
    curves: dict[str, list[float]] = field(
        default_factory=lambda: {
            name: [] for name in ("train_loss", "validation_loss", "validation", "test", "learning_rate")
        }
    )
    training_seconds: float = 0.0
    seconds: float = 0.0
    failure: str | None = None


class Block:
    """Seeds of one cell in training.

    Args:
        spec: what trains (see `repool.spec`).
        store: its dataset.
        seeds: the seeds of the block.
        device: where.
    """

    def __init__(self, spec: dict[str, Any], store: GraphStore, seeds: list[int], device: torch.device):
        self.protocol, self.store, self.device = spec["training"], store, device
        self.metric = scores.metric(store.card["metric"])
        family = importlib.import_module(f"repool.models.{spec['model']['family'].replace('-', '_')}")
        initialisation = [generator(seed, "initialisation") for seed in seeds]
        self.network = family.Network(spec["model"], store.inputs, store.outputs, initialisation).to(device)
        self.optimiser = StackedAdam(self.network)
        self.pooling = np.array([word(seed, "pooling") for seed in seeds], np.uint64)
        self.inputs = Inputs(store, device)
        self.live = [
            Run(seed, split(store, seed), generator(seed, "batches"), Plateau(self.protocol["learning_rate"]))
            for seed in seeds
        ]
        self.finished: list[Run] = []
        self.epoch = 0
        self.parameters = self.optimiser.weights.size(1)
        self._begin_epoch()

    @property
    def batches(self) -> int:
        """Batches of an epoch."""
        return -(-self.order.shape[1] // self.protocol["batch"])

    def train(self) -> Iterator[bool]:
        """Train to the end, pausing after every step: true where that step ended an epoch."""
        while self.live:
            started = time.perf_counter()
            self._step()
            self.batch += 1
            self._charge(started, training=True)
            if ended := self.batch == self.batches:
                self._end_epoch()
            yield ended

    def _begin_epoch(self) -> None:
        self.batch = 0
        self.order = np.stack([run.batches.permutation(run.parts[0]) for run in self.live])
        self.batch_losses = torch.zeros(self.batches, len(self.live), device=self.device)
        self.set_learning_rates()

    def set_learning_rates(self) -> None:
        """Bring each live seed's learning rate to the device, [seeds, 1]."""
        self.learning_rates = torch.tensor([[run.plateau.learning_rate] for run in self.live], device=self.device)

    def _step(self) -> None:
        size = self.protocol["batch"]
        chosen = self.order[:, self.batch * size : (self.batch + 1) * size]
        losses = scores.losses(self._outputs(chosen), self.inputs.y(chosen))
        self.optimiser.step(losses, self.learning_rates)
        self.batch_losses[self.batch] = losses.detach().mean(dim=1)

    def _outputs(self, chosen: np.ndarray) -> Tensor:
        graphs, nodes = gather(self.store, chosen)
        plan = self.network.prepare(graphs, self.pooling, self.device)
        outputs: Tensor = self.network(self.inputs.X(nodes, graphs.seeds), plan)
        return outputs

    def _end_epoch(self) -> None:
        started = time.perf_counter()
        self.epoch += 1
        sizes = torch.full((self.batches, 1), self.protocol["batch"], dtype=torch.float64)
        sizes[-1] = self.order.shape[1] - self.protocol["batch"] * (self.batches - 1)
        batch_losses = self.batch_losses.cpu()
        train_loss = (batch_losses * sizes).sum(dim=0) / sizes.sum()
        validation_loss, validation = self._evaluate(part=1)
        _, test = self._evaluate(part=2)
        for position, run in enumerate(self.live):
            run.curves["train_loss"].append(train_loss[position].item())
            run.curves["validation_loss"].append(validation_loss[position].item())
            run.curves["validation"].append(validation[position].item())
            run.curves["test"].append(test[position].item())
            run.curves["learning_rate"].append(run.plateau.learning_rate)
            run.failure = self._failure(run, batch_losses[:, position])
            score = run.curves["validation"][-1]
            run.plateau.update(score if self.metric.higher_is_better else -score, self.epoch, self.protocol)
        self._charge(started)
        self._retire()

    @torch.no_grad()
    def _evaluate(self, part: int) -> tuple[Tensor, Tensor]:
        """Mean loss and score of each seed on its validation (1) or test (2) graphs, float64 [seeds]."""
        self.network.eval()
        chosen = np.stack([run.parts[part] for run in self.live])
        size = max(self.protocol["batch"], EVALUATION_BATCH)
        outputs = torch.cat(
            [self._outputs(chosen[:, start : start + size]) for start in range(0, chosen.shape[1], size)], dim=1
        )
        self.network.train()
        y = self.inputs.y(chosen)
        return scores.losses(outputs, y).double().mean(dim=1).cpu(), self.metric.score(outputs, y).cpu()

    def _failure(self, run: Run, batch_losses: Tensor) -> str | None:
        """What went wrong in this epoch, if a loss is not a number."""
        wrong = torch.nonzero(~torch.isfinite(batch_losses)).flatten()
        if len(wrong):
            return (
                f"seed {run.seed}: the training loss is {batch_losses[wrong[0]].item()} in epoch {self.epoch}, "
                f"batch {wrong[0].item() + 1} of {self.batches}. The seed was stopped and has no record. Lower the "
                f"learning rate ({run.plateau.learning_rate:g}) or look at the data of this cell."
            )
        if not np.isfinite(run.curves["validation_loss"][-1]):
            return (
                f"seed {run.seed}: the validation loss is {run.curves['validation_loss'][-1]} in epoch {self.epoch}. "
                f"The seed was stopped and has no record. Lower the learning rate ({run.plateau.learning_rate:g})."
            )
        return None

    def _retire(self) -> None:
        """Let finished seeds leave the stack, and begin the next epoch for the others."""
        done = [run.failure is not None or run.plateau.stops(self.epoch, self.protocol) for run in self.live]
        self.finished += [run for run, ends in zip(self.live, done, strict=True) if ends]
        if any(done):
            kept = [position for position, ends in enumerate(done) if not ends]
            self.live = [self.live[position] for position in kept]
            self.pooling = self.pooling[kept]
            self.optimiser.keep(kept)
        if self.live:
            self._begin_epoch()

    def _charge(self, started: float, training: bool = False) -> None:
        """Share the time since `started` among the seeds in the stack."""
        share = (time.perf_counter() - started) / len(self.live)
        for run in self.live:
            run.seconds += share
            run.training_seconds += share * training
