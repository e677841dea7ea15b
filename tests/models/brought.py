"""Networks around poolings that somebody brings, small, for tests."""

from typing import Any

import numpy as np

from repool.datasets.store import GraphStore
from repool.models.operators.found import version_of
from toys import make_store, random_graph, spec_of

SMALL = {"convolutions": 2, "hidden": 8}


def operator(name: str, ratio: float = 0.5, **arguments: Any) -> dict[str, Any]:
    """The options of the family `operator`."""
    own = {"operator": name, "version": version_of(name), "arguments": arguments, "ratio": ratio}
    return {"family": "operator", **own, **SMALL}


def twin(select: str, pools: str = "nodes", ratio: float = 0.5) -> dict[str, Any]:
    """The options of the family `operator-twin`."""
    return {"family": "operator-twin", "select": select, "pools": pools, "ratio": ratio, **SMALL}


PYG = "torch_geometric.nn."
SPARSE = {name: operator(f"{PYG}{name}") for name in ("TopKPooling", "SAGPooling", "ASAPooling", "EdgePooling")}
DENSE = {name: operator(f"{PYG}{name}", 0.3) for name in ("dense_diff_pool", "dense_mincut_pool")}
DENSE["DMoNPooling"] = operator(f"{PYG}DMoNPooling", 0.3, channels="WIDTH", k="CLUSTERS")
TWINS = {
    "uniform": twin("uniform"),
    "normal": twin("normal"),
    "clusters-uniform": twin("uniform", "clusters"),
    "clusters-normal": twin("normal", "clusters", 0.3),
    "even-clusters": twin("normal", "even-clusters", 0.3),
    "complement": twin("complement"),
    "none": twin("none"),
}
BROUGHT = {**SPARSE, **DENSE, **TWINS}


def spec_for(options: dict[str, Any], **training: Any) -> dict[str, Any]:
    """A spec of such a network on the toy dataset."""
    return {**spec_of("graclus", **training), "model": options}


def edged_store() -> GraphStore:
    """Sixty graphs that all have edges, without which PyTorch Geometric's MinCutPool divides by zero."""
    random = np.random.default_rng(5)
    graphs = []
    for _ in range(60):
        nodes, edges = random_graph(int(random.integers(3, 15)), random.uniform(0.2, 0.9), random)
        graphs.append((nodes, edges or [(0, 1)]))
    return make_store(graphs)
