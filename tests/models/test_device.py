"""What a CUDA device would run: the torch forms, held to the compiled ones, and a step without hidden transfers."""

import numpy as np
import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from families import MODELS, spec_for
from precision import assert_near
from repool.datasets.store import GraphStore
from repool.models.connect import diffpool, mincut
from repool.training import scores
from repool.training.batches import gather
from repool.training.block import Block
from repool.training.optimiser import _step, _step_compiled

META = torch.device("meta")


OF_CLUSTERS = [name for name, model in MODELS.items() if model["family"] in ("diffpool", "diffpool-v2", "mincut")]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("molecules", [False, True])
def test_a_step_away_from_the_cpu_touches_nothing_on_it(toy_store, molecule_store, name, molecules):
    """On the meta device every tensor left on the CPU, and every value read back (.item(), nonzero), is an error."""
    step_on_meta(name, molecule_store if molecules else toy_store)


@pytest.mark.parametrize("name", OF_CLUSTERS)
def test_nor_does_one_through_nodes(toy_store, name, monkeypatch):
    monkeypatch.setattr(diffpool, "CLUSTERS_FOR_EACH_NODE", 0)
    monkeypatch.setattr(mincut, "MOST_CLUSTERS_OF_A_MATRIX", 0)
    step_on_meta(name, toy_store)


def step_on_meta(name: str, store: GraphStore) -> None:
    block = Block(spec_for(name), store, [0, 1], torch.device("cpu"))
    chosen, y = block.order[:, :4], block.inputs.y(block.order[:, :4])
    with FakeTensorMode(allow_non_fake_inputs=True):
        network = block.network.to(META)
        graphs, nodes = gather(store, chosen)
        X = torch.empty_like(block.inputs.X(nodes, 2), device=META)
        outcome = network(X, network.prepare(graphs, block.pooling, META))
        losses = scores.losses(outcome.outputs, y.to(META))
        assert losses.shape == (2, 4)
        loss = losses.mean(dim=1) if outcome.penalty is None else losses.mean(dim=1) + outcome.penalty
        loss.sum().backward()
        assert {parameter.grad.device for parameter in network.parameters() if parameter.grad is not None} == {META}
        buffers = [torch.empty(2, 50, device=META) for _ in range(4)]
        _step(*buffers, torch.empty(2, 1, device=META), 3)


@pytest.mark.parametrize("name", ["gmn", "gmn-frozen"])
def test_an_unsupervised_step_away_from_the_cpu_touches_nothing_on_it(toy_store, name):
    block = Block(spec_for(name), toy_store, [0, 1], torch.device("cpu"))
    with FakeTensorMode(allow_non_fake_inputs=True):
        network = block.network.to(META).eval()
        graphs, nodes = gather(toy_store, block.order[:, :4])
        X = torch.empty_like(block.inputs.X(nodes, 2), device=META)
        outcome = network.unsupervised(X, network.prepare(graphs, block.pooling, META))
        outcome.penalty.sum().backward()


@pytest.mark.usefixtures("double_precision")
def test_the_torch_form_of_adam_equals_the_compiled_one():
    random = torch.Generator().manual_seed(0)
    first = [torch.randn(3, 40, generator=random) for _ in range(3)] + [torch.rand(3, 40, generator=random)]
    first[3][:, ::3], first[1][:, ::3] = 0, 0
    second = [buffer.clone() for buffer in first]
    rates = torch.tensor([[1e-2], [1e-3], [1e-4]])
    for steps in (1, 2, 1000):
        gradient = torch.randn(3, 40, generator=random)
        first[1].copy_(gradient), second[1].copy_(gradient)
        _step(*first, rates, steps)
        _step_compiled(*(buffer.numpy() for buffer in second), rates.numpy(), steps, 0, 40)
        for ours, theirs in zip(first, second, strict=True):
            assert_near(ours, theirs, f"step {steps}")
        assert not np.any(second[1].numpy())
