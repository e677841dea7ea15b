"""A pooler of torch-geometric-pool by its alias, in the network of `repool.models.operators.frame`."""

from typing import Any

import numpy as np

from repool.models.families import operator
from repool.models.network import Shape, Streams
from repool.models.operators.frame import Frame
from repool.models.operators.stack import Stack
from repool.models.operators.tgp import Aliased
from repool.models.operators.twins import share_of


class Network(operator.Network):
    """A stack of networks, one a seed, whose pooler works on one of them at a time.

    Args:
        options: operator ("tgp:" and an alias), version (of the package), arguments, ratio (rows that a pooler leaves
            of a graph; of the largest graph's nodes, the clusters of one that makes as many of every graph),
            convolutions, hidden.
        shape: of the dataset.
        streams: of each seed.
    """

    def __init__(self, options: dict[str, Any], shape: Shape, streams: Streams):
        Frame.__init__(self, options, shape, streams)
        ratio = options["ratio"]
        clusters = int(share_of(ratio, np.array([shape.most_nodes]))[0])
        own = options["operator"], options["version"], options["arguments"], options["hidden"]
        self.operator = Aliased(*own, clusters, ratio)
        self.stack = Stack(self.operator.make, streams.initialisation)
        self.assign = None
