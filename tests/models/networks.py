"""Networks to test, with the graphs that they are tested on."""

from itertools import product

import numpy as np
import torch
from plain import outcome, stack
from torch import nn

from repool.datasets.store import GraphStore
from repool.models.select.memory import Kernel
from toys import random_graph

SEEDS = 3

POOLED = {"layers": 1, "hidden": 12, "mlp_hidden": 10, "link_weight": 1.0}
DIFFPOOL = {**POOLED, "family": "diffpool", "sage": "root", "before": "one", "first": "sage"}
DIFFPOOL_V2 = {**POOLED, "family": "diffpool-v2", "first": "none"}
GMN = {"family": "gmn", "convolutions": 2, "query_hidden": 12, "memory_keys": [6, 1], "heads": 3, "hidden": 10}
GMN |= {"activation": "relu", "keys": "learned", "period": 5}
MINCUT = {"family": "mincut", "convolutions": 1, "layers": 3, "hidden": 12}
BATCHNORM = ("nodes", "padded-as-released")
SAGES, BEFORES = ("root", "loop-as-released"), ("one", "one-activated", "three")
DIFFPOOL_SELECTS = ("learned", "uniform", "normal", "bernoulli", "invariant")
MEMORIES = ({"heads": 3, "memory_keys": [6, 1]}, {"heads": 1, "memory_keys": [5, 1]}, {"memory_keys": [8, 4, 1]})


def normalises_nodes(options: dict) -> bool:
    """Clusters, none of which is padding, are normalised too; MinCutPool normalises nothing."""
    return options["family"] in ("diffpool-v2", "gmn") or options.get("before", "one") != "one"


NETWORKS = [
    *({**DIFFPOOL, "select": select, "layers": layers} for select, layers in product(DIFFPOOL_SELECTS, (1, 2))),
    *({**DIFFPOOL_V2, "select": select, "layers": layers} for select, layers in product(DIFFPOOL_SELECTS[:4], (1, 2))),
    *({**GMN, "select": select, **memory} for select, memory in product(("kernel", "distance", "random"), MEMORIES)),
    *({**MINCUT, "select": select} for select in ("learned", "normal", "uniform")),
    *({**DIFFPOOL, "select": "learned", "first": "none", "sage": sage} for sage in SAGES),
    {**DIFFPOOL, "select": "uniform", "first": "none"},
    *({**DIFFPOOL, "select": "learned", "sage": sage, "before": before} for sage, before in product(SAGES, BEFORES)),
    *({**DIFFPOOL, "select": "uniform", "first": "sum", "before": before} for before in BEFORES),
    {**DIFFPOOL, "select": "learned", "layers": 2, "before": "three"},
    *({**DIFFPOOL, "select": select, "sage": "loop-as-released"} for select in DIFFPOOL_SELECTS),
    {**DIFFPOOL, "select": "learned", "first": "sum", "link_weight": 1000.0},
    {**DIFFPOOL_V2, "select": "learned", "first": "sum", "link_weight": 1000.0},
    {**GMN, "select": "kernel", "convolutions": 1},
    {**GMN, "select": "kernel", "activation": "leaky-as-released", "keys": "frozen-as-released"},
    {**MINCUT, "select": "learned", "layers": 4},
    {**MINCUT, "select": "learned", "convolutions": 2},
]
EVERY_NETWORK = [
    *({**options, "batchnorm": "nodes"} for options in NETWORKS),
    *({**options, "batchnorm": BATCHNORM[1]} for options in NETWORKS if normalises_nodes(options)),
]
ONE_OF_EACH = [
    *({**DIFFPOOL, "select": select, "batchnorm": "nodes", "layers": 2} for select in DIFFPOOL_SELECTS),
    *({**DIFFPOOL_V2, "select": select, "batchnorm": BATCHNORM[1]} for select in ("learned", "normal")),
    *({**GMN, "select": select, "batchnorm": "nodes"} for select in ("kernel", "distance", "random")),
    *({**MINCUT, "select": select} for select in ("learned", "normal")),
]


def name_of(options: dict) -> str:
    memory = ["x".join(map(str, (options["heads"], *options["memory_keys"])))] if "heads" in options else []
    shown = [options["family"], options["select"], *memory]
    varied = ("layers", "convolutions", "sage", "before", "first", "link_weight", "keys", "batchnorm")
    return "-".join([*shown, *(f"{key}={options[key]}" for key in varied if key in options)])


def sparse_graphs(seed: int, edgeless: bool) -> list[tuple[int, list[tuple[int, int]]]]:
    """Graphs of 2 to 40 nodes, one large and some with isolated nodes; where `edgeless`, also some without any edge."""
    random = np.random.default_rng(seed)
    sizes = [40, 33, 26, 2, 7, 12, 5, 18, 9, 6, 15, 21, 3, 11, 30, 8]
    graphs = [random_graph(nodes, min(1.0, 3 / nodes), random) for nodes in sizes]
    graphs = [(nodes, edges or [(1, 0)]) for nodes, edges in graphs]
    return [(1, []), (3, []), *graphs, (1, []), (2, [])] if edgeless else graphs


def store_for(options: dict, stores: dict[str, GraphStore]) -> GraphStore:
    """The minCUT loss of a graph without edges is 0 / 0 in the plain form: see the test of such graphs."""
    return stores["with edges" if (options["family"], options["select"]) == ("mincut", "learned") else "any"]


def batches(store: GraphStore, size: int = 10, first: int = 0) -> np.ndarray:
    """Each seed's own graphs, [seeds, size]; the first graph, which may be a single node, is in each."""
    draws = [
        np.random.default_rng(first + seed).permutation(np.arange(1, store.graphs))[: size - 1] for seed in range(SEEDS)
    ]
    return np.stack([np.append(draw, 0) for draw in draws])


def sharpened(network: nn.Module) -> nn.Module:
    """With heads whose weights are 100 times larger, where the assignment is by a kernel."""
    with torch.no_grad():
        for select in network.select:
            if isinstance(select, Kernel) and select.merge is not None:
                select.merge *= 100
    return network


def trained(options: dict, store: GraphStore) -> nn.Module:
    """A network in evaluation mode whose statistics have seen some batches."""
    network = stack(options, store, SEEDS)
    with torch.no_grad():
        for first in (10, 20, 30):
            outcome(network, store, batches(store, first=first))
    return network.eval()
