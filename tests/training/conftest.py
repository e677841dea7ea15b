from pathlib import Path

import pytest

from precision import double_precision, one_thread  # noqa: F401
from toys import train_graclus, write_store


@pytest.fixture(scope="module")
def data(toy_store, tmp_path_factory) -> Path:
    return write_store(toy_store, tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory) -> Path:
    """A folder with the records of seeds 0 and 1, and of seed 0 some activations."""
    out = tmp_path_factory.mktemp("trained") / "graclus"
    assert train_graclus(data, out) == 0
    return out
