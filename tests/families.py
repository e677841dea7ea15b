"""Every family with the options of config/paper.yaml, small, for tests that hold for all of them."""

from typing import Any

from toys import spec_of

SHARED = {"batchnorm": "nodes", "link_weight": 1.0}
SOFT = {"layers": 2, "hidden": 8, "mlp_hidden": 6, **SHARED}
DIFFPOOL = {"family": "diffpool", "sage": "root", "before": "one", **SOFT}
GMN = {"convolutions": 2, "query_hidden": 8, "memory_keys": [4, 1], "heads": 3, "hidden": 6, "batchnorm": "nodes"}
GMN |= {"activation": "relu", "keys": "learned", "period": 3}

MODELS: dict[str, dict[str, Any]] = {
    "graclus": {"family": "graclus", "select": "graclus", "layers": 3, "hidden": 16, "first": "sum"},
    "complement": {"family": "graclus", "select": "complement", "layers": 3, "hidden": 16, "first": "none"},
    "global-mean": {"family": "global-mean", "convolutions": 3, "hidden": 16},
    "graphsage": {"family": "graphsage", "convolutions": 2, "hidden": 8, "first": "sum"},
    "gin": {"family": "gin", "convolutions": 2, "hidden": 8},
    "diffpool": {**DIFFPOOL, "select": "learned", "first": "sage"},
    "diffpool-uniform": {**DIFFPOOL, "select": "uniform", "first": "sum", "before": "three"},
    "diffpool-invariant": {**DIFFPOOL, "select": "invariant", "first": "none", "sage": "loop-as-released"},
    "diffpool-v2": {"family": "diffpool-v2", "select": "learned", "first": "none", **SOFT},
    "diffpool-v2-normal": {"family": "diffpool-v2", "select": "normal", "first": "sum", **SOFT},
    "gmn": {"family": "gmn", "select": "kernel", **GMN},
    "gmn-frozen": {"family": "gmn", "select": "kernel", **GMN, "keys": "frozen-as-released"},
    "gmn-distance": {"family": "gmn", "select": "distance", **GMN},
    "gmn-random": {"family": "gmn", "select": "random", **GMN},
    "mincut": {"family": "mincut", "select": "learned", "convolutions": 1, "layers": 3, "hidden": 8},
    "mincut-random": {"family": "mincut", "select": "normal", "convolutions": 1, "layers": 3, "hidden": 8},
}


def spec_for(name: str, **training: Any) -> dict[str, Any]:
    """A spec of one of `MODELS` on the toy dataset."""
    return {**spec_of("graclus", **training), "model": MODELS[name]}
