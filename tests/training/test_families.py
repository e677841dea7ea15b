"""What holds for every family in training: blocks, seeds that leave, checkpoints, keys that move alone."""

from dataclasses import asdict

import numpy as np
import pytest
import torch

from families import MODELS, spec_for
from precision import assert_near
from repool.training import checkpoint
from repool.training.block import Block
from repool.training.plateau import Plateau

CPU = torch.device("cpu")
SOFT = [name for name in MODELS if name not in ("graclus", "complement", "global-mean")]


def advance(block: Block, steps: int) -> None:
    training = block.train()
    for _ in range(steps):
        next(training)


@pytest.mark.usefixtures("double_precision")
@pytest.mark.parametrize("name", SOFT)
def test_a_seed_alone_loses_the_same_as_in_a_block(toy_store, name):
    """In its first steps: later, batch norm and Adam let what rounding leaves grow as large as any other difference."""
    together, alone = (Block(spec_for(name), toy_store, seeds, CPU) for seeds in ([3, 4, 5], [5]))
    torch.testing.assert_close(together.optimiser.weights[2:], alone.optimiser.weights, rtol=0, atol=0)
    advance(together, 4), advance(alone, 4)
    assert_near(together.batch_losses[:4, 2:], alone.batch_losses[:4], "losses")


@pytest.mark.usefixtures("double_precision")
@pytest.mark.parametrize("name", SOFT)
def test_a_seed_goes_on_alike_in_a_block_that_another_seed_leaves(toy_store, name):
    leaving, staying = (Block(spec_for(name), toy_store, [3, 4, 5], CPU) for _ in range(2))
    leaving.live[0].plateau = Plateau(1e-3, best_score=2.0, best_epoch=-48, reference=2.0)
    while len(leaving.live) == 3:
        advance(leaving, leaving.batches), advance(staying, staying.batches)
    assert [run.seed for run in leaving.live] == [4, 5]
    assert [run.curves for run in leaving.live] == [run.curves for run in staying.live[1:]]
    np.testing.assert_array_equal(leaving.order, staying.order[1:])
    ours, theirs = (
        [*block.optimiser.state().values(), *block.network.buffers(), block.learning_rates]
        for block in (leaving, staying)
    )
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other[1:], rtol=0, atol=0)
    advance(leaving, 4), advance(staying, 4)
    assert_near(leaving.batch_losses[:4], staying.batch_losses[:4, 1:], "losses")


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("steps", [7, 31])
def test_a_restored_block_goes_on_bit_for_bit(toy_store, tmp_path, name, steps):
    """Seven steps end within the first epoch; 31 within the third, in which gmn gathers gradients for its keys."""
    whole, first, second = (Block(spec_for(name), toy_store, [0, 1], CPU) for _ in range(3))
    advance(whole, steps + 20), advance(first, steps)
    checkpoint.save(first, tmp_path / "checkpoint.pt", "key")
    checkpoint.restore(second, tmp_path / "checkpoint.pt", "key")
    advance(second, 20)
    for ours, theirs in zip(second.optimiser.state().values(), whole.optimiser.state().values(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=0)
    for ours, theirs in zip(second.network.buffers(), whole.network.buffers(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=0)
    assert second.live[0].curves == whole.live[0].curves
    assert second.live[0].inside is not None
    np.testing.assert_equal(asdict(second.live[0].inside), asdict(whole.live[0].inside))


@pytest.mark.parametrize("features", ["labels", "molecules", "one direction"])
@pytest.mark.parametrize("name", MODELS)
def test_a_run_is_the_same_bytes_in_every_block(toy_store, molecule_store, directed_store, name, features):
    """Also when others leave the block before it does, and with float32's rounding."""
    store = {"labels": toy_store, "molecules": molecule_store, "one direction": directed_store}[features]
    curves = []
    for seeds in ([5], [5, 1], [3, 4, 5, 6, 7]):
        block = Block(spec_for(name, max_epochs=6, stop_patience=2, batch=8), store, seeds, CPU)
        for _ in block.train():
            pass
        curves += [(run.curves, run.inside) for run in block.finished if run.seed == 5]
    for others, inside in curves[1:]:
        assert others == curves[0][0]
        np.testing.assert_equal(asdict(inside), asdict(curves[0][1]))


@pytest.mark.parametrize("name", MODELS)
def test_every_family_trains_on_molecules(molecule_store, name):
    block = Block(spec_for(name, max_epochs=2), molecule_store, [0, 1], CPU)
    advance(block, 2 * block.batches)
    assert [run.failure for run in block.finished] == [None, None]
    assert all(0 <= run.curves["test"][-1] <= 1 for run in block.finished)


def keys_and_rest(block: Block) -> tuple[torch.Tensor, torch.Tensor]:
    weights = block.optimiser.weights
    first = block.optimiser.apart.first
    return weights[:, first:].clone(), weights[:, :first].clone()


def test_supervised_epochs_move_all_but_the_keys_and_unsupervised_ones_the_keys_alone(toy_store):
    block = Block(spec_for("gmn"), toy_store, [0, 1], CPU)
    keys, rest = keys_and_rest(block)
    advance(block, 2 * block.batches)
    assert block.unsupervised
    assert torch.equal(keys, keys_and_rest(block)[0])
    assert not torch.equal(rest, keys_and_rest(block)[1])
    _, rest = keys_and_rest(block)
    advance(block, block.batches - 1)
    assert torch.equal(keys, keys_and_rest(block)[0]), "the epoch's gradients make one step, at its end"
    advance(block, 1)
    assert not torch.equal(keys, keys_and_rest(block)[0])
    assert torch.equal(rest, keys_and_rest(block)[1])
    assert not block.unsupervised


def test_frozen_keys_stay_and_the_unsupervised_epoch_moves_the_rest(toy_store):
    block = Block(spec_for("gmn-frozen"), toy_store, [0, 1], CPU)
    keys = [select.K.clone() for select in block.network.select]
    advance(block, 2 * block.batches)
    before = block.network.convolutions[0].W.clone()
    advance(block, block.batches)
    assert not torch.equal(before, block.network.convolutions[0].W)
    assert all(torch.equal(old, select.K) for old, select in zip(keys, block.network.select, strict=True))


@pytest.mark.parametrize("name", ["gmn-distance", "gmn-random"])
def test_the_simplified_gmns_have_no_unsupervised_epochs(toy_store, name):
    block = Block(spec_for(name), toy_store, [0], CPU)
    assert block.period == 0


def test_the_gradient_of_a_seed_is_clipped_on_its_own(toy_store):
    spec = spec_for("diffpool", gradient_clip=0.05)
    block, free = Block(spec, toy_store, [0, 1], CPU), Block(spec_for("diffpool"), toy_store, [0, 1], CPU)
    for one in (block, free):
        advance(one, 1)
    # After one step Adam's mean is a tenth of the gradient.
    ours, theirs = (10 * one.optimiser.together.mean.norm(dim=1) for one in (block, free))
    assert torch.all(theirs > 0.05)
    torch.testing.assert_close(ours, torch.full((2,), 0.05), rtol=1e-3, atol=0)


def test_random_twins_begin_with_the_same_weights_wherever_they_share_them(toy_store):
    """What an assignment draws comes from a stream of its own."""
    uniform, invariant = (Block(spec_for(name), toy_store, [4], CPU) for name in ("mincut-random", "mincut"))
    for name in ("first.W", "convolutions.1.W", "mlp.output.W"):
        ours, theirs = (block.network.get_parameter(name) for block in (uniform, invariant))
        assert ours.shape == theirs.shape
    torch.testing.assert_close(uniform.network.first.W, invariant.network.first.W, rtol=0, atol=0)
    np.testing.assert_array_equal(uniform.order, invariant.order)
