"""Every kernel equals its reference, in value and gradient, on awkward graphs; and runs where no memory is the CPU's.

Tensors that are zero on padding are masked before either side sees them, so their gradient on padding does not count.
"""

import importlib
import pkgutil
from collections.abc import Callable
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode

from precision import assert_near
from repool.datasets.store import GraphStore
from repool.models import kernels
from repool.models.connect.matching import coarsen
from repool.models.graphs import Graphs
from repool.models.kernels import (
    assignment_products,
    batch_norm,
    cluster_matrices,
    coupling_norm,
    cut_products,
    cut_sums,
    graph_convolution,
    linear,
    memory_assignment,
    messages,
    neighbours,
    pair_max,
    pooled_means,
    softmax,
    table_sums,
    unit_rows,
)
from repool.models.levels import Nodes
from repool.models.select.matching import match_neighbours
from repool.training.batches import gather
from toys import make_store, random_graph

pytestmark = pytest.mark.usefixtures("double_precision")

WIDTH, SEEDS = 5, 2


class Batch:
    """Graphs, and random tensors over their rows."""

    def __init__(self, graphs: Graphs):
        self.graphs, self.level = graphs, Nodes(graphs, torch.device("cpu"))
        self.A, self.ranges = self.level.A, self.level.ranges
        self.random = torch.Generator().manual_seed(0)

    def leaf(self, *shape: int) -> Tensor:
        return (torch.rand(shape, generator=self.random) - 0.3).requires_grad_()

    def X(self, width: int = WIDTH) -> Tensor:
        return self.leaf(self.graphs.seeds, self.graphs.rows, width)

    def S(self, clusters: int) -> Tensor:
        return self.X(clusters).exp() * self.ranges.inside

    def of_clusters(self, clusters: int, width: int = WIDTH) -> Tensor:
        return self.leaf(self.graphs.seeds, self.ranges.graphs * clusters, width)


class Case(NamedTuple):
    """A module of `repool.models.kernels`, one of its kernels, and what it is called with."""

    module: Any
    kernel: str
    arguments: Callable[[Batch], tuple]
    masked: bool = False  # values on padding mean nothing


def matrix(batch: Batch) -> Tensor:
    """Matrices of six clusters: one touches no other, one graph has no edge, one no edge between two of them."""
    alone = torch.ones(4, 6, 6)
    alone[0, 2, :2] = alone[0, 2, 3:] = alone[0, :2, 2] = alone[0, 3:, 2] = 0
    alone[1], alone[2] = torch.eye(6), 0
    return batch.leaf(4, 6, 6).exp() * alone


def bonds_of(batch: Batch) -> neighbours.Sparse:
    kinds = np.random.default_rng(0).integers(0, 60, batch.graphs.in_idx.size).astype(np.int32)
    return neighbours.Sparse(batch.A.rows, batch.A.transposed, kinds)


def statistics(batch: Batch, padded: bool, activated: bool) -> tuple:
    level, seeds = batch.level, batch.graphs.seeds
    count = level.padded_rows if padded else level.nodes
    return batch.X(), batch.leaf(seeds, 1, WIDTH), batch.leaf(seeds, 1, WIDTH), level.nodes, count, activated


def weights(batch: Batch, inputs: int) -> tuple[Tensor, Tensor]:
    return batch.leaf(batch.graphs.seeds, inputs, 7), batch.leaf(batch.graphs.seeds, 1, 7)


def memory(batch: Batch, heads: int, keys: int, by_distance: bool) -> tuple:
    merge = None if heads == 1 else batch.leaf(batch.graphs.seeds, heads, 1)
    return batch.X(), batch.leaf(batch.graphs.seeds, heads * keys, WIDTH), merge, batch.ranges, by_distance


def cut(batch: Batch, clusters: int) -> tuple[Tensor, Tensor]:
    S = batch.S(clusters)
    return S, batch.level.sum(S)


CASES = [
    *(Case(assignment_products, "pool", lambda b, k=k: (b.S(k), b.X(), b.ranges)) for k in (1, 3, 40)),
    *(Case(assignment_products, "spread", lambda b, k=k: (b.S(k), b.of_clusters(k), b.ranges)) for k in (1, 3, 40)),
    *(Case(assignment_products, "gram_norm", lambda b, k=k: (b.S(k), b.ranges)) for k in (1, 3, 40)),
    *(
        Case(batch_norm, "normalise", lambda b, case=case: statistics(b, *case), masked=True)
        for case in product((False, True), repeat=2)
    ),
    Case(cluster_matrices, "neighbourhoods", lambda b: (matrix(b), True)),
    Case(cluster_matrices, "neighbourhoods", lambda b: (0.2 * matrix(b), False)),
    Case(cluster_matrices, "normalised", lambda b: (matrix(b),)),
    *(Case(coupling_norm, "coupling_norm", lambda b, k=k: (b.S(k), b.A, b.ranges)) for k in (3, 40)),
    *(Case(cut_products, "cut_product", lambda b, k=k: (*cut(b, k), b.of_clusters(k), b.ranges)) for k in (3, 12)),
    *(Case(cut_sums, "cut_sums", lambda b, k=k: (*cut(b, k), b.X(1), b.ranges)) for k in (1, 7)),
    Case(cut_sums, "scaled_columns", lambda b: (b.S(4), b.leaf(b.graphs.seeds, b.ranges.graphs, 4), b.ranges)),
    Case(
        graph_convolution,
        "graph_convolution",
        lambda b: (b.X(), *weights(b, 2 * WIDTH), b.A, b.level.counts),
    ),
    *(
        Case(linear, "linear", lambda b, activated=activated: (b.X(), *weights(b, WIDTH), b.level.counts, activated))
        for activated in (False, True)
    ),
    *(
        Case(memory_assignment, "memory_assignment", lambda b, case=case: memory(b, *case))
        for case in product((1, 3), (1, 6), (False, True))
    ),
    Case(messages, "messages", lambda b: (b.X(), b.leaf(b.graphs.seeds, 60, WIDTH), bonds_of(b))),
    Case(neighbours, "neighbour_sums", lambda b: (b.X(), b.A)),
    *(Case(neighbours, "neighbour_means", lambda b, itself=itself: (b.X(), b.A, itself)) for itself in (True, False)),
    Case(pair_max, "pair_max", lambda b: (b.X().round(decimals=1), pairs_of(b))),
    *(Case(pooled_means, "degree_and_diagonal", lambda b, k=k: (b.S(k), b.A, b.ranges)) for k in (1, 7)),
    Case(
        pooled_means,
        "pooled_mean",
        lambda b: (b.S(7), b.of_clusters(7), 4 * b.of_clusters(7, 1), b.of_clusters(7, 1), b.A, b.ranges),
    ),
    *(Case(softmax, "softmax", lambda b, k=k: (20 * b.X(k), b.ranges)) for k in (1, 12, 40)),
    Case(table_sums, "table_sums", lambda b: (b.leaf(b.graphs.seeds, 11, WIDTH), table_rows(b))),
    Case(unit_rows, "unit_rows", lambda b: (b.X() * (b.X(1) > 0),)),
]


def pairs_of(batch: Batch) -> Any:
    return coarsen(batch.graphs, match_neighbours(batch.graphs, np.arange(batch.graphs.seeds, dtype=np.uint64)))[0]


def table_rows(batch: Batch) -> Tensor:
    """Three rows of a table of eleven for each node."""
    return torch.randint(11, (batch.graphs.seeds, batch.graphs.rows, 3), generator=batch.random, dtype=torch.int32)


def complete(nodes: int) -> tuple[int, list[tuple[int, int]]]:
    return nodes, [(i, j) for i in range(nodes) for j in range(i)]


@pytest.fixture(scope="module")
def awkward() -> dict[str, GraphStore]:
    random = np.random.default_rng(4)
    star = (60, [(i, 0) for i in range(1, 60)])
    return {
        "one node": make_store([(1, []), (1, []), (2, [])]),
        "no edge": make_store([(4, []), (3, []), (1, [])]),
        "isolated nodes": make_store([(9, [(1, 0), (5, 4)]), (6, [(3, 2)]), (2, [])]),
        "complete": make_store([complete(nodes) for nodes in (2, 7, 12)]),
        "one large": make_store([star, (3, [(1, 0)]), random_graph(45, 0.1, random)]),
    }


@pytest.fixture(params=["one node", "no edge", "isolated nodes", "complete", "one large", "many", "one direction"])
def batch(request, awkward, toy_store, directed_store) -> Batch:
    """Each seed has the same graphs in another order, or, of many, others and fewer rows than the next."""
    store = {**awkward, "many": toy_store, "one direction": directed_store}[request.param]
    graphs = min(store.graphs, 9)
    chosen = np.stack([np.random.default_rng(seed).permutation(store.graphs)[:graphs] for seed in range(SEEDS)])
    return Batch(gather(store, chosen)[0])


def name_of(case: Case) -> str:
    return case.kernel


def tensors(found: Any) -> list[Tensor]:
    return [found] if isinstance(found, Tensor) else list(found)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_kernel_equals_its_reference_in_value_and_gradient(case, batch):
    arguments = case.arguments(batch)
    moving = [value for value in arguments if isinstance(value, Tensor) and value.requires_grad]
    sides = [tensors(getattr(case.module, name)(*arguments)) for name in (case.kernel, f"{case.kernel}_reference")]
    inside = batch.ranges.inside if case.masked else torch.ones(())
    for position, (found, expected) in enumerate(zip(*sides, strict=True)):
        where = inside if found.dim() == 3 and found.size(1) == batch.graphs.rows else torch.ones(())
        assert_near(found * where, expected * where, f"value {position}")
        if not expected.requires_grad:
            continue
        weights = torch.rand(found.shape, generator=torch.Generator().manual_seed(1)) * where
        ours, theirs = (
            torch.autograd.grad((side * weights).sum(), moving, retain_graph=True, materialize_grads=True)
            for side in (found, expected)
        )
        for value, one, other in zip(moving, ours, theirs, strict=True):
            of_nodes = batch.ranges.inside if value.shape[1:2] == (batch.graphs.rows,) else torch.ones(())
            assert_near(one * of_nodes, other * of_nodes, f"gradient of value {position}")


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_kernel_away_from_the_cpu_touches_nothing_on_it(case, toy_store):
    """On the meta device every tensor left on the CPU, and every value read back, is an error."""
    on_cpu = Batch(gather(toy_store, np.arange(18).reshape(2, 9))[0])
    away = Nodes(on_cpu.graphs, torch.device("meta"))
    arguments = case.arguments(on_cpu)
    with FakeTensorMode(allow_non_fake_inputs=True):
        moved = [
            torch.empty_like(value, device="meta", requires_grad=value.requires_grad)
            if isinstance(value, Tensor)
            else away.ranges
            if value is on_cpu.ranges
            else value
            for value in arguments
        ]
        found = tensors(getattr(case.module, case.kernel)(*moved))
        assert {value.device.type for value in found} == {"meta"}
        sum(value.sum() for value in found if value.requires_grad).backward()


def references(module: str) -> set[str]:
    """The kernels of a module: those that it has a reference of."""
    made = vars(importlib.import_module(module)).items()
    own = {name for name, value in made if getattr(value, "__module__", "") == module}
    return {name.removesuffix("_reference") for name in own if name.endswith("_reference")}


@pytest.mark.parametrize("module", [module.name for module in pkgutil.iter_modules(kernels.__path__)])
def test_every_kernel_has_a_case(module):
    """So that a new one is held to its reference without anybody asking."""
    assert references(f"{kernels.__name__}.{module}") <= {case.kernel for case in CASES}
