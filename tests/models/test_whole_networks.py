"""Every soft-pooling network against its plain dense form, seed by seed."""

import numpy as np
import plain_dense
import pytest
import torch
from networks import BATCHNORM, EVERY_NETWORK, MINCUT, ONE_OF_EACH, SEEDS, batches, name_of, sharpened, store_for
from plain import loss, outcome, pairs, plain_outcome, plain_twin, stack
from torch import Tensor, nn
from torch_geometric.nn import dense_mincut_pool
from torch_geometric.utils import to_dense_adj

from precision import assert_near
from repool.datasets.store import GraphStore
from repool.models.connect import diffpool, mincut
from repool.models.families.gmn import PURITY_WEIGHT
from repool.models.kernels.cluster_matrices import NOTHING

pytestmark = pytest.mark.usefixtures("double_precision")


def assert_equals_plain(options: dict, network: nn.Module, store: GraphStore, unsupervised: bool = False) -> None:
    """Outputs, penalty and the gradient of every parameter, in training mode."""
    chosen = batches(store)
    found = outcome(network, store, chosen, unsupervised)
    assert (found.penalty is None) == (not unsupervised and options["select"] != "learned")
    twins = [plain_twin(network, options, store, seed).train(network.training) for seed in range(SEEDS)]
    total = torch.zeros(())
    for seed, twin in enumerate(twins):
        outputs, penalty = plain_outcome(twin, store, chosen[seed])
        assert_near(found.outputs[seed], outputs, f"outputs of seed {seed}")
        ours = None if found.penalty is None else found.penalty[seed]
        if ours is None:
            penalty = None
        else:
            assert_near(ours, penalty, f"penalty of seed {seed}")
        loss(outputs, penalty, store.y[chosen[seed]]).backward()
        total = total + loss(found.outputs[seed], ours, store.y[chosen[seed]])
    total.backward()
    for seed, twin in enumerate(twins):
        beside = [pair for pair in pairs(network, twin) if isinstance(pair.ours, nn.Parameter)]
        largest = max(gradient_of(pair.plain).abs().max().item() for pair in beside)
        for pair in beside:
            what = f"gradient of {pair.name} of seed {seed}"
            found_gradient = pair.convert(gradient_of(pair.ours)[seed])
            assert_near(found_gradient, gradient_of(pair.plain), what, 0.01 * largest)


def gradient_of(parameter: Tensor) -> Tensor:
    return torch.zeros_like(parameter) if parameter.grad is None else parameter.grad


@pytest.mark.parametrize("options", EVERY_NETWORK, ids=name_of)
def test_a_training_pass_equals_the_plain_dense_network(options, stores):
    store = store_for(options, stores)
    assert_equals_plain(options, stack(options, store, SEEDS), store)


@pytest.mark.parametrize("options", [options for options in EVERY_NETWORK if options["family"] == "gmn"], ids=name_of)
def test_the_unsupervised_loss_equals_the_plain_one(options, stores):
    """Sharp assignments, for nearly uniform ones make the loss a small difference of large numbers.

    Only heads can be sharpened. Without several of them the loss is compared on the scale of those numbers.
    """
    network = sharpened(stack(options, stores["any"], SEEDS))
    if options["select"] == "kernel" and options["heads"] > 1:
        assert_equals_plain(options, network, stores["any"], unsupervised=True)
        return
    chosen = batches(stores["any"])
    found = outcome(network, stores["any"], chosen, unsupervised=True)
    for seed in range(SEEDS):
        _, penalty = plain_outcome(plain_twin(network, options, stores["any"], seed), stores["any"], chosen[seed])
        assert_near(found.penalty[seed], penalty, "penalty", scale=PURITY_WEIGHT * np.log(max(options["memory_keys"])))


@pytest.mark.parametrize("options", ONE_OF_EACH, ids=name_of)
def test_on_directed_graphs_a_node_reads_those_that_point_to_it(options, stores, monkeypatch):
    """As the sparse convolutions do; PyTorch Geometric's dense adjacency has the arcs the other way round."""
    monkeypatch.setattr(plain_dense, "to_dense_adj", lambda edges, graph: to_dense_adj(edges.flip(0), graph))
    assert_equals_plain(options, stack(options, stores["directed"], SEEDS), stores["directed"])


@pytest.mark.parametrize("over", BATCHNORM)
@pytest.mark.parametrize("options", ONE_OF_EACH, ids=name_of)
def test_evaluation_after_training_passes_equals_the_plain_dense_network(options, over, stores):
    options = {**options, "batchnorm": over} if options["family"] != "mincut" else options
    store = store_for(options, stores)
    network = stack(options, store, SEEDS)
    twins = [plain_twin(network, options, store, seed) for seed in range(SEEDS)]
    for first in (10, 20, 30):
        chosen = batches(store, first=first)
        outcome(network, store, chosen)
        for seed, twin in enumerate(twins):
            plain_outcome(twin, store, chosen[seed])
    network.eval()
    chosen = batches(store, first=40)
    with torch.no_grad():
        found = outcome(network, store, chosen)
        assert found.penalty is None
        for seed, twin in enumerate(twins):
            for pair in pairs(network, twin):
                assert_near(pair.convert(pair.ours[seed]), pair.plain, f"{pair.name} of seed {seed}")
            assert_near(found.outputs[seed], plain_outcome(twin.eval(), store, chosen[seed])[0], "outputs")


@pytest.fixture(params=[0, 15, 1000], ids=["through nodes", "one level through nodes", "by matrix"])
def form_of_clusters(request, monkeypatch):
    monkeypatch.setattr(mincut, "MOST_CLUSTERS_OF_A_MATRIX", request.param)


MINCUTS = [options for options in EVERY_NETWORK if options["family"] == "mincut"]


@pytest.mark.usefixtures("form_of_clusters")
@pytest.mark.parametrize("options", MINCUTS, ids=name_of)
def test_every_form_of_clusters_equals_the_plain_dense_network(options, stores):
    store = store_for(options, stores)
    assert_equals_plain(options, stack(options, store, SEEDS), store)


@pytest.mark.parametrize(
    "options", [options for options in EVERY_NETWORK if "diffpool" in options["family"]], ids=name_of
)
def test_averages_through_nodes_equal_the_plain_dense_network(options, stores, monkeypatch):
    monkeypatch.setattr(diffpool, "CLUSTERS_FOR_EACH_NODE", 0)
    store = store_for(options, stores)
    assert_equals_plain(options, stack(options, store, SEEDS), store)


@pytest.mark.usefixtures("form_of_clusters")
def test_a_graph_without_edges_adds_nothing_to_the_minCUT_loss(stores):
    """In the plain form it is 0 / 0 and makes the whole batch not a number; graph by graph the others still compare."""
    options = {**MINCUT, "select": "learned"}
    store = stores["any"]
    network = stack(options, store, SEEDS)
    chosen = batches(store, size=store.graphs)
    found = outcome(network, store, chosen)
    for seed in range(SEEDS):
        twin = plain_twin(network, options, store, seed)
        outputs, whole = plain_outcome(twin, store, chosen[seed])
        assert_near(found.outputs[seed], outputs, "outputs")
        assert whole is not None
        assert whole.isnan()
        expected = torch.stack([finite_penalty(twin, store, graph) for graph in chosen[seed]]).mean()
        assert_near(found.penalty[seed], expected, "penalty")
    (found.outputs.square().sum() + found.penalty.sum()).backward()
    assert all(parameter.grad.isfinite().all() for parameter in network.parameters())


def finite_penalty(twin: nn.Module, store: GraphStore, graph: int) -> Tensor:
    """The penalty of one graph, its minCUT losses counting nothing where they are 0 / 0."""
    losses = []
    pool = plain_dense.dense_mincut_pool

    def watched(*arguments):
        x, adj, cut, orthogonality = pool(*arguments)
        losses.append(cut.nan_to_num(0.0) + orthogonality)
        return x, adj, cut, orthogonality

    plain_dense.dense_mincut_pool = watched
    try:
        plain_outcome(twin, store, np.array([graph]))
    finally:
        plain_dense.dense_mincut_pool = pool
    return torch.stack(losses).sum()


@pytest.mark.usefixtures("form_of_clusters")
@pytest.mark.parametrize("sharper", [10, 30, 100])
def test_mincut_holds_where_nodes_have_decided_for_a_cluster(sharper, stores, monkeypatch):
    """Then clusters hardly touch each other: row sums of S^T A S without its diagonal are small differences."""
    monkeypatch.setattr(plain_dense, "dense_mincut_pool", plain_pool_of_decided)
    options = {**MINCUT, "select": "learned"}
    store = stores["with edges"]
    network = stack(options, store, SEEDS)
    with torch.no_grad():
        for parameter in network.select.parameters():
            parameter *= sharper
    chosen = batches(store)
    found = outcome(network, store, chosen)
    for seed in range(SEEDS):
        outputs, penalty = plain_outcome(plain_twin(network, options, store, seed), store, chosen[seed])
        assert penalty is not None
        assert_near(found.outputs[seed], outputs, f"outputs of seed {seed}")
        assert_near(found.penalty[seed], penalty, f"penalty of seed {seed}")


def plain_pool_of_decided(
    X: Tensor, A: Tensor, logits: Tensor, mask: Tensor | None = None
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """PyTorch Geometric's, but nothing is added to roots of row sums, and clusters with hardly any are alone."""
    X, _, cut, orthogonality = dense_mincut_pool(X, A, logits, mask)
    S = logits.softmax(dim=-1) if mask is None else logits.softmax(dim=-1) * mask.unsqueeze(-1)
    A = (S.mT @ A @ S) * (1 - torch.eye(S.size(-1)))
    sums = A.sum(dim=-1)
    roots = torch.where(sums > NOTHING, sums, torch.inf).sqrt()
    return X, A / roots.unsqueeze(-1) / roots.unsqueeze(-2), cut, orthogonality
