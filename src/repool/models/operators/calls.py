"""How an operator is made and called, and what it gave: PyTorch Geometric's conventions, each mistake a sentence.

A sparse one takes `x`, `edge_index`, `batch` and what else it knows of, and gives rows, edges and the graph of each
row. A dense one takes `x`, `adj`, `mask` and perhaps logits `s`, and gives features and matrices of clusters. What is a
single number among the results is a loss that training adds.
"""

import inspect
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from repool.errors import UserError
from repool.models.operators.coarse import Part

# In the arguments of a configuration: the width of the network, and the number of clusters.
WIDTH, CLUSTERS = "WIDTH", "CLUSTERS"
MADE_WITH_WIDTH = "in_channels"
EDGES = ("edge_attr", "edge_weight")


class Function(nn.Module):
    """A function as a module, such as `dense_diff_pool`."""

    def __init__(self, function: Callable[..., Any], arguments: Mapping[str, Any]):
        super().__init__()
        self.function, self.arguments = function, arguments

    def forward(self, **given: Any) -> Any:
        """What the function gives."""
        return self.function(**given, **self.arguments)


class Operator:
    """A class or function with its arguments, ready to be made as often as there are seeds.

    Args:
        name: of the operator, for messages.
        given: the class or function.
        arguments: for its constructor (`WIDTH` and `CLUSTERS` stand for numbers); of a function, for its calls.
        width: of the rows that it gets.
        clusters: how many a dense one makes.
    """

    def __init__(self, name: str, given: Any, arguments: Mapping[str, Any], width: int, clusters: int):
        self.name, self._given, self.width = name, given, width
        numbers = {WIDTH: width, CLUSTERS: clusters}
        self._arguments = {
            key: numbers.get(value, value) if isinstance(value, str) else value for key, value in arguments.items()
        }
        takes = inspect.signature(given).parameters
        if inspect.isclass(given) and MADE_WITH_WIDTH in takes:
            self._arguments.setdefault(MADE_WITH_WIDTH, width)

    @cached_property
    def takes(self) -> Mapping[str, inspect.Parameter]:
        """What a call of it takes, by name."""
        called = getattr(self._given, "forward", self._given)
        return inspect.signature(called).parameters

    @property
    def dense(self) -> bool:
        """Whether it works on padded matrices."""
        return "adj" in self.takes

    @property
    def assigns(self) -> bool:
        """Whether it is given the logits of an assignment."""
        return self.dense and "s" in self.takes

    @property
    def needs_edges(self) -> str:
        """The attribute of edges that it cannot be called without; empty where there is none."""
        return next((name for name in EDGES if name in self.takes and self._is_needed(name)), "")

    def _is_needed(self, name: str) -> bool:
        return self.takes[name].default is inspect.Parameter.empty

    def make(self) -> nn.Module:
        """A new one; raises UserError where its constructor takes other arguments."""
        if not inspect.isclass(self._given):
            return Function(self._given, self._arguments)
        try:
            made = self._given(**self._arguments)
        except Exception as error:  # of whoever wrote it
            words = ", ".join(f"{key}={value!r}" for key, value in self._arguments.items())
            raise UserError(f"{self.name}({words}) cannot be made: {type(error).__name__}: {error}.") from error
        if not isinstance(made, nn.Module):
            raise UserError(f"{self.name} is no torch.nn.Module but a {type(made).__name__}.")
        return made

    def sparse_arguments(self, X: Tensor, edges: Tensor, graph: Tensor) -> dict[str, Any]:
        """What a sparse operator is called with: of edges, nothing is known but where they lead."""
        known = {"x": X, "edge_index": edges, "batch": graph, **dict.fromkeys(EDGES)}
        return {name: value for name, value in known.items() if name in self.takes}

    def dense_arguments(self, X: Tensor, A: Tensor, mask: Tensor, logits: Tensor | None) -> dict[str, Any]:
        """What a dense operator is called with."""
        known = {"x": X, "adj": A, "mask": mask, "s": logits}
        return {name: value for name, value in known.items() if name in self.takes}

    def part(self, given: Any, graphs: int) -> tuple[Part, Tensor | None]:
        """What a sparse operator gave, its rows in the order of graphs, and its losses together."""
        tensors = self._tensors(given)
        if len(tensors) < 3:
            raise UserError(
                f"{self.name} gives {len(tensors)} values; rows, edges and the graph of each row are three."
            )
        X, edges, *rest = tensors
        if X is None or X.dim() != 2 or not X.is_floating_point() or X.size(1) != self.width:
            raise UserError(f"{self.name}: x is {shown(X)}, expected numbers [rows, {self.width}], as they came.")
        if edges is None or edges.shape[:1] != (2,) or edges.dim() != 2 or edges.is_floating_point():
            raise UserError(f"{self.name}: edge_index is {shown(edges)}, expected int64 [2, edges].")
        places = [place for place, one in enumerate(rest) if _names_graphs(one, len(X))]
        if not places:
            raise UserError(
                f"{self.name}: behind edge_index nothing names the graph of each of its {len(X)} rows (int64 [rows])."
            )
        graph = rest[places[0]]
        assert graph is not None
        weight = self._weight(rest[: places[0]], edges.size(1))
        sizes = torch.bincount(graph, minlength=graphs).cpu().numpy()
        if sizes.size > graphs or (edges.numel() and not 0 <= int(edges.min()) <= int(edges.max()) < len(X)):
            raise UserError(f"{self.name}: an edge or a row leads outside of the {len(X)} rows of {graphs} graphs.")
        if not sizes.all():
            raise UserError(
                f"{self.name} drops all nodes of a graph ({int((sizes == 0).sum())} of {graphs}): nothing is left to "
                "be read. Let it keep one at least."
            )
        return _in_order(X, edges, weight, graph, sizes), self._loss(rest)

    def clusters(self, given: Any, graphs: int) -> tuple[Tensor, Tensor, Tensor | None]:
        """What a dense operator gave: X' [graphs, clusters, width], A' [graphs, clusters, clusters], its losses."""
        tensors = self._tensors(given)
        large = [one for one in tensors if one is not None and one.dim() == 3]
        if len(large) < 2:
            raise UserError(f"{self.name} gives no X' [graphs, clusters, width] and A' [graphs, clusters, clusters].")
        X, A = large[-2:]
        if A.shape != (graphs, X.size(1), X.size(1)) or X.shape != (graphs, X.size(1), self.width):
            raise UserError(
                f"{self.name}: X' is {shown(X)} and A' is {shown(A)}, expected [{graphs}, clusters, {self.width}] and "
                f"[{graphs}, clusters, clusters]."
            )
        return X, A, self._loss(tensors)

    def _tensors(self, given: Any) -> list[Tensor | None]:
        """The tensors, and what is not there, in the order in which they were given."""
        if not isinstance(given, tuple | list):
            raise UserError(f"{self.name} gives a {type(given).__name__}, expected a tuple of tensors.")
        return [one for one in given if one is None or isinstance(one, Tensor)]

    def _weight(self, between: list[Tensor | None], edges: int) -> Tensor | None:
        weight = next((one for one in between if one is not None and one.is_floating_point() and one.dim()), None)
        if weight is None:
            return None
        if weight.shape not in ((edges,), (edges, 1)):
            raise UserError(f"{self.name}: weights of edges are {shown(weight)}, expected [{edges}].")
        return weight.view(-1, 1)

    @staticmethod
    def _loss(tensors: list[Tensor | None]) -> Tensor | None:
        losses = [one for one in tensors if one is not None and one.dim() == 0 and one.is_floating_point()]
        return torch.stack(losses).sum() if losses else None


def shown(tensor: Tensor | None) -> str:
    """Type and shape of a tensor, for a message."""
    return "nothing" if tensor is None else f"{str(tensor.dtype).removeprefix('torch.')} {list(tensor.shape)}"


def _names_graphs(one: Tensor | None, rows: int) -> bool:
    return one is not None and one.shape == (rows,) and not one.is_floating_point()


def _in_order(X: Tensor, edges: Tensor, weight: Tensor | None, graph: Tensor, sizes: np.ndarray) -> Part:
    """A part whose graphs stand one after the other, whatever order the rows came in."""
    if bool((graph[1:] >= graph[:-1]).all()):
        return Part(X, edges, weight, sizes)
    order = graph.argsort(stable=True)
    number = torch.empty_like(order).scatter_(0, order, torch.arange(len(order), device=order.device))
    return Part(X.index_select(0, order), number[edges], weight, sizes)
