import shutil
from pathlib import Path

import pytest

from precision import one_thread  # noqa: F401


@pytest.fixture
def results(campaign, tmp_path) -> Path:
    """A copy of them."""
    return Path(shutil.copytree(campaign, tmp_path / "results" / "toy"))


@pytest.fixture
def runs(results) -> Path:
    """Of it the runs of the one cell."""
    return results / "runs" / "TOY" / "graclus"
