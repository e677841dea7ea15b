"""The poolers of torch-geometric-pool (Bianchi et al.) by their aliases, in the interface of PyTorch Geometric.

Its own requirement torch_scatter has to be compiled. Where it is not installed, the functions of it that are read are
made of torch's own.
"""

import importlib
import importlib.util
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn

from repool.errors import UserError, nearest
from repool.models.operators.calls import Operator
from repool.models.operators.found import version_of

PREFIX = "tgp:"
SCATTER = "torch_scatter"
# Graphs of a batch as one sparse graph, whatever a pooler does inside.
SPARSE = {"batched": False, "sparse_output": True}


class Pooler(nn.Module):
    """A pooler that is called, and gives, as poolings of PyTorch Geometric do; its losses come last."""

    def __init__(self, pooler: nn.Module):
        super().__init__()
        self.pooler = pooler

    def forward(self, x: Tensor, edge_index: Tensor, batch: Tensor) -> tuple[Any, ...]:
        """Rows, edges, their weights, the graph of each row, and losses."""
        found = self.pooler(x=x, adj=edge_index, batch=batch)
        losses = tuple((found.loss or {}).values())
        return (found.x, found.edge_index, found.edge_weight, found.batch, *losses)


class Aliased(Operator):
    """A pooler by its alias, such as `tgp:topk`.

    Raises UserError where it is not there, or another version than was expected.
    """

    def __init__(self, name: str, expected: str, arguments: Mapping[str, Any], width: int, clusters: int, ratio: float):
        if (found := version_of(name)) != expected:
            raise UserError(f"{name} is of {found} here, but the specification asks for {expected}. Install that.")
        super().__init__(name, Pooler, {}, width, clusters)
        alias, known = name.removeprefix(PREFIX), poolers()
        if alias not in known.pooler_map:
            raise UserError(f"{name} is no pooler of {found}. {nearest(alias, known.pooler_map)}")
        usual = {"in_channels": width, "k": clusters, "ratio": ratio, **SPARSE}
        self._make: Callable[[], nn.Module] = lambda: known.get_pooler(alias, **{**usual, **arguments})

    def make(self) -> nn.Module:
        """A new one; raises UserError where it takes other arguments, or needs what is not installed."""
        try:
            return Pooler(self._make())
        except Exception as error:  # of whoever wrote it
            raise UserError(f"{self.name} cannot be made: {type(error).__name__}: {error}.") from error


def poolers() -> Any:
    """The module `tgp.poolers`."""
    if importlib.util.find_spec(SCATTER) is None:
        sys.modules.setdefault(SCATTER, stand_in())
    return importlib.import_module("tgp.poolers")


def stand_in() -> ModuleType:
    """What torch-geometric-pool reads of torch_scatter."""
    module = ModuleType(SCATTER)
    module.__spec__ = importlib.util.spec_from_loader(SCATTER, None)
    module.__dict__["scatter"] = scatter
    for name, reduce in {"add": "sum", "mul": "prod", "max": "amax", "min": "amin"}.items():
        module.__dict__[f"scatter_{name}"] = _reducing(reduce)
    return module


def scatter(
    src: Tensor,
    index: Tensor,
    dim: int = -1,
    out: Tensor | None = None,
    dim_size: int | None = None,
    reduce: str = "sum",
) -> Tensor:
    """What of `src` goes to each place of `index` along a dimension, reduced (torch_scatter's `scatter`)."""
    how = {"add": "sum", "mul": "prod", "max": "amax", "min": "amin"}.get(reduce, reduce)
    places = index
    for _ in range(src.dim() - index.dim()):
        places = places.unsqueeze(-1)
    places = places.expand_as(src)
    if out is not None:
        return out.scatter_reduce_(dim, places, src, how)
    size = list(src.shape)
    size[dim] = dim_size if dim_size is not None else int(index.max()) + 1 if index.numel() else 0
    empty = torch.ones if how == "prod" else torch.zeros
    made = empty(size, dtype=src.dtype, device=src.device)
    return made.scatter_reduce(dim, places, src, how, include_self=how in ("sum", "prod"))


def _reducing(reduce: str) -> Callable[..., Tensor]:
    def reduced(
        src: Tensor, index: Tensor, dim: int = -1, out: Tensor | None = None, dim_size: int | None = None
    ) -> Tensor:
        return scatter(src, index, dim, out, dim_size, reduce)

    return reduced
