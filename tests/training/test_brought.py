"""What holds in training for every pooling that somebody brings, as for the paper's own families."""

from dataclasses import asdict

import numpy as np
import pytest
import torch
from brought import BROUGHT, DENSE, edged_store, operator, spec_for

from repool.errors import UserError
from repool.training import checkpoint
from repool.training.block import Block

CPU = torch.device("cpu")
RANDOM = '''
import torch
from torch_geometric.nn import TopKPooling


class Dropping(TopKPooling):
    """TopK on features that are dropped at random."""

    def __init__(self, in_channels, ratio=0.5):
        super().__init__(in_channels, ratio)
        self.norm = torch.nn.BatchNorm1d(in_channels)

    def forward(self, x, edge_index, edge_attr=None, batch=None):
        x = torch.nn.functional.dropout(self.norm(x), 0.3, self.training)
        return super().forward(x, edge_index, edge_attr, batch)
'''


@pytest.fixture
def random_operator(tmp_path) -> dict:
    """An operator that draws from torch's global stream and has statistics of its own."""
    file = tmp_path / "dropping.py"
    file.write_text(RANDOM)
    return operator(f"{file}:Dropping")


def advance(block: Block, steps: int) -> None:
    training = block.train()
    for _ in range(steps):
        next(training)


def finished(block: Block) -> Block:
    for _ in block.train():
        pass
    return block


def assert_same_in_every_block(options: dict, store) -> None:
    """Also when others leave the block before it does."""
    found = []
    for seeds in ([5], [3, 4, 5]):
        block = finished(Block(spec_for(options, max_epochs=6, stop_patience=2, batch=8), store, seeds, CPU))
        found += [(run.curves, run.inside) for run in block.finished if run.seed == 5]
    (alone, inside_alone), (together, inside_together) = found
    assert alone == together
    np.testing.assert_equal(asdict(inside_alone), asdict(inside_together))


def assert_goes_on_bit_for_bit(options: dict, store, folder) -> None:
    whole, first, second = (Block(spec_for(options), store, [0, 1], CPU) for _ in range(3))
    advance(whole, 27), advance(first, 7)
    checkpoint.save(first, folder / "checkpoint.pt", "key")
    checkpoint.restore(second, folder / "checkpoint.pt", "key")
    advance(second, 20)
    for ours, theirs in zip(second.optimiser.state().values(), whole.optimiser.state().values(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=0)
    for ours, theirs in zip(second.network.buffers(), whole.network.buffers(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=0)
    assert second.live[0].curves == whole.live[0].curves


@pytest.mark.parametrize("name", BROUGHT)
def test_a_run_is_the_same_bytes_in_every_block(name):
    assert_same_in_every_block(BROUGHT[name], edged_store())


@pytest.mark.parametrize("name", BROUGHT)
def test_a_restored_block_goes_on_bit_for_bit(tmp_path, name):
    assert_goes_on_bit_for_bit(BROUGHT[name], edged_store(), tmp_path)


def test_so_it_is_where_the_operator_draws_and_has_statistics(toy_store, tmp_path, random_operator):
    assert_same_in_every_block(random_operator, toy_store)
    assert_goes_on_bit_for_bit(random_operator, toy_store, tmp_path)


def test_what_an_operator_draws_leaves_the_global_stream_where_it_was(toy_store, random_operator):
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    advance(Block(spec_for(random_operator), toy_store, [0], CPU), 3)
    torch.testing.assert_close(torch.rand(3), expected, rtol=0, atol=0)


@pytest.mark.parametrize("name", sorted(set(BROUGHT) - {"dense_mincut_pool", "DMoNPooling"}))
def test_it_trains_on_molecules_and_on_directed_graphs(molecule_store, directed_store, name):
    for store in (molecule_store, directed_store):
        block = finished(Block(spec_for(BROUGHT[name], max_epochs=2), store, [0, 1], CPU))
        assert [run.failure for run in block.finished] == [None, None]


@pytest.mark.parametrize("name", ["TopKPooling", *DENSE])
def test_what_decides_the_clusters_learns(name):
    block = Block(spec_for(BROUGHT[name]), edged_store(), [0], CPU)
    part = "stack" if block.network.assign is None else "assign"
    before = [weight.detach().clone() for weight in getattr(block.network, part).parameters()]
    advance(block, 3)
    after = getattr(block.network, part).parameters()
    assert all(not torch.equal(one, other) for one, other in zip(before, after, strict=True))


def test_another_version_of_an_operator_is_refused(toy_store, random_operator):
    with pytest.raises(UserError, match=r"is sha256 .* but the specification asks for sha256 0"):
        Block(spec_for({**random_operator, "version": "sha256 0"}), toy_store, [0], CPU)
