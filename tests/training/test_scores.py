"""Scores against scikit-learn and OGB's evaluator."""

import sys

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from repool.training.scores import AreaUnderCurve


def made(ties: bool) -> tuple[torch.Tensor, torch.Tensor]:
    random = np.random.default_rng(3)
    outputs = random.integers(0, 6, (3, 200, 2)) if ties else random.normal(size=(3, 200, 2))
    return torch.from_numpy(outputs.astype(np.float32)), torch.from_numpy(
        (random.random((3, 200)) < 0.1).astype(np.int64)
    )


@pytest.mark.parametrize("ties", [False, True])
def test_the_area_under_the_curve_is_scikit_learns(ties):
    outputs, y = made(ties)
    found = AreaUnderCurve.score(outputs, y)
    expected = [roc_auc_score(y[seed], outputs[seed, :, 1]) for seed in range(3)]
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-12)


def test_the_area_under_the_curve_is_that_of_ogbs_evaluator(monkeypatch):
    monkeypatch.setitem(sys.modules, "outdated", None)  # ogb asks the network for a newer version of itself
    evaluate = pytest.importorskip("ogb.graphproppred.evaluate")
    outputs, y = made(ties=False)
    evaluator = evaluate.Evaluator("ogbg-molhiv")
    for seed, found in enumerate(AreaUnderCurve.score(outputs, y)):
        scored = evaluator.eval({"y_true": y[seed, :, None].numpy(), "y_pred": outputs[seed, :, 1:].numpy()})
        assert found.item() == pytest.approx(scored["rocauc"], rel=1e-12)
