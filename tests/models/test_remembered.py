"""S^T A S of fixed assignments: made once for a graph, and never taken for another."""

import numpy as np
import pytest
import torch

from families import MODELS, spec_for
from precision import EXACT, assert_near
from repool.models.connect import remembered
from repool.models.connect.remembered import Couplings
from repool.models.levels import Nodes
from repool.models.select.assignment import DRAWS, Fixed
from repool.training.batches import gather
from repool.training.block import Block
from repool.training.permutations import permuted
from toys import make_store, random_graph

CPU = torch.device("cpu")

pytestmark = pytest.mark.usefixtures("double_precision")
FIXED = [name for name in MODELS if MODELS[name].get("select") in ("uniform", "normal", "bernoulli")]


def fixed(store, seeds: int) -> Fixed:
    most = int(np.diff(store.node_ptr).max())
    return Fixed(DRAWS["normal"], most, 4, [np.random.default_rng(seed) for seed in range(seeds)])


def test_a_graph_is_made_once_and_every_other_one_is_its_own(toy_store, monkeypatch):
    select, pooled = fixed(toy_store, 2), []
    connected = Couplings(select)
    pool = Nodes.pool
    monkeypatch.setattr(Nodes, "pool", lambda *arguments: pooled.append(1) or pool(*arguments))
    random = np.random.default_rng(0)
    order = np.stack([random.permutation(toy_store.graphs) for _ in range(2)])
    for epoch in range(2):
        for start in range(0, toy_store.graphs, 10):
            level = Nodes(gather(toy_store, order[:, start : start + 10])[0], CPU)
            S = select(torch.empty(0), level)
            found = connected(level, S)
            assert_near(found, level.pool(S, level.sum(S)), "S^T A S")
            pooled.pop()
        order = np.stack([random.permutation(part) for part in order])
        assert len(pooled) == (6 if epoch == 0 else 0)
        pooled.clear()


def test_graphs_whose_nodes_were_moved_are_not_taken_for_the_ones_they_come_from(toy_store):
    select, chosen = fixed(toy_store, 1), np.arange(toy_store.graphs)[None]
    connected = Couplings(select)
    graphs, nodes = gather(toy_store, chosen)
    moved, _ = permuted(graphs, nodes, np.array([5], np.uint64))
    couplings = []
    for level in (Nodes(graphs, CPU), Nodes(moved, CPU)):
        S = select(torch.empty(0), level)
        couplings.append(connected(level, S))
        assert_near(couplings[-1], level.pool(S, level.sum(S)), "S^T A S")
    assert not torch.equal(*couplings)


def test_graphs_of_another_dataset_are_not_taken_for_those_of_the_same_number(toy_store):
    random = np.random.default_rng(8)
    other = make_store([random_graph(6, 0.5, random) for _ in range(toy_store.graphs)])
    select, chosen = fixed(toy_store, 1), np.arange(toy_store.graphs)[None]
    connected = Couplings(select)
    for store in (toy_store, other, toy_store):
        level = Nodes(gather(store, chosen)[0], CPU)
        S = select(torch.empty(0), level)
        assert_near(connected(level, S), level.pool(S, level.sum(S)), "S^T A S")


@pytest.mark.parametrize("name", FIXED)
def test_training_is_the_same_where_too_much_would_have_to_be_remembered(toy_store, name, monkeypatch):
    def curves() -> list[dict]:
        block = Block(spec_for(name, max_epochs=4, stop_patience=2), toy_store, [0, 1, 2], CPU)
        for _ in block.train():
            pass
        return [run.curves for run in sorted(block.finished, key=lambda run: run.seed)]

    remembering = curves()
    monkeypatch.setattr(remembered, "MOST_BYTES", 0)
    for ours, theirs in zip(curves(), remembering, strict=True):
        assert ours == {name: pytest.approx(curve, rel=EXACT) for name, curve in theirs.items()}
