"""Small datasets and specs for tests."""

import json
from pathlib import Path

import numpy as np

from repool.datasets.arrays import content_sha256, write
from repool.datasets.store import GraphStore
from repool.schemas.card import sealed


def make_store(graphs: list[tuple[int, list[tuple[int, int]]]], directed: bool = False, seed: int = 0) -> GraphStore:
    """A classification dataset in memory from (number of nodes, edges i -> j where j sums over i) of each graph."""
    random = np.random.default_rng(seed)
    node_ptr = np.cumsum([0] + [nodes for nodes, _ in graphs])
    sums_over: list[set[int]] = [set() for _ in range(node_ptr[-1])]
    reaches: list[set[int]] = [set() for _ in range(node_ptr[-1])]
    for start, (_, edges) in zip(node_ptr, graphs, strict=False):
        for i, j in edges if directed else [*edges, *((j, i) for i, j in edges)]:
            sums_over[start + j].add(start + i)
            reaches[start + i].add(start + j)
    in_ptr, in_idx = compressed(sums_over)
    out_ptr, out_idx = compressed(reaches) if directed else (in_ptr, in_idx)
    card = {
        "dataset": "TOY",
        "metric": "accuracy",
        "split": "stratified",
        "features": {"kind": "labels", "count": 4},
        "classes": 2,
        "directed": directed,
        "content_sha256": "0" * 64,
    }
    labels = random.integers(0, 4, node_ptr[-1]).astype(np.int32)
    y = np.arange(len(graphs)) % 2
    return GraphStore(card, node_ptr, in_ptr, in_idx, out_ptr, out_idx, labels, None, y, None)


def compressed(rows: list[set[int]]) -> tuple[np.ndarray, np.ndarray]:
    ptr = np.cumsum([0] + [len(row) for row in rows])
    return ptr, np.array([other for row in rows for other in sorted(row)], np.int32)


def random_graph(nodes: int, share: float, random: np.random.Generator) -> tuple[int, list[tuple[int, int]]]:
    return nodes, [(i, j) for i in range(nodes) for j in range(i) if random.random() < share]


def spec_of(select: str, **training: float) -> dict:
    """A spec for the toy dataset; `global-mean` or a matching."""
    model = {"family": "graclus", "select": select, "layers": 3, "hidden": 16, "first": "sum"}
    if select == "global-mean":
        model = {"family": "global-mean", "convolutions": 3, "hidden": 16}
    protocol = {
        "batch": 4,
        "learning_rate": 1e-3,
        "lowest_learning_rate": 1e-5,
        "decay": 0.5,
        "decay_patience": 10,
        "stop_patience": 50,
        "max_epochs": 1000,
        "gradient_clip": None,
        "permuted": False,
    }
    return {"dataset": "TOY", "model": model, "training": {**protocol, **training}}


def write_store(store: GraphStore, folder: Path) -> Path:
    """Put a store on disk as a prepared dataset."""
    names = ("node_ptr", "in_ptr", "in_idx", "labels", "y", *(("out_ptr", "out_idx") if store.directed else ()))
    contents = {name: getattr(store, name) for name in names}
    arcs = len(store.in_idx)
    edges = arcs if store.directed else arcs // 2
    card = {
        **store.card,
        "task": "classification",
        "graphs": store.graphs,
        "nodes": store.nodes,
        "arcs": arcs,
        "edges": edges,
        "avg_nodes": store.nodes / store.graphs,
        "avg_edges": edges / store.graphs,
        "dropped": {"self_loops": 0, "duplicate_edges": 0, "empty_graphs": 0},
        "status": "exact",
        "note": "",
        "licence": "none",
        "source": [],
        "verified_parts": [],
        "expected": {},
        "options": {},
        "content_sha256": content_sha256(contents),
    }
    write(folder, contents, sealed(card))
    return folder


def train_graclus(data: Path, out: Path, seeds: str = "0-1", **protocol: float) -> int:
    """Train two epochs of graclus by the command line, with the activations of seed 0; the exit code."""
    from repool.cli import main

    spec = json.dumps(spec_of("graclus", **{"max_epochs": 2, **protocol}))
    files = ["--data", str(data), "--out", str(out), "--activations", "0"]
    return main(["train", "--spec", spec, "--seeds", seeds, *files, "--device", "cpu"])
