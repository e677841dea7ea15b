"""What must hold of soft-pooling networks, and what the appendices say of them."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from networks import GMN, MEMORIES, ONE_OF_EACH, SEEDS, batches, name_of, sharpened, trained
from plain import outcome, stack
from torch import Tensor, nn

from precision import EXACT, assert_near
from repool.datasets.store import GraphStore
from repool.training.optimiser import StackedAdam
from toys import make_store

pytestmark = pytest.mark.usefixtures("double_precision")


@pytest.mark.parametrize("options", ONE_OF_EACH, ids=name_of)
def test_a_graph_gives_the_same_output_alone_and_in_a_batch(options, stores):
    network = trained(options, stores["any"])
    chosen = batches(stores["any"])
    with torch.no_grad():
        together = outcome(network, stores["any"], chosen).outputs
        for position in range(chosen.shape[1]):
            alone = outcome(network, stores["any"], chosen[:, position : position + 1]).outputs
            assert_near(alone, together[:, position : position + 1], "alone", together.abs().max().item())


@pytest.mark.parametrize("options", ONE_OF_EACH, ids=name_of)
def test_rows_of_an_assignment_sum_to_one_on_nodes_and_to_zero_on_padding(options, stores):
    network = stack(options, stores["any"], SEEDS)
    seen = []
    for select in network.select:
        select.register_forward_hook(lambda _, inputs, S: seen.append((S, inputs[1].ranges.inside)))
    outcome(network, stores["any"], batches(stores["any"]))
    assert len(seen) == len(network.select)
    for S, inside in seen:
        assert (S >= 0).all()
        assert not (S * (inside == 0)).any()
        torch.testing.assert_close(S.sum(dim=2), inside.squeeze(2).expand(*S.shape[:2]), rtol=0, atol=EXACT)
    assert not seen[0][1].all(), "no row of this batch is padding"


@pytest.mark.parametrize("options", ONE_OF_EACH, ids=name_of)
def test_no_gradient_reaches_an_assignment_that_is_not_learned(options, stores):
    """That `invariant` sends none back into its features follows from gradients that equal the plain ones."""
    network = stack(options, stores["any"], SEEDS)
    seen: list[Tensor] = []
    for select in network.select:
        select.register_forward_hook(lambda *called: seen.append(called[2]))
    outcome(network, stores["any"], batches(stores["any"]))
    learned = options["select"] in ("learned", "kernel", "distance")
    assert [S.requires_grad for S in seen] == [learned] * len(seen)
    if not learned:
        assert not list(network.select.parameters())


def test_keys_move_in_unsupervised_steps_alone_and_nothing_else_does_there(stores):
    network = stack({**GMN, "select": "kernel", "batchnorm": "nodes"}, stores["any"], SEEDS)
    assert (network.period, network.alone) == (5, ["select.0.K", "select.1.K"])
    optimiser = StackedAdam(network, None, network.alone)
    rates = torch.full((SEEDS, 1), 1e-3)

    def after(step: Callable[[], None]) -> set[str]:
        before = {name: parameter.detach().clone() for name, parameter in network.named_parameters()}
        step()
        return {name for name, parameter in network.named_parameters() if not torch.equal(parameter, before[name])}

    supervised = outcome(network, stores["any"], batches(stores["any"])).outputs.square().sum(dim=(1, 2))
    names = {name for name, _ in network.named_parameters()}
    # A last layer with one key has nothing to choose: neither its heads nor, unsupervised, its key get a gradient.
    assert after(lambda: optimiser.step(supervised, rates)) == names - {*network.alone, "select.1.merge"}
    unsupervised = outcome(network, stores["any"], batches(stores["any"]), unsupervised=True).penalty
    assert after(lambda: optimiser.backward_apart(unsupervised)) == set()
    assert after(lambda: optimiser.step_apart(rates)) == {"select.0.K"}


@pytest.mark.parametrize(("select", "keys"), [("kernel", "frozen-as-released"), ("distance", "learned")])
def test_keys_that_are_not_learned_are_no_parameters(select, keys, stores):
    network = stack({**GMN, "select": select, "batchnorm": "nodes", "keys": keys}, stores["any"], 1)
    assert network.alone == []
    assert all(not isinstance(part.K, nn.Parameter) for part in network.select)
    assert network.period == (5 if select == "kernel" else 0)


@pytest.mark.parametrize("options", ONE_OF_EACH, ids=name_of)
def test_invariance_is_as_appendix_C_has_it(options, stores):
    """The order of the nodes matters exactly where node i of every graph takes row i of a fixed random matrix.

    So DISTANCE is invariant (theorem 2), and so is DiffPool with S = softmax(X R) (theorem 1); RANDOM, of which the
    appendix does not speak, is not, no more than plain random DiffPool.
    """
    network = trained(options, stores["any"])
    everything = np.arange(stores["any"].graphs)[None].repeat(SEEDS, axis=0)
    with torch.no_grad():
        before = outcome(network, stores["any"], everything).outputs
        after = outcome(network, permuted(stores["any"]), everything).outputs
    if options["select"] in ("uniform", "normal", "bernoulli", "random"):
        assert ((before - after).abs().amax(dim=(1, 2)) > 1000 * EXACT * before.abs().amax(dim=(1, 2))).all()
    else:
        assert_near(after, before, "outputs of permuted graphs")


def permuted(store: GraphStore) -> GraphStore:
    """The same graphs, the nodes of each in another order."""
    random = np.random.default_rng(6)
    graphs, labels = [], np.empty_like(store.labels)
    for start, stop in zip(store.node_ptr, store.node_ptr[1:], strict=False):
        place = random.permutation(stop - start)
        labels[start + place] = store.labels[start:stop]
        edges = [
            (int(place[source - start]), int(place[target - start]))
            for target in range(start, stop)
            for source in store.in_idx[store.in_ptr[target] : store.in_ptr[target + 1]]
        ]
        graphs.append((int(stop - start), edges))
    return replace(make_store(graphs), labels=labels)


@pytest.mark.parametrize("memory", MEMORIES, ids=["three heads", "one head", "three layers"])
def test_identical_keys_make_the_unsupervised_loss_of_gmn_zero(memory, stores):
    """Appendix D: uniform assignments, which the loss was meant to avoid, are a perfect minimum of it."""
    network = sharpened(stack({**GMN, **memory, "select": "kernel", "batchnorm": "nodes"}, stores["any"], SEEDS))
    drawn = outcome(network, stores["any"], batches(stores["any"]), unsupervised=True).penalty
    with torch.no_grad():
        for select in network.select:
            K = select.K.unflatten(1, (select.heads, -1))
            K.copy_(K[:, :, :1].clone().expand_as(K))
    found = outcome(network, stores["any"], batches(stores["any"]), unsupervised=True).penalty
    found.sum().backward()
    assert (drawn > 0.01).all()
    assert (found.abs() < 1e-4).all()
    assert all(select.K.grad.abs().max() < 1e-3 for select in network.select)
