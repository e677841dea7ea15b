"""A toy campaign in the archive, and its configuration."""

from pathlib import Path
from typing import Any

from repool.archive.add import add
from repool.archive.store import Archive
from toys import spec_of

EARLIER = "0123456789abcdef"


def archive_of(folder: Path, at: Path) -> Archive:
    archive = Archive(at)
    assert add(archive, [folder]).refused == []
    return archive


def toy_config(seeds: int = 2, **training: float) -> dict[str, Any]:
    """A configuration whose graclus on TOY has the spec of the campaign, and a second method."""
    spec = spec_of("graclus", **{"max_epochs": 2, **training})
    protocol = {name: value for name, value in spec["training"].items() if name != "batch"}
    model = {**spec["model"], "hyperparameters": "toys"}
    return {
        "name": "toy",
        "seeds": seeds,
        "seeds_per_job": 5,
        "training": protocol,
        "families": {},
        "grids": {},
        "methods": {"graclus": model, "complement": {**model, "select": "complement"}},
        "hyperparameters": {"toys": {"TOY": {"batch": spec["training"]["batch"]}}},
        "artifacts": {"figure_1": {"datasets": ["TOY"], "methods": ["graclus"]}},
    }
