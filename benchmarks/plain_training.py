"""Training epochs of a plain network, as the paper's released code runs them, and what they cost."""

from collections.abc import Callable
from itertools import islice
from typing import Any

import torch
from torch import nn
from torch.nn.functional import cross_entropy
from torch_geometric.data import Batch, Data
from torch_geometric.loader import DataLoader

LEARNING_RATE = 1e-3


class PlainTraining:
    """A network with its loader and optimiser.

    Args:
        graphs: training graphs.
        network: gives outputs and a loss to add (or None) for a batch.
        batch: graphs a step.
        clip: greatest length of the gradient, or None.
        period: of graph memory networks: the loss beside the outputs is left out, but every `period` epochs it is
            what one step of the whole epoch minimises, moving the keys alone (0: never). None for other networks.
        clock: seconds.
    """

    def __init__(
        self,
        graphs: list[Data],
        network: nn.Module,
        batch: int,
        clip: float | None,
        period: int | None,
        clock: Callable[[], float],
    ):
        self.network, self.clip, self.period, self.clock = network, clip, period, clock
        self.loader = DataLoader(graphs, batch_size=batch, shuffle=True)
        keys = list(getattr(network, "keys", ()))
        others = [parameter for parameter in network.parameters() if all(parameter is not key for key in keys)]
        self.optimiser = torch.optim.Adam(others, lr=LEARNING_RATE)
        self.optimiser_apart = torch.optim.Adam(keys, lr=LEARNING_RATE) if keys else None

    def epochs(self, number: int) -> list[float]:
        """Seconds of each of so many epochs."""
        seconds = []
        for epoch in range(1, number + 1):
            started = self.clock()
            if self.period and epoch % self.period == 0:
                self._unsupervised_epoch()
            else:
                self.network.train()
                for data in self.loader:
                    self._step(data)
            seconds.append(self.clock() - started)
        return seconds

    def scaled_epoch(self, steps: int) -> float:
        """Seconds of an epoch, from those batches that pad to the least and from the padded nodes of all.

        The time of a network that is bound by tensors over padded nodes follows their number; its memory does, too, and
        is here that of small batches.
        """
        started = self.clock()
        batches = sorted(self.loader, key=padded_nodes)
        loading = self.clock() - started
        self.network.train()
        self._step(batches[0])
        started = self.clock()
        for data in islice(batches, steps):
            self._step(data)
        measured = (self.clock() - started) / sum(map(padded_nodes, batches[:steps]))
        return loading + measured * sum(map(padded_nodes, batches))

    def _step(self, data: Batch) -> None:
        self.network.zero_grad()
        outputs, penalty = self.network(data)
        loss = cross_entropy(outputs, data.y)
        (loss if penalty is None or self.period is not None else loss + penalty).backward()
        if self.clip is not None:
            nn.utils.clip_grad_norm_(self.network.parameters(), self.clip)
        self.optimiser.step()

    def _unsupervised_epoch(self) -> None:
        self.network.eval()
        self.network.zero_grad()
        for data in self.loader:
            self.network(data)[1].backward()
        self.optimiser_apart.step()


def padded_nodes(data: Any) -> int:
    """Rows of a batch padded to its largest graph."""
    return data.num_graphs * int(data.ptr.diff().max())
