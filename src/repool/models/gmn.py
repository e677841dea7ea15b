"""Graph memory networks, DISTANCE and RANDOM (section 2, case 3; Khasahmadi et al., 2020).

    conv x convolutions -> batch norm -> memory layer x len(memory_keys) -> mean -> MLP

The variants differ in one part: which select assigns queries to keys.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu

from repool.models.batch_norm import BatchNorm
from repool.models.clusters import Clusters
from repool.models.graphs import Graphs
from repool.models.layers import MLP, GraphConv, Linear
from repool.models.levels import Level, Nodes
from repool.models.molecules import first_convolution
from repool.models.network import Embedding, Outcome, Shape, Streams
from repool.models.penalties import purity
from repool.models.select.assignment import DRAWS, Fixed
from repool.models.select.memory import Distance, Kernel, Memory

MLP_HIDDEN = 50
PURITY_WEIGHT = 100
ACTIVATIONS = {"relu": torch.relu, "leaky-as-released": leaky_relu}


class Network(nn.Module):
    """A stack of graph memory networks, one a seed.

    Args:
        options: select ("kernel", "distance" or "random"), convolutions and query_hidden (of the query network),
            memory_keys (of each memory layer), heads, hidden (width of the memory layers), activation, keys ("learned"
            or "frozen-as-released"), period, batchnorm.
        shape: of the dataset.
        streams: of each seed.

    Attributes:
        period: every so many epochs the unsupervised loss is minimised instead of the supervised one; 0 for never.
        alone: names of the parameters that the unsupervised epochs move and the supervised ones do not.
    """

    def __init__(self, options: dict[str, Any], shape: Shape, streams: Streams):
        super().__init__()
        queries, weights = options["query_hidden"], streams.initialisation
        self.convolutions = nn.ModuleList([first_convolution(shape, queries, weights)])
        self.convolutions.extend(GraphConv(queries, queries, weights) for _ in range(options["convolutions"] - 1))
        self.norm = BatchNorm(queries, len(weights), options["batchnorm"])
        self.activation = ACTIVATIONS[options["activation"]]
        self.select, self.linear = nn.ModuleList(), nn.ModuleList()
        nodes, width = shape.most_nodes, queries
        for keys in options["memory_keys"]:
            self.select.append(select(options, nodes, width, keys, streams))
            self.linear.append(Linear(width, options["hidden"], weights))
            nodes, width = keys, options["hidden"]
        self.mlp = MLP(width, MLP_HIDDEN, shape.outputs, weights, leaky_relu)
        learned = options["select"] == "kernel"
        self.period = options["period"] if learned else 0
        self.alone = [name for name, _ in self.named_parameters() if name.endswith(".K")]

    def prepare(self, graphs: Graphs, pooling: np.ndarray, device: torch.device) -> Nodes:
        """Put a batch's structure on the device; nothing is random, `pooling` stays untouched."""
        del pooling
        return Nodes(graphs, device)

    def forward(self, X: Tensor, level: Nodes) -> Outcome:
        """Outputs [seeds, graphs, outputs] for node features X [seeds, rows, inputs] (equations 1, 7 and 8)."""
        outputs, embeddings, _ = self._outputs(X, level)
        return Outcome(outputs, embeddings)

    def unsupervised(self, X: Tensor, level: Nodes) -> Outcome:
        """The same with the unsupervised loss that training minimises."""
        outputs, embeddings, assignments = self._outputs(X, level)
        return Outcome(outputs, embeddings, PURITY_WEIGHT * by_node(assignments, level))

    def divergence(self, X: Tensor, level: Nodes) -> Outcome:
        """The same with the divergence of appendix D over all memory layers, by node, [seeds], in double precision.

        Nearly uniform assignments make it less than what single precision leaves of their rows' sums.
        """
        outputs, embeddings, assignments = self._outputs(X, level)
        exact = [(at, S.double() / S.double().sum(dim=2, keepdim=True).clamp(min=1e-30)) for at, S in assignments]
        return Outcome(outputs, embeddings, by_node(exact, level, nothing=1e-30))

    @contextmanager
    def identical_keys(self) -> Iterator[None]:
        """While it lasts, all keys of a head are its first one, so that assignments are uniform (appendix D)."""
        memories = [select for select in self.select if isinstance(select, Memory)]
        kept = [memory.K.data for memory in memories]
        for memory, K in zip(memories, kept, strict=True):
            of_head = K.unflatten(1, (memory.heads, memory.keys))
            memory.K.data = of_head[:, :, :1].expand_as(of_head).flatten(1, 2)
        try:
            yield
        finally:
            for memory, K in zip(memories, kept, strict=True):
                memory.K.data = K

    def _outputs(self, X: Tensor, level: Nodes) -> tuple[Tensor, list[Embedding], list[tuple[Level, Tensor]]]:
        for conv in self.convolutions:
            X = conv(X, level.A)
        at: Level = level
        Q, assignments = self.norm(X, level), []
        embeddings = [Embedding(Q, level.ptr)]
        for select, linear in zip(self.select, self.linear, strict=True):
            S = select(Q, at)
            assignments.append((at, S))
            Q = self.activation(linear(at.pool(S, Q)))
            at = Clusters(at.seeds, at.graphs, S.size(2), Q.device)
            embeddings.append(Embedding(Q, at.ptr))
        return self.mlp(at.mean_of_graph(Q)), embeddings, assignments


def by_node(assignments: list[tuple[Level, Tensor]], level: Nodes, nothing: float = 1e-8) -> Tensor:
    """The divergence of appendix D summed over the memory layers, by node of the batch, [seeds]."""
    return torch.stack([purity(at, S, nothing) for at, S in assignments]).sum(dim=0) / level.nodes.flatten()


def select(options: dict[str, Any], nodes: int, width: int, keys: int, streams: Streams) -> nn.Module:
    """The part that gives S."""
    drawn = (width, options["heads"], keys, streams.initialisation, streams.assignment)
    if options["select"] == "kernel":
        return Kernel(*drawn, frozen=options["keys"] == "frozen-as-released")
    if options["select"] == "distance":
        return Distance(*drawn)
    return Fixed(DRAWS["uniform"], nodes, keys, streams.assignment)
