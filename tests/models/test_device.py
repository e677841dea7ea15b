"""What a CUDA device would run: the torch forms, held to the compiled ones, and a step without hidden transfers."""

import numpy as np
import pytest
import torch

from repool.training import scores
from repool.training.batches import gather
from repool.training.block import Block
from repool.training.optimiser import _step, _step_compiled
from toys import spec_of

META = torch.device("meta")


@pytest.mark.parametrize("select", ["graclus", "complement", "global-mean"])
def test_a_step_away_from_the_cpu_touches_nothing_on_it(toy_store, select):
    """On the meta device every tensor left on the CPU, and every value read back (.item(), nonzero), is an error."""
    block = Block(spec_of(select), toy_store, [0, 1], torch.device("cpu"))
    network = block.network.to(META)
    block.inputs.device = META
    for name in ("features", "labels", "targets"):
        setattr(block.inputs, name, getattr(block.inputs, name).to(META))
    chosen = block.order[:, :4]
    graphs, nodes = gather(toy_store, chosen)
    outcome = network(block.inputs.X(nodes, 2), network.prepare(graphs, block.pooling, META))
    losses = scores.losses(outcome.outputs, block.inputs.y(chosen))
    assert losses.shape == (2, 4)
    (losses.sum() / 4).backward()
    assert all(parameter.grad.device == META for parameter in network.parameters())
    buffers = [torch.empty(2, 50, device=META) for _ in range(4)]
    _step(*buffers, torch.empty(2, 1, device=META), 3)


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
            torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-7)
        assert not np.any(second[1].numpy())
