"""Graph memory networks, DISTANCE and RANDOM (section 2, case 3; Khasahmadi et al., 2020).

    conv x convolutions -> batch norm -> memory layer x len(memory_keys) -> mean -> MLP

The variants differ in one part: which select assigns queries to keys.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu

from repool.models.layers.batch_norm import BatchNorm
from repool.models.layers.graph_conv import GraphConv
from repool.models.layers.linear import MLP, Linear
from repool.models.layers.molecules import first_convolution
from repool.models.levels import Clusters, Level, Nodes
from repool.models.network import Embedding, Family, Outcome, Shape, Streams
from repool.models.penalties import purity
from repool.models.reduce import weighted_sums
from repool.models.select.assignment import Fixed, Place, fixed
from repool.models.select.memory import Distance, Kernel, Memory

MLP_HIDDEN = 50
PURITY_WEIGHT = 100
ACTIVATIONS = {"relu": torch.relu, "leaky-as-released": leaky_relu}


class Network(Family):
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
            place = Place(nodes, width, keys, streams)
            self.select.append(SELECT[options["select"]](options, place))
            self.linear.append(Linear(width, options["hidden"], weights))
            nodes, width = keys, options["hidden"]
        self.mlp = MLP(width, MLP_HIDDEN, shape.outputs, weights, leaky_relu)
        learned = options["select"] == "kernel"
        self.period = options["period"] if learned else 0
        self.alone = [name for name, _ in self.named_parameters() if name.endswith(".K")]

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
            X = conv(X, level)
        at: Level = level
        Q, assignments = self.norm(X, level), []
        embeddings = [Embedding(Q, level.ptr)]
        for select, linear in zip(self.select, self.linear, strict=True):
            S = select(Q, at)
            assignments.append((at, S))
            Q = self.activation(linear(weighted_sums(S, Q, at)))
            at = Clusters(at.seeds, at.graphs, S.size(2), Q.device)
            embeddings.append(Embedding(Q, at.ptr))
        return self.mlp(at.mean_of_graph(Q)), embeddings, assignments


def by_node(assignments: list[tuple[Level, Tensor]], level: Nodes, nothing: float = 1e-8) -> Tensor:
    """The divergence of appendix D summed over the memory layers, by node of the batch, [seeds]."""
    return torch.stack([purity(at, S, nothing) for at, S in assignments]).sum(dim=0) / level.nodes.flatten()


def kernel(options: dict[str, Any], place: Place) -> Kernel:
    """Nodes go to keys by similarity."""
    drawn = (place.streams.initialisation, place.streams.assignment)
    frozen = options["keys"] == "frozen-as-released"
    return Kernel(place.width, options["heads"], place.clusters, *drawn, frozen=frozen)


def distance(options: dict[str, Any], place: Place) -> Distance:
    """Nodes go to keys by dissimilarity."""
    drawn = (place.streams.initialisation, place.streams.assignment)
    return Distance(place.width, options["heads"], place.clusters, *drawn)


def random(options: dict[str, Any], place: Place) -> Fixed:
    """No distances at all."""
    del options
    return fixed("uniform", place)


SELECT = {"kernel": kernel, "distance": distance, "random": random}
