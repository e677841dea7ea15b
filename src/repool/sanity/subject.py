"""A pooling in its network, asked what it gives of made-up graphs."""

import importlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor

from repool.errors import UserError
from repool.models.network import Shape, Streams
from repool.models.operators.frame import Frame, Pooled
from repool.sanity.made import Made
from repool.training.streams import generator

CPU = torch.device("cpu")
# What builds of torch for the CPU, for CUDA without a driver, and with its cards hidden say.
NO_CUDA = re.compile("cuda|nvidia", re.IGNORECASE)
WORD = 7


class Subject:
    """The network of one seed around a pooling.

    Args:
        model: the options of its family (`repool.spec`).
        most_nodes: of the largest graph that it will be asked of.

    Raises UserError where the pooling is not to be found or made.
    """

    def __init__(self, model: dict[str, Any], most_nodes: int):
        family = importlib.import_module(f"repool.models.families.{model['family'].replace('-', '_')}")
        streams = Streams(*([generator(0, use)] for use in ("initialisation", "assignment")))
        self.name, self.width = model.get("operator", model.get("select")), model["hidden"]
        self.network: Frame = family.Network(model, Shape(self.width, 2, most_nodes), streams)

    def pooled(self, made: Made, training: bool = False, word: int = WORD) -> Pooled:
        """What the pooling gives; raises UserError in one sentence for whatever goes wrong inside."""
        self.network.train(training)
        with self.explained(made):
            batch = self.network.prepare(made.graphs, np.array([word], np.uint64), CPU)
            return self.network.pool(made.X, batch)

    @contextmanager
    def explained(self, made: Made) -> Iterator[None]:
        """Raise UserError in place of what the code of whoever brings a pooling raises."""
        try:
            yield
        except UserError:
            raise
        except Exception as error:
            said = f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else 'no words'}"
            if NO_CUDA.search(str(error)):
                raise UserError(
                    f"{self.name} asks for CUDA where it is given tensors on the CPU ({said}). Make new tensors on the "
                    "device of what comes in: torch.zeros(..., device=x.device)."
                ) from error
            raise UserError(
                f"{self.name} raises {said}, for {made.graphs.graph_ptr.shape[1] - 1} graphs of {self.width} features."
            ) from error

    def seen(self, made: Made, training: bool = False) -> Tensor:
        """What the network above reads of each graph: its rows, the means of X' and of A' X', [graphs, 1 + 2 width]."""
        with torch.no_grad():
            X, level, _ = self.pooled(made, training)
            sizes = torch.from_numpy(np.diff(level.ptr[0])).to(X.dtype).unsqueeze(1)
            return torch.cat([sizes, level.mean_of_graph(X)[0], level.mean_of_graph(level.sum(X))[0]], dim=1)
