import json
import shutil
from pathlib import Path

import pytest
from made import make_card, make_record, make_timing, write_record
from toy_campaign import EARLIER, archive_of

from precision import one_thread  # noqa: F401
from repool.archive.replay import Run


@pytest.fixture
def earlier(campaign, tmp_path) -> Path:
    """The same campaign as earlier code would have left it."""
    folder = Path(shutil.copytree(campaign, tmp_path / "earlier" / "toy"))
    for path in (folder / "runs" / "TOY" / "graclus").glob("seed-??.json"):
        write_record(path, json.loads(path.read_text()) | {"code": EARLIER})
    return folder


@pytest.fixture
def made(tmp_path) -> list[Run]:
    """Ten runs of each of two ways to pool, the later the longer."""
    folder = tmp_path / "made"
    make_card(folder)
    for method in ("graclus", "complement"):
        spec = {"dataset": "NCI1", "model": {"family": "graclus", "select": method}}
        for seed in range(10):
            record = make_record(folder, seed, 0.7 + seed / 100, method=method, spec=spec)
            make_timing(record, seconds=10.0 * seed + (100 if method == "complement" else 1))
    return [Run(cell, entry) for cell in archive_of(folder, tmp_path / "a").cells() for entry in cell.entries]
