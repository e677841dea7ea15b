import json
import shutil
from pathlib import Path

import pytest
from made import write_record
from toy_campaign import EARLIER

from precision import one_thread  # noqa: F401


@pytest.fixture
def earlier(campaign, tmp_path) -> Path:
    """The same campaign as earlier code would have left it."""
    folder = Path(shutil.copytree(campaign, tmp_path / "earlier" / "toy"))
    for path in (folder / "runs" / "TOY" / "graclus").glob("seed-??.json"):
        write_record(path, json.loads(path.read_text()) | {"code": EARLIER})
    return folder
