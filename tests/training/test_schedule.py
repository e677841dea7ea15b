"""The plateau schedule against torch's, the optimiser against torch's Adam."""

import numpy as np
import pytest
import torch

from precision import assert_near
from repool.models.layers.linear import Linear
from repool.training.optimiser import BETA_1, BETA_2, EPSILON, StackedAdam, _step_compiled
from repool.training.plateau import Plateau
from repool.training.streams import generator

PROTOCOL = {
    "learning_rate": 1e-3,
    "decay": 0.5,
    "decay_patience": 3,
    "lowest_learning_rate": 1e-4,
    "stop_patience": 12,
    "max_epochs": 100,
}


@pytest.mark.parametrize("sign", [1, -1])
def test_learning_rate_falls_as_torchs_ReduceLROnPlateau(sign):
    weight = torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.SGD([weight], lr=1e-3)
    torchs = torch.optim.lr_scheduler.ReduceLROnPlateau(optimiser, mode="max", factor=0.5, patience=3, min_lr=1e-4)
    ours = Plateau(1e-3)
    random = np.random.default_rng(0)
    for epoch in range(1, 100):
        score = sign * (0.5 + 0.4 * (1 - 0.97**epoch) + 0.02 * random.normal())
        torchs.step(score)
        ours.update(score, epoch, PROTOCOL)
        assert ours.learning_rate == pytest.approx(optimiser.param_groups[0]["lr"], rel=1e-12)
    assert ours.learning_rate < 1e-3


def test_best_epoch_needs_strict_improvement_and_stopping_counts_from_it():
    plateau = Plateau(1e-3)
    stopped = []
    for epoch, score in enumerate([0.5, 0.7, 0.7, *[0.6] * 20], start=1):
        plateau.update(score, epoch, PROTOCOL)
        stopped.append(plateau.stops(epoch, PROTOCOL))
    assert plateau.best_epoch == 2
    assert stopped.index(True) + 1 == 2 + 12


def test_stops_at_the_last_epoch_allowed():
    plateau = Plateau(1e-3)
    plateau.update(0.9, 100, PROTOCOL)
    assert plateau.stops(100, PROTOCOL)


@pytest.mark.usefixtures("double_precision")
def test_stacked_adam_equals_torchs_adam_seed_by_seed_also_after_one_left():
    stack = Linear(5, 3, [generator(seed, "initialisation") for seed in range(3)])
    singles = [torch.nn.Linear(5, 3) for _ in range(3)]
    for seed, single in enumerate(singles):
        with torch.no_grad():
            single.weight.copy_(stack.W[seed].T)
            single.bias.copy_(stack.b[seed, 0])
    rates = [1e-2, 1e-3, 3e-3]
    optimisers = [torch.optim.Adam(single.parameters(), lr=rate) for single, rate in zip(singles, rates, strict=True)]
    ours, random = StackedAdam(stack), torch.Generator().manual_seed(0)
    live = [0, 1, 2]
    for step in range(20):
        if step == 12:
            ours.keep([0, 2])
            live = [0, 2]
        X, target = torch.randn(3, 7, 5, generator=random), torch.randn(3, 7, 3, generator=random)
        losses = (stack(X[live]) - target[live]).square().sum(dim=2)
        ours.step(losses, torch.tensor([[rates[seed]] for seed in live]))
        for seed in live:
            optimisers[seed].zero_grad()
            (singles[seed](X[seed]) - target[seed]).square().sum().backward()
            optimisers[seed].step()
    for position, seed in enumerate(live):
        assert_near(stack.W[position], singles[seed].weight.T, f"weight of seed {seed}")
        assert_near(stack.b[position, 0], singles[seed].bias, f"bias of seed {seed}")


@pytest.mark.parametrize("steps", [1, 2, 1000])
def test_adam_in_single_precision_is_near_that_in_double(steps):
    """Every result within some units of single precision of what it is made of, term by term."""
    random, unit = np.random.default_rng(0), 8 * np.finfo(np.float32).eps
    weights, gradient, mean = (random.normal(size=(3, 40)).astype(np.float32) for _ in range(3))
    square, rates = random.random((3, 40)).astype(np.float32), np.array([[1e-2], [1e-3], [1e-4]], np.float32)
    gradient[:, ::3], mean[:, ::5], square[:, ::4] = 0, 0, 0
    single = [array.copy() for array in (weights, gradient, mean, square, rates)]
    exact = [array.astype(np.float64) for array in single]
    for buffers in (single, exact):
        _step_compiled(*buffers, steps, 0, 40)
    of_mean = BETA_1 * np.abs(mean) + (1 - BETA_1) * np.abs(gradient)
    scale = np.sqrt(exact[3] / (1 - BETA_2**steps)) + EPSILON
    step = rates / (1 - BETA_1**steps) * of_mean / scale
    for position, made_of in ((0, np.abs(weights) + step), (2, of_mean), (3, exact[3])):
        assert (np.abs(single[position] - exact[position]) <= unit * made_of).all()
    assert not single[1].any()
