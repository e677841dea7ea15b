"""The whole of SMNIST against the paper's table S1: minutes of SLIC."""

import os
from pathlib import Path

import pytest

from repool.cli import main
from repool.datasets.loading import load


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("REPOOL_MIRROR"), reason="needs the MNIST archives: set REPOOL_MIRROR")
def test_smnist_has_the_papers_size(tmp_path):
    sources = Path(__file__).parents[2] / "config" / "datasets.yaml"
    assert main(["data", "prepare", "SMNIST", "--out", str(tmp_path / "SMNIST"), "--sources", str(sources)]) == 0
    store = load(tmp_path / "SMNIST")
    assert store.graphs == 70_000
    assert round(store.card["avg_nodes"], 2) == 70.57
    assert round(store.card["avg_edges"], 2) == 564.53
    assert [int((store.split == part).sum()) for part in range(3)] == [55_000, 5_000, 10_000]
