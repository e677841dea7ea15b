"""Training computes in single precision: near what double precision gives, as near as each case allows.

Where assignments have decided, losses are differences and gradients go through roots, the same rounding does more. So
a bound is no constant: it is what happens in double precision if weights and whatever a part of the network gives are
moved by a few units of single precision, in random directions. A ReLU that rounding may switch is switched there too.
"""

from typing import NamedTuple

import pytest
import torch
from networks import EVERY_NETWORK, MINCUT, SEEDS, batches, name_of, sharpened, store_for
from plain import outcome, stack
from torch import Tensor, nn

from families import MODELS
from precision import double
from repool.datasets.store import GraphStore
from repool.models.connect import diffpool, mincut
from repool.training import scores

# So many roundings may add up between two places at which the bound's are made.
MOVED = 64 * torch.finfo(torch.float32).eps
DRAWS = 6


class Case(NamedTuple):
    """A network on a batch."""

    options: dict
    store: GraphStore
    unsupervised: bool = False
    sharper: int = 1


def network_of(case: Case) -> nn.Module:
    network = stack(case.options, case.store, SEEDS)
    with torch.no_grad():
        for parameter in network.select.parameters() if case.sharper > 1 else ():
            parameter *= case.sharper
    return sharpened(network) if case.unsupervised else network


def found(network: nn.Module, case: Case) -> dict[str, Tensor]:
    """Outputs, penalty and the gradient of every parameter, in training mode."""
    chosen = batches(case.store)
    said = outcome(network, case.store, chosen, case.unsupervised)
    losses = scores.losses(said.outputs, torch.from_numpy(case.store.y[chosen])).mean(dim=1)
    penalty = torch.zeros_like(losses) if said.penalty is None else said.penalty
    (losses + penalty).sum().backward()
    gradients = {name: value.grad for name, value in network.named_parameters() if value.grad is not None}
    return {"outputs": said.outputs.detach(), "penalty": penalty.detach(), **gradients}


def moved(network: nn.Module, random: torch.Generator) -> nn.Module:
    """The network, its weights and whatever its parts give moved by up to `MOVED`, relative to each entry."""

    def elsewhere(values: Tensor) -> Tensor:
        return values * (1 + MOVED * (2 * torch.rand(values.shape, generator=random) - 1))

    for values in network.state_dict().values():
        values.copy_(elsewhere(values))
    for module in network.modules():
        module.register_forward_hook(lambda _, __, gave: elsewhere(gave) if isinstance(gave, Tensor) else None)
    return network


def assert_near_double(case: Case) -> None:
    single = found(network_of(case), case)
    with double():
        exact, random = found(network_of(case), case), torch.Generator().manual_seed(0)
        others = [found(moved(network_of(case), random), case) for _ in range(DRAWS)]
    assert single.keys() == exact.keys()
    largest = max(values.abs().max().item() for name, values in exact.items() if name not in ("outputs", "penalty"))
    for name, values in exact.items():
        assert single[name].dtype == torch.float32
        assert values.dtype == torch.float64
        own = values.abs().max().item() if name in ("outputs", "penalty") else largest
        bound = max(MOVED * own, *((other[name] - values).abs().max().item() for other in others))
        apart = (single[name].double() - values).abs().max().item()
        assert apart <= bound, f"{name}: {apart:.1e} apart, where {bound:.1e} is to be expected"


def is_gmn(options: dict) -> bool:
    return options["family"] == "gmn"


@pytest.mark.parametrize("options", EVERY_NETWORK, ids=name_of)
def test_a_training_pass(options, stores):
    assert_near_double(Case(options, store_for(options, stores)))


@pytest.mark.parametrize("options", [each for each in EVERY_NETWORK if is_gmn(each)], ids=name_of)
def test_an_unsupervised_pass(options, stores):
    assert_near_double(Case(options, stores["any"], unsupervised=True))


@pytest.mark.parametrize("options", [each for each in EVERY_NETWORK if not is_gmn(each)], ids=name_of)
def test_a_training_pass_through_nodes(options, stores, monkeypatch):
    monkeypatch.setattr(diffpool, "CLUSTERS_FOR_EACH_NODE", 0)
    monkeypatch.setattr(mincut, "MOST_CLUSTERS_OF_A_MATRIX", 0)
    assert_near_double(Case(options, store_for(options, stores)))


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("store_name", ["directed_store", "molecule_store"])
def test_a_training_pass_of_every_family(name, store_name, request):
    assert_near_double(Case(MODELS[name], request.getfixturevalue(store_name)))


@pytest.mark.parametrize("most", [0, 15, 1000], ids=["through nodes", "one level through nodes", "by matrix"])
@pytest.mark.parametrize("sharper", [10, 30, 100])
def test_mincut_where_nodes_have_decided_for_a_cluster(sharper, most, stores, monkeypatch):
    monkeypatch.setattr(mincut, "MOST_CLUSTERS_OF_A_MATRIX", most)
    assert_near_double(Case({**MINCUT, "select": "learned"}, stores["with edges"], sharper=sharper))
