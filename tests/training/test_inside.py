"""What runs tell of their networks' insides: variances by hand, the appendices, and what it must not move."""

import json
from dataclasses import asdict

import numpy as np
import pytest
import torch

from families import MODELS, spec_for
from precision import EXACT
from repool.models.network import Embedding
from repool.training.block import Block
from repool.training.inside import EXAMPLES, homogeneity, look, moments
from repool.training.run import train
from toys import make_store, random_graph, write_store

CPU = torch.device("cpu")


def trained_for(name: str, store, epochs: int) -> Block:
    block = Block(spec_for(name), store, [0, 1], CPU)
    training = block.train()
    for _ in range(epochs * block.batches):
        next(training)
    return block


def test_the_shares_within_graphs_are_those_of_an_analysis_of_variance():
    random = np.random.default_rng(3)
    sizes = [[3, 1, 6], [2, 5, 2]]
    groups = [[random.normal(graph, 0.5, (size, 4)).astype(np.float32) for graph, size in enumerate(s)] for s in sizes]
    Z = np.full((2, 12, 4), 77, np.float32)  # rows that are left over are padding and must not count
    for seed, graphs in enumerate(groups):
        Z[seed, : sum(sizes[seed])] = np.concatenate(graphs)
    ptr = np.array([[0, 3, 4, 10], [12, 14, 19, 21]], np.int32)
    found = moments(Embedding(torch.from_numpy(Z), ptr)).numpy()
    for seed, graphs in enumerate(groups):
        X = np.concatenate(graphs).astype(np.float64)
        within = sum(((g - g.mean(axis=0, dtype=np.float64)) ** 2).sum() for g in graphs)
        matrices = sum(((g - g.mean(dtype=np.float64)) ** 2).sum() for g in graphs)
        seen = homogeneity(found[seed], 3)
        assert seen.rows == sum(sizes[seed]) / 3
        assert seen.share == pytest.approx(within / ((X - X.mean(axis=0)) ** 2).sum(), rel=1e-9)
        assert seen.share_of_matrix == pytest.approx(within / matrices, rel=1e-9)


@pytest.mark.parametrize(
    ("rows", "share", "share_of_matrix"),
    [
        ([[1.0, 2.0], [1.0, 2.0], [5.0, 4.0], [5.0, 4.0]], 0.0, 0.0),  # bars, and graphs differ
        ([[1.0, 5.0], [3.0, 5.0], [3.0, 5.0], [1.0, 5.0]], 1.0, 2 / 11),  # graphs have the same mean
        ([[1.0, 3.0], [1.0, 3.0], [1.0, 3.0], [1.0, 3.0]], None, 0.0),  # bars, the same in all graphs
        ([[2.0, 2.0], [2.0, 2.0], [2.0, 2.0], [2.0, 2.0]], None, None),
    ],
)
def test_the_shares_within_graphs_by_hand(rows, share, share_of_matrix):
    """In the second, entries have the mean 3.5 and 6.25 + 2.25 + 0.25 + 2.25 = 11, of which columns have 1 + 1."""
    found = homogeneity(moments(Embedding(torch.tensor([rows]), np.array([[0, 2, 4]], np.int32)))[0].numpy(), 2)
    assert (found.share, found.share_of_matrix) == pytest.approx((share, share_of_matrix))


@pytest.mark.parametrize("name", MODELS)
def test_looking_inside_moves_nothing(toy_store, name, monkeypatch):
    looked = trained_for(name, toy_store, 3)
    monkeypatch.setattr(Block, "_look_into_the_best", lambda _: None)
    blind = trained_for(name, toy_store, 3)
    assert [run.curves for run in looked.live] == [run.curves for run in blind.live]
    torch.testing.assert_close(looked.optimiser.weights, blind.optimiser.weights, rtol=0, atol=0)


@pytest.mark.parametrize("name", MODELS)
def test_activations_are_the_embeddings_of_the_first_test_graphs(toy_store, name):
    block = trained_for(name, toy_store, 1)
    (seen,) = look(block, [1], batch=4)
    assert seen.examples.tolist() == block.live[1].parts[2][:EXAMPLES].tolist()
    nodes = np.diff(toy_store.node_ptr)[seen.examples]
    assert [len(rows) for rows in seen.activations[0]] == nodes.tolist()
    assert all(np.isfinite(rows).all() for layer in seen.activations for rows in layer)
    assert len(seen.homogeneity) == len(seen.activations)


@pytest.mark.usefixtures("double_precision")
@pytest.mark.parametrize("name", [name for name in MODELS if name not in ("graclus", "complement")])
def test_homogeneity_does_not_depend_on_the_batches_it_is_summed_over(toy_store, name):
    """Of Graclus and Complement it does: matchings are drawn, graph after graph."""
    block = trained_for(name, toy_store, 1)
    by_two, at_once = (look(block, [0], batch)[0].homogeneity for batch in (2, 1000))
    for ours, theirs in zip(by_two, at_once, strict=True):
        assert asdict(ours) == pytest.approx(asdict(theirs), rel=EXACT, abs=EXACT)


@pytest.mark.usefixtures("double_precision")
def test_the_order_of_nodes_changes_what_the_appendix_says_it_does():
    """Theorems 1 and 2; not where node i takes row i of a fixed matrix, nor where a clustering goes by the order."""
    random = np.random.default_rng(5)
    store = make_store([random_graph(int(random.integers(8, 15)), 0.3, random) for _ in range(60)])
    moved = {name: look(trained_for(name, store, 1), [0], 64)[0].permutation for name in MODELS}
    for name in ("diffpool", "diffpool-invariant", "gmn", "gmn-distance", "mincut"):
        assert moved[name] < EXACT, name
    for name in ("graclus", "complement", "diffpool-uniform", "diffpool-v2-normal", "mincut-random"):
        assert moved[name] > 1000 * EXACT, name


def test_identical_keys_have_no_divergence_and_do_not_stay(toy_store):
    block = trained_for("gmn", toy_store, 1)
    before = block.optimiser.weights.clone()
    (seen,) = look(block, [0], 64)
    assert seen.divergence is not None
    learned, identical = seen.divergence
    assert learned > 5e-5
    assert abs(identical) < 1e-9
    torch.testing.assert_close(block.optimiser.weights, before, rtol=0, atol=0)
    assert look(trained_for("diffpool", toy_store, 1), [0], 64)[0].divergence is None


def test_one_seed_keeps_its_activations_beside_its_record(toy_store, tmp_path):
    data, out = write_store(toy_store, tmp_path / "toy"), tmp_path / "runs" / "TOY" / "gmn"
    assert train(spec_for("gmn"), [0, 1], out, data, "cpu", activations=1) == 0
    assert [path.name for path in out.glob("*.npz")] == ["seed-01.activations.npz"]
    kept = np.load(out / "seed-01.activations.npz")
    record = json.loads((out / "seed-01.json").read_text())
    assert len(kept.files) == 1 + EXAMPLES * len(record["inside"]["homogeneity"])
    assert kept["graphs"].dtype == np.int64
    sizes = np.diff(toy_store.node_ptr)[kept["graphs"]]
    assert [kept[f"activations_{graph}_0"].shape[0] for graph in range(EXAMPLES)] == sizes.tolist()
    assert record["inside"]["divergence"].keys() == {"learned", "identical"}
