"""Weights of one seed of a stack in the plain dense network, and what both say of a batch.

The plain networks are those of `benchmarks/`. Both sides compute in double precision, so that the least that differs
shows.
"""

import importlib
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from plain_dense import DenseBefore, PlainDiffPool, PlainDiffPoolV2, PlainMinCut
from plain_memory import PlainGMN
from plain_pyg import to_pyg
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch_geometric.data import Batch

from repool.datasets.store import GraphStore
from repool.models.families import gmn, mincut
from repool.models.layers.batch_norm import BatchNorm
from repool.models.layers.graph_conv import GraphConv, SumConv
from repool.models.layers.linear import MLP, Linear
from repool.models.layers.sage import SageConv
from repool.models.network import Outcome, Shape, Streams
from repool.models.select.assignment import Fixed, Invariant
from repool.models.select.memory import Distance, Kernel
from repool.training.batches import Inputs, gather
from repool.training.streams import generator

CPU = torch.device("cpu")
PLAIN = {"diffpool": PlainDiffPool, "diffpool-v2": PlainDiffPoolV2, "gmn": PlainGMN, "mincut": PlainMinCut}

# Where a part of ours stands in the plain network, unless under the same name.
RENAMED = {"select": "assign", "gnn": "learned", "project": "linear"}


class Pair(NamedTuple):
    """A tensor of the stack, [seeds, ...], its counterpart, and how one seed's becomes the other."""

    name: str
    ours: Tensor
    plain: Tensor
    convert: Callable[[Tensor], Tensor]


def stack(options: dict[str, Any], store: GraphStore, seeds: int) -> nn.Module:
    """A family's network for seeds 0, 1, ..."""
    shape = Shape(store.inputs, store.outputs, int(np.diff(store.node_ptr).max()), store.atoms is not None)
    streams = Streams(*([generator(seed, use) for seed in range(seeds)] for use in ("initialisation", "assignment")))
    family = importlib.import_module(f"repool.models.families.{options['family'].replace('-', '_')}")
    network: nn.Module = family.Network(options, shape, streams)
    return network


def plain_twin(network: nn.Module, options: dict[str, Any], store: GraphStore, seed: int) -> nn.Module:
    """The plain dense network with the weights, fixed assignments and statistics of one seed of the stack."""
    shape = Shape(store.inputs, store.outputs, int(np.diff(store.node_ptr).max()))
    twin: nn.Module = PLAIN[options["family"]](options, shape)
    written = set()
    for pair in pairs(network, twin):
        pair.plain.data.copy_(pair.convert(pair.ours[seed].detach()))
        written.add(pair.plain.data_ptr())
    unused = (".merge.",) if options.get("heads") == 1 or options["select"] == "random" else ()
    unused += (".keys",) if options["select"] == "random" else ()
    left = [name for name, value in twin.named_parameters() if value.data_ptr() not in written]
    assert not [name for name in left if not any(part in f".{name}" for part in unused)], left
    return twin


def pairs(ours: Any, plain: Any, name: str = "") -> Iterator[Pair]:
    """Every tensor of ours beside its counterpart."""
    if name == "first" and isinstance(plain, DenseBefore):
        # Of one convolution we make no list.
        parts = getattr(ours, "convolutions", [getattr(ours, "conv", ours)])
        norms = getattr(ours, "norms", [ours.norm] if hasattr(ours, "norm") else [])
        for position, (part, counterpart) in enumerate(
            zip([*parts, *norms], [*plain.convolutions, *plain.norms], strict=True)
        ):
            yield from pairs(part, counterpart, f"{name}.{position}")
    elif isinstance(ours, SageConv) and ours.root:
        yield from halves(ours, plain.conv.lin_root, plain.conv.lin_rel, plain.conv.lin_root.bias, name)
    elif isinstance(ours, SageConv):
        yield Pair(f"{name}.W", ours.W, plain.weight, lambda W: W)
        yield Pair(f"{name}.b", ours.b, plain.bias, lambda b: b[0])
    elif isinstance(ours, SumConv | GraphConv):
        yield from halves(ours, plain.lin_root, plain.lin_rel, plain.lin_rel.bias, name)
    elif isinstance(ours, Linear):
        yield Pair(f"{name}.W", ours.W, plain.weight, lambda W: W.T)
        yield Pair(f"{name}.b", ours.b, plain.bias, lambda b: b[0])
    elif isinstance(ours, BatchNorm):
        yield Pair(f"{name}.scale", ours.scale, plain.norm.weight, lambda scale: scale[0])
        yield Pair(f"{name}.shift", ours.shift, plain.norm.bias, lambda shift: shift[0])
        yield Pair(f"{name}.running_mean", ours.running_mean, plain.norm.running_mean, lambda mean: mean[0])
        yield Pair(f"{name}.running_variance", ours.running_variance, plain.norm.running_var, lambda square: square[0])
    elif isinstance(ours, MLP):
        yield from pairs(ours.hidden, plain[0], f"{name}.hidden")
        yield from pairs(ours.output, plain[2], f"{name}.output")
    elif isinstance(ours, Kernel | Distance):
        heads = plain.heads
        yield Pair(f"{name}.K", ours.K, plain.keys, lambda K: K.unflatten(0, (heads, -1)))
        if ours.merge is not None:
            yield Pair(f"{name}.merge", ours.merge, plain.merge.weight, lambda merge: merge.view(1, heads, 1, 1))
    elif isinstance(ours, Fixed):
        yield Pair(f"{name}.S", ours.S, plain.drawn, lambda S: S[:-1].log())
    elif isinstance(ours, Invariant):
        yield Pair(f"{name}.R", ours.R, plain.drawn, lambda R: R)
    elif isinstance(ours, mincut.Assign):
        yield from pairs(ours.linear, plain.layer, f"{name}.linear")
    elif isinstance(ours, nn.ModuleList):
        for position, (part, counterpart) in enumerate(zip(ours, plain, strict=True)):
            yield from pairs(part, counterpart, f"{name}.{position}")
    elif isinstance(ours, gmn.Network):
        for part in ("convolutions", "norm", "mlp"):
            yield from pairs(getattr(ours, part), getattr(plain, part), part)
        yield from pairs(ours.select, plain.memories, "select")
        yield from pairs(ours.linear, nn.ModuleList(memory.linear for memory in plain.memories), "linear")
    else:
        assert isinstance(ours, nn.Module)
        for part, module in ours.named_children():
            yield from pairs(module, getattr(plain, RENAMED.get(part, part)), f"{name}.{part}" if name else part)


def halves(ours: Any, root: Any, neighbours: Any, bias: Tensor, name: str) -> Iterator[Pair]:
    """Of a convolution whose W holds the node's own weights above its neighbours'."""
    inputs = ours.W.size(1) // 2
    yield Pair(f"{name}.W1", ours.W, root.weight, lambda W: W[:inputs].T)
    yield Pair(f"{name}.W2", ours.W, neighbours.weight, lambda W: W[inputs:].T)
    yield Pair(f"{name}.b", ours.b, bias, lambda b: b[0])


def outcome(network: nn.Module, store: GraphStore, chosen: np.ndarray, unsupervised: bool = False) -> Outcome:
    """What the stack says of the chosen graphs [seeds, graphs]."""
    graphs, nodes = gather(store, chosen)
    plan = network.prepare(graphs, np.zeros(len(chosen), np.uint64), CPU)
    X = Inputs(store, CPU).X(nodes, len(chosen))
    return network.unsupervised(X, plan) if unsupervised else network(X, plan)


def plain_outcome(twin: nn.Module, store: GraphStore, chosen: np.ndarray) -> tuple[Tensor, Tensor | None]:
    """What the plain network says of one seed's graphs."""
    data = Batch.from_data_list(to_pyg(store, chosen))
    data.x = data.x.double()
    return twin(data)


def loss(outputs: Tensor, penalty: Tensor | None, y: np.ndarray) -> Tensor:
    """Mean cross entropy plus the penalty, of one seed."""
    supervised = cross_entropy(outputs, torch.from_numpy(y))
    return supervised if penalty is None else supervised + penalty
