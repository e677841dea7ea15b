"""A training epoch around an operator of PyTorch Geometric: this trainer's adapter against a plain loop, in one run.

    python benchmarks/around_operators.py --data results/cpu/data/PROTEINS

Both train the same network (two GraphConv, the operator, a third, the mean, an MLP) with Adam on batches of the same
size, alternately, an epoch each, on one thread of one process; the fastest epoch counts, the first of each does not.
Prints the ratios and writes benchmarks/results/around_operators.csv. The adapter is to cost at most 1.5 times the loop.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import torch
from plain_pyg import to_pyg
from torch import nn
from torch_geometric import nn as pyg
from torch_geometric.loader import DataLoader
from torch_geometric.utils import to_dense_adj, to_dense_batch

from repool.datasets.loading import load
from repool.datasets.store import GraphStore
from repool.models.operators.found import version_of
from repool.training import device
from repool.training.block import Block
from repool.training.splits import split

BATCH, HIDDEN, RATIO = 64, 64, 0.5
TARGET = 1.5
SPARSE = ("TopKPooling", "SAGPooling", "ASAPooling", "EdgePooling")
DENSE = {"dense_mincut_pool": 0.1}
PROTOCOL = {"learning_rate": 1e-3, "lowest_learning_rate": 1e-5, "decay": 0.5, "decay_patience": 10}
PROTOCOL |= {"stop_patience": 50, "max_epochs": 1000, "gradient_clip": None, "permuted": False, "batch": BATCH}


class Plain(nn.Module):
    """The network in plain PyTorch Geometric."""

    def __init__(self, name: str, inputs: int, outputs: int, clusters: int):
        super().__init__()
        self.before = nn.ModuleList([pyg.GraphConv(inputs, HIDDEN), pyg.GraphConv(HIDDEN, HIDDEN)])
        self.name, self.dense = name, name in DENSE
        self.assign = pyg.GraphConv(HIDDEN, clusters) if self.dense else None
        self.pool = getattr(pyg, name) if self.dense else getattr(pyg, name)(HIDDEN)
        self.after = pyg.DenseGraphConv(HIDDEN, HIDDEN) if self.dense else pyg.GraphConv(HIDDEN, HIDDEN)
        self.mlp = nn.Sequential(nn.Linear(HIDDEN, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, outputs))

    def forward(self, batch) -> tuple[torch.Tensor, torch.Tensor | float]:
        x, edges, graph = batch.x, batch.edge_index, batch.batch
        for conv in self.before:
            x = conv(x, edges).relu()
        if self.dense:
            rows, mask = to_dense_batch(x, graph)
            logits, _ = to_dense_batch(self.assign(x, edges), graph)
            x, A, *losses = self.pool(rows, to_dense_adj(edges, graph), logits, mask)
            return self.mlp(self.after(x, A).relu().mean(dim=1)), sum(losses)
        if self.name == "EdgePooling":
            (x, edges, graph, _), weight = self.pool(x, edges, graph), None
        else:
            x, edges, weight, graph, *_ = self.pool(x, edges, None, graph)
        return self.mlp(pyg.global_mean_pool(self.after(x, edges, weight).relu(), graph, batch.num_graphs)), 0.0


def plain_epochs(name: str, store: GraphStore, clusters: int) -> Callable[[], float]:
    """What trains one epoch and says how many seconds it took."""
    network = Plain(name, store.inputs, store.outputs, clusters)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    loader = DataLoader(to_pyg(store, split(store, 0)[0]), batch_size=BATCH, shuffle=True)

    def epoch() -> float:
        network.train()
        started = time.perf_counter()
        for batch in loader:
            optimiser.zero_grad()
            outputs, penalty = network(batch)
            (nn.functional.cross_entropy(outputs, batch.y) + penalty).backward()
            optimiser.step()
        return time.perf_counter() - started

    return epoch


def our_epochs(name: str, store: GraphStore) -> Callable[[], float]:
    """The same of the adapter."""
    operator = f"torch_geometric.nn.{name}"
    options = {"operator": operator, "version": version_of(operator), "arguments": {}, "ratio": DENSE.get(name, RATIO)}
    model = {"family": "operator", **options, "convolutions": 2, "hidden": HIDDEN}
    block = Block({"dataset": "", "model": model, "training": PROTOCOL}, store, [0], torch.device("cpu"))
    (run,), training = block.live, block.train()

    def epoch() -> float:
        before = run.training_seconds
        while not next(training):
            pass
        return run.training_seconds - before

    return epoch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="a prepared dataset with node labels")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/around_operators.csv"))
    parser.add_argument("--epochs", type=int, default=6, help="of each side, the first not counted")
    options = parser.parse_args()
    device.prepare()
    store, rows = load(options.data), []
    clusters = -(-int((store.node_ptr[1:] - store.node_ptr[:-1]).max()) // 10)
    for name in (*SPARSE, *DENSE):
        sides = {"repool": our_epochs(name, store), "plain": plain_epochs(name, store, clusters)}
        seconds: dict[str, list[float]] = {side: [] for side in sides}
        for _ in range(options.epochs):
            for side, epoch in sides.items():
                seconds[side].append(epoch())
        ours, plain = (min(seconds[side][1:]) for side in ("repool", "plain"))
        rows.append(
            {
                "dataset": store.card["dataset"],
                "operator": name,
                "batch": BATCH,
                "repool_s_per_epoch": round(ours, 3),
                "plain_s_per_epoch": round(plain, 3),
                "cost": round(ours / plain, 2),
                "target": TARGET,
            }
        )
        pd.DataFrame(rows).to_csv(options.out, index=False)
    print(pd.DataFrame(rows).to_string(index=False))


if __name__ == "__main__":
    main()
