import json
import shutil
from pathlib import Path

import pytest
from made import write_record
from toy_campaign import EARLIER

from precision import one_thread  # noqa: F401
from toys import train_graclus, write_store


@pytest.fixture(scope="session")
def campaign(toy_store, tmp_path_factory) -> Path:
    """Results of a configuration that trained graclus on TOY, seeds 0 and 1; of seed 0 some activations."""
    folder = tmp_path_factory.mktemp("campaign") / "results" / "toy"
    data = write_store(toy_store, folder / "data" / "TOY")
    assert train_graclus(data, folder / "runs" / "TOY" / "graclus") == 0
    return folder


@pytest.fixture
def earlier(campaign, tmp_path) -> Path:
    """The same campaign as earlier code would have left it."""
    folder = Path(shutil.copytree(campaign, tmp_path / "earlier" / "toy"))
    for path in (folder / "runs" / "TOY" / "graclus").glob("seed-??.json"):
        write_record(path, json.loads(path.read_text()) | {"code": EARLIER})
    return folder
