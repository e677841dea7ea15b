import shutil
from pathlib import Path

import pytest

from precision import one_thread  # noqa: F401
from toys import train_graclus, write_store


@pytest.fixture(scope="session")
def campaign(toy_store, tmp_path_factory) -> Path:
    """Results of a configuration that trained graclus on TOY, seeds 0 and 1."""
    folder = tmp_path_factory.mktemp("campaign") / "results" / "toy"
    data = write_store(toy_store, folder / "data" / "TOY")
    assert train_graclus(data, folder / "runs" / "TOY" / "graclus") == 0
    return folder


@pytest.fixture
def results(campaign, tmp_path) -> Path:
    """A copy of them."""
    return Path(shutil.copytree(campaign, tmp_path / "results" / "toy"))


@pytest.fixture
def runs(results) -> Path:
    """Of it the runs of the one cell."""
    return results / "runs" / "TOY" / "graclus"
