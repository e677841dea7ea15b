"""Shuffled nodes are the same graphs, and which networks see a difference is as appendix C has it."""

import numpy as np
import pytest
import torch

from families import spec_for
from repool.training.batches import gather
from repool.training.block import Block
from repool.training.permutations import permuted

CPU = torch.device("cpu")


def arcs(graphs, nodes: np.ndarray) -> set[tuple[int, int, int]]:
    """(source, target, kind of bond) of every arc, by the dataset's nodes and the seed."""
    targets = np.repeat(np.arange(graphs.in_ptr.size - 1), np.diff(graphs.in_ptr))
    bonds = np.zeros(targets.size, int) if graphs.bonds is None else graphs.bonds
    return {
        (seed, nodes[source], nodes[target], bond)
        for seed, source, target, bond in zip(targets // graphs.rows, graphs.in_idx, targets, bonds, strict=True)
    }


@pytest.mark.parametrize("store_name", ["toy_store", "directed_store", "molecule_store"])
def test_a_permuted_batch_has_the_same_edges_between_the_same_nodes(store_name, request):
    store = request.getfixturevalue(store_name)
    chosen = np.stack([np.arange(12), np.arange(20, 32)])
    graphs, nodes = gather(store, chosen)
    moved, moved_nodes = permuted(graphs, nodes, np.array([3, 4], np.uint64))
    assert not np.array_equal(nodes, moved_nodes)
    assert arcs(moved, moved_nodes) == arcs(graphs, nodes)
    for seed in range(2):
        for start, stop in zip(graphs.graph_ptr[seed, :-1], graphs.graph_ptr[seed, 1:], strict=True):
            assert sorted(moved_nodes[start:stop]) == sorted(nodes[start:stop])
    if not graphs.symmetric:
        reversed_arcs = {(j, i) for i in range(moved.in_ptr.size - 1) for j in row(moved.in_ptr, moved.in_idx, i)}
        assert reversed_arcs == {
            (i, j) for i in range(moved.out_ptr.size - 1) for j in row(moved.out_ptr, moved.out_idx, i)
        }


def row(ptr: np.ndarray, idx: np.ndarray, i: int) -> list[int]:
    return idx[ptr[i] : ptr[i + 1]].tolist()


def test_every_order_of_three_nodes_is_as_likely(toy_store):
    graph = next(g for g in range(60) if toy_store.node_ptr[g + 1] - toy_store.node_ptr[g] == 3)
    graphs, nodes = gather(toy_store, np.array([[graph]]))
    counts: dict[tuple[int, ...], int] = {}
    stream = np.array([1], np.uint64)
    for _ in range(6000):
        order = tuple(permuted(graphs, nodes, stream)[1][:3].tolist())
        counts[order] = counts.get(order, 0) + 1
    assert len(counts) == 6
    assert max(counts.values()) < 1000 + 5 * 30  # five deviations of a binomial count


@pytest.mark.usefixtures("double_precision")
@pytest.mark.parametrize(
    ("name", "invariant"),
    [("diffpool", True), ("diffpool-invariant", True), ("diffpool-uniform", False), ("gmn-distance", True)],
)
def test_the_curve_over_permutations_follows_the_validation_score_where_the_network_is_invariant(
    toy_store, name, invariant
):
    block = Block(spec_for(name, permuted=True, max_epochs=3, learning_rate=0.03), toy_store, [0, 1, 2], CPU)
    outcomes = []
    for _ in block.train():
        pass
    for run in block.finished:
        assert len(run.curves["permuted"]) == 3
        outcomes.append(run.curves["permuted"] == run.curves["validation"])
    assert all(outcomes) or not invariant


def test_permutations_change_nothing_else(toy_store):
    with_them, without = (
        Block(spec_for("diffpool-uniform", permuted=value, max_epochs=3), toy_store, [0], CPU)
        for value in (True, False)
    )
    for block in (with_them, without):
        for _ in block.train():
            pass
    ours, theirs = with_them.finished[0].curves, without.finished[0].curves
    assert set(ours) - set(theirs) == {"permuted"}
    assert all(ours[name] == curve for name, curve in theirs.items())
