"""Pages of made-up records, and a real browser to open them in."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from made_page import make_page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PARTIAL: dict[str, tuple[dict[str, dict], int]] = {
    "one seed": ({"NCI1": {}, "ZINC": {"metric": "mae", "classes": None, "status": "rebuilt"}}, 1),
    "a method failed everywhere": ({"NCI1": {"failed": ("complement",)}, "DD": {"failed": ("complement",)}}, 3),
    "nothing has run": ({"NCI1": {"failed": ("graclus", "complement", "global-mean")}}, 20),
}


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, where it and playwright are installed."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def page_file(tmp_path_factory) -> Path:
    """A page of every kind of artifact."""
    datasets = {
        "NCI1": {"failed": ("complement",)},
        "A-DATASET-WITH-A-LONG-NAME": {"status": "substitute", "note": "A note of several words about this dataset."},
        "MOLECULES": {"metric": "mae", "classes": None, "status": "embedded"},
    }
    return make_page(tmp_path_factory.mktemp("page"), datasets, kinds=True, training=True)


@pytest.fixture(scope="session", params=PARTIAL)
def partial_page(request, tmp_path_factory) -> Path:
    """A page with little on it."""
    datasets, seeds = PARTIAL[request.param]
    return make_page(tmp_path_factory.mktemp("partial"), datasets, seeds=seeds)
