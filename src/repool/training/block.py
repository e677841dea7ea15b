"""A block: the seeds that one job trains, in lockstep, as one program (docs/architecture.md, "What trains").

Only four things know that there are several networks: the layers' weights, the optimiser, the learning rates and the
stopping rule. A finished seed leaves the stack.
"""

import importlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from repool.datasets.store import GraphStore
from repool.models.network import Outcome, Shape, Streams
from repool.training import scores
from repool.training.batches import Inputs, gather
from repool.training.inside import Inside, look
from repool.training.optimiser import StackedAdam
from repool.training.permutations import permuted
from repool.training.plateau import Plateau
from repool.training.splits import split
from repool.training.streams import generator, word

# At least so many graphs at a time, for scores do not depend on it and larger batches take fewer calls.
EVALUATION_BATCH = 64
# The curves of a run, in words.
SHOWN = {
    "train_loss": "training loss",
    "validation_loss": "validation loss",
    "validation": "validation score",
    "test": "test score",
    "learning_rate": "learning rate",
    "permuted": "score on permuted graphs",
}


@dataclass(frozen=True)
class Failure:
    """Why a seed has no score: what was not a number, in which epoch, in which of its batches if in training."""

    reason: str
    epoch: int
    batch: int | None
    learning_rate: float


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
    failure: Failure | None = None
    inside: Inside | None = None


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
        family = importlib.import_module(f"repool.models.families.{spec['model']['family'].replace('-', '_')}")
        streams = Streams(*([generator(seed, use) for seed in seeds] for use in ("initialisation", "assignment")))
        shape = Shape(store.inputs, store.outputs, int(np.diff(store.node_ptr).max()), store.atoms is not None)
        self.network = family.Network(spec["model"], shape, streams).to(device)
        self.optimiser = StackedAdam(self.network, self.protocol["gradient_clip"], self.network.alone)
        self.pooling = np.array([word(seed, "pooling") for seed in seeds], np.uint64)
        self.inputs = Inputs(store, device)
        self.live = [
            Run(seed, split(store, seed), generator(seed, "batches"), Plateau(self.protocol["learning_rate"]))
            for seed in seeds
        ]
        self.finished: list[Run] = []
        self.epoch = 0
        self.period = self.network.period
        self.evaluation_batch = max(self.protocol["batch"], EVALUATION_BATCH)
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
        self.enter_epoch()

    @property
    def unsupervised(self) -> bool:
        """Whether the epoch at hand minimises the network's unsupervised loss: every so many epochs, its `period`.

        The gradient of the whole epoch then makes one step, and batch normalisation is as in evaluation.
        """
        return self.period > 0 and (self.epoch + 1) % self.period == 0

    def enter_epoch(self) -> None:
        """Bring each live seed's learning rate to the device, [seeds, 1], and the network into its mode."""
        self.network.train(not self.unsupervised)
        self.optimiser.attend(self.unsupervised)
        self.learning_rates = torch.tensor([[run.plateau.learning_rate] for run in self.live], device=self.device)

    def _step(self) -> None:
        size = self.protocol["batch"]
        chosen = self.order[:, self.batch * size : (self.batch + 1) * size]
        outcome = self.outcome(chosen, self.network.unsupervised if self.unsupervised else self.network, self.pooling)
        loss = scores.losses(outcome.outputs, self.inputs.y(chosen)).mean(dim=1)
        penalty = torch.zeros_like(loss) if outcome.penalty is None else outcome.penalty
        if self.unsupervised:
            self.optimiser.backward_apart(penalty)
        else:
            self.optimiser.step(loss + penalty, self.learning_rates)
        self.batch_losses[self.batch] = loss.detach()

    def outcome(
        self,
        chosen: np.ndarray,
        function: Callable[..., Outcome],
        pooling: np.ndarray,
        order: np.ndarray | None = None,
    ) -> Outcome:
        """What a network says of the chosen graphs, with their nodes shuffled if there are streams for their order.

        Streams of `pooling` and `order`, uint64 [seeds], advance in place.
        """
        graphs, nodes = gather(self.store, chosen)
        if order is not None:
            graphs, nodes = permuted(graphs, nodes, order)
        plan = self.network.prepare(graphs, pooling, self.device)
        return function(self.inputs.X(nodes, graphs.seeds), plan)

    def _end_epoch(self) -> None:
        started = time.perf_counter()
        if self.unsupervised:
            self.optimiser.step_apart(self.learning_rates)
        self.epoch += 1
        sizes = torch.full((self.batches, 1), self.protocol["batch"], dtype=torch.float64)
        sizes[-1] = self.order.shape[1] - self.protocol["batch"] * (self.batches - 1)
        batch_losses = self.batch_losses.cpu()
        train_loss = (batch_losses * sizes).sum(dim=0) / sizes.sum()
        validation_loss, validation = self._evaluate(part=1)
        _, test = self._evaluate(part=2)
        shuffled = self._evaluate_permuted() if self.protocol["permuted"] else None
        for position, run in enumerate(self.live):
            run.curves["train_loss"].append(train_loss[position].item())
            run.curves["validation_loss"].append(validation_loss[position].item())
            run.curves["validation"].append(validation[position].item())
            run.curves["test"].append(test[position].item())
            run.curves["learning_rate"].append(run.plateau.learning_rate)
            if shuffled is not None:
                run.curves.setdefault("permuted", []).append(shuffled[position].item())
            run.failure = self._failure(run, batch_losses[:, position])
            score = run.curves["validation"][-1]
            run.plateau.update(score if self.metric.higher_is_better else -score, self.epoch, self.protocol)
        self._look_into_the_best()
        self._charge(started)
        self._retire()

    def _look_into_the_best(self) -> None:
        """See what the networks do inside that have just become better than ever."""
        better = [
            place for place, run in enumerate(self.live) if run.plateau.best_epoch == self.epoch and not run.failure
        ]
        for place, inside in zip(better, look(self, better, self.evaluation_batch), strict=True):
            self.live[place].inside = inside
            if not is_finite(inside):
                reason = f"what its network does inside is not a number in epoch {self.epoch}"
                self.live[place].failure = Failure(reason, self.epoch, None, self.live[place].plateau.learning_rate)

    def _evaluate_permuted(self) -> Tensor:
        """Score of each seed on its validation graphs in a new random order of their nodes, float64 [seeds]."""
        order = np.array([word(run.seed, "permutation", self.epoch) for run in self.live], np.uint64)
        return self._evaluate(part=1, order=order)[1]

    @torch.no_grad()
    def _evaluate(self, part: int, order: np.ndarray | None = None) -> tuple[Tensor, Tensor]:
        """Mean loss and score of each seed on its validation (1) or test (2) graphs, float64 [seeds]."""
        self.network.eval()
        chosen = np.stack([run.parts[part] for run in self.live])
        size = self.evaluation_batch
        batches = [
            self.outcome(chosen[:, start : start + size], self.network, self.pooling, order).outputs
            for start in range(0, chosen.shape[1], size)
        ]
        outputs = torch.cat(batches, dim=1)
        y = self.inputs.y(chosen)
        return scores.losses(outputs, y).double().mean(dim=1).cpu(), self.metric.score(outputs, y).cpu()

    def _failure(self, run: Run, batch_losses: Tensor) -> Failure | None:
        """What went wrong in this epoch, if a loss or a score is not a number."""
        rate = run.curves["learning_rate"][-1]
        wrong = torch.nonzero(~torch.isfinite(batch_losses)).flatten().tolist()
        if wrong:
            loss, batch = batch_losses[wrong[0]].item(), wrong[0] + 1
            reason = f"the training loss is {loss} in epoch {self.epoch}, batch {batch} of {self.batches}"
            return Failure(reason, self.epoch, batch, rate)
        for name, curve in run.curves.items():
            if not np.isfinite(curve[-1]):
                return Failure(f"the {SHOWN[name]} is {curve[-1]} in epoch {self.epoch}", self.epoch, None, rate)
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
            keep_buffers(self.network, kept)
        if self.live:
            self._begin_epoch()

    def _charge(self, started: float, training: bool = False) -> None:
        """Share the time since `started` among the seeds in the stack."""
        share = (time.perf_counter() - started) / len(self.live)
        for run in self.live:
            run.seconds += share
            run.training_seconds += share * training


def is_finite(inside: Inside) -> bool:
    """Whether every number in what was seen inside a network is one."""
    shares = [share for layer in inside.homogeneity for share in (layer.rows, layer.share, layer.share_of_matrix)]
    numbers = [inside.permutation, *(inside.divergence or ()), *(share for share in shares if share is not None)]
    return bool(np.isfinite(numbers).all())


def keep_buffers(network: nn.Module, seeds: list[int]) -> None:
    """Let all but these positions leave what a network holds beside its weights."""
    kept = torch.tensor(seeds, dtype=torch.int64)
    for module in network.modules():
        for name, value in module.named_buffers(recurse=False):
            setattr(module, name, value.index_select(0, kept.to(value.device)))
