"""How far rounding parts a training: against twins that are made one by one, and in double precision."""

import json
from itertools import islice

import numpy as np
import pytest
import torch

from precision import double
from repool.training.block import Block
from repool.training.rounding import TWINS, first_losses, nudge, parted, relative
from toys import spec_of, write_store

CPU = torch.device("cpu")
SPEC = spec_of("graclus", max_epochs=2)
RESTLESS = spec_of("graclus", max_epochs=2, learning_rate=0.3, batch=2)


@pytest.fixture(scope="module")
def data(campaign):
    return campaign / "data" / "TOY"


def test_a_nudge_is_the_last_digit_up_or_down_or_nothing():
    weights = torch.randn(3, 400)
    weights[0, :9] = 0
    before = weights.clone()
    nudge(weights, np.random.default_rng(0))
    up, down = (torch.from_numpy(np.nextafter(before.numpy(), np.float32(end))) for end in (np.inf, -np.inf))
    for moved in (weights == up, weights == before, weights == down):
        assert 0.25 < moved.double().mean() < 0.42
    assert ((weights == up) | (weights == before) | (weights == down)).all()


def test_the_first_losses_are_those_that_a_sidecar_has(toy_store, campaign):
    (own,) = first_losses(Block(SPEC, toy_store, [1], CPU))
    timing = json.loads((campaign / "runs" / "TOY" / "graclus" / "seed-01.timing.json").read_text())
    assert own == pytest.approx(timing["first_losses"], rel=1e-6)
    assert len(own) > 5


def test_it_is_the_furthest_of_twins_that_train_alone(toy_store, data):
    stream, found = np.random.default_rng(1), []
    (own,) = first_losses(Block(RESTLESS, toy_store, [1], CPU))
    growing = list(islice(parted(RESTLESS, 1, data, "cpu"), 2))
    for said in growing:
        weights = Block(RESTLESS, toy_store, [1], CPU).optimiser.weights.repeat(TWINS, 1)
        nudge(weights, stream)
        for row in weights:
            twin = Block(RESTLESS, toy_store, [1], CPU)
            twin.optimiser.weights.copy_(row)
            found.append(abs(first_losses(twin)[0] / own - 1))
        assert said == pytest.approx(np.maximum.accumulate(np.max(found, axis=0)), rel=5e-3)
    assert len(growing) == 2
    assert growing[0] != growing[1]


def test_a_distance_is_at_most_the_loss_and_nothing_where_it_is_no_number():
    own = np.array([1.0, 2.0, 0.0, 1.0, np.nan])
    twins = np.array([[1.5, 9.0, 1.0, np.inf, 1.0], [1.0, 1.9, 0.0, np.nan, np.nan]])
    assert relative(twins, own) == pytest.approx(np.array([[0.5, 1, 0, 0, 0], [0, 0.05, 0, 0, 0]]))


def test_it_is_rounding_that_parts_them(data):
    single = next(parted(SPEC, 0, data, "cpu"))
    with double():
        exact = next(parted(SPEC, 0, data, "cpu"))
    assert 0 < exact[-1] < 1e-6 * single[-1] < 1e-9


def test_an_epoch_of_one_step_has_no_first_losses(toy_store, tmp_path):
    data = write_store(toy_store, tmp_path / "TOY")
    assert next(parted(spec_of("graclus", batch=60), 0, data, "cpu")) == []
