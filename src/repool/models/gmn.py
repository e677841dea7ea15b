"""Graph memory networks, DISTANCE and RANDOM (section 2, case 3; Khasahmadi et al., 2020).

    conv x convolutions -> batch norm -> memory layer x len(memory_keys) -> mean -> MLP

The variants differ in one part: which select assigns queries to keys.
"""

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
from repool.models.network import Outcome, Shape, Streams
from repool.models.penalties import purity
from repool.models.select.assignment import DRAWS, Fixed
from repool.models.select.memory import Distance, Kernel

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
        return Outcome(self._outputs(X, level)[0])

    def unsupervised(self, X: Tensor, level: Nodes) -> Outcome:
        """The same with the unsupervised loss: the divergence of appendix D over all memory layers, by node."""
        outputs, assignments = self._outputs(X, level)
        divergence = torch.stack([purity(at, S) for at, S in assignments]).sum(dim=0)
        return Outcome(outputs, PURITY_WEIGHT * divergence / level.nodes.flatten())

    def _outputs(self, X: Tensor, level: Nodes) -> tuple[Tensor, list[tuple[Level, Tensor]]]:
        for conv in self.convolutions:
            X = conv(X, level.A)
        at: Level = level
        Q, assignments = self.norm(X, level), []
        for select, linear in zip(self.select, self.linear, strict=True):
            S = select(Q, at)
            assignments.append((at, S))
            Q = self.activation(linear(at.pool(S, Q)))
            at = Clusters(at.seeds, at.graphs, S.size(2), Q.device)
        return self.mlp(at.mean_of_graph(Q)), assignments


def select(options: dict[str, Any], nodes: int, width: int, keys: int, streams: Streams) -> nn.Module:
    """The part that gives S."""
    drawn = (width, options["heads"], keys, streams.initialisation, streams.assignment)
    if options["select"] == "kernel":
        return Kernel(*drawn, frozen=options["keys"] == "frozen-as-released")
    if options["select"] == "distance":
        return Distance(*drawn)
    return Fixed(DRAWS["uniform"], nodes, keys, streams.assignment)
