"""What runs took: of every run that stands in a folder of results or in the archive, its epochs and seconds."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from repool.archive.store import Archive
from repool.canonical import digest
from repool.errors import UserError
from repool.schemas.glimpse import glimpse_of
from repool.schemas.record import NAME, laid_out
from repool.schemas.timing import timing_of

RECORD = ("dataset", "spec", "epochs")
TIMING = ("seconds", "device_name")


@dataclass(frozen=True)
class Recorded:
    """A run that was timed.

    Attributes:
        epochs, longest: how many it trained, and how many it might have.
        seconds: its share of those of its block.
        size: bytes of its record and sidecar.
    """

    dataset: str
    family: str
    spec_sha256: str
    epochs: int
    longest: int
    seconds: float
    device_name: str
    size: int


def recorded(folders: Iterable[Path], archive: Path) -> list[Recorded]:
    """Every timed run of all configurations below some folders, and of an archive; what cannot be read says nothing."""
    runs = [path for folder in folders for path in folder.glob("*/runs/*/*/seed-*.json")]
    return [*_loose(runs), *_loose(archive.rglob("seed-*.json")), *_packed(Archive(archive))]


def _loose(paths: Iterable[Path]) -> Iterator[Recorded]:
    """Records of any schema: those of earlier ones count for nothing, and still took what they took."""
    for path in sorted(paths):
        if not NAME.fullmatch(path.name):
            continue
        record, timing = glimpse_of(path, RECORD), glimpse_of(timing_of(path), TIMING)
        if record is not None and timing is not None:
            size = sum(one.stat().st_size for one in (path, timing_of(path)))
            yield from _recorded(record, timing, size)


def _packed(archive: Archive) -> Iterator[Recorded]:
    for path in archive.of_kind("records"):
        try:
            cell = archive.read(path)
        except UserError:
            continue
        for entry in cell.entries:
            size = len(laid_out(entry.content(cell.spec))) + len(laid_out(entry.timing.model_dump()))
            yield from _recorded({**entry.record, "spec": cell.spec}, entry.timing.model_dump(), size)


def _recorded(record: dict[str, Any], timing: dict[str, Any], size: int) -> Iterator[Recorded]:
    """The run, where all that is asked for is there and can be counted with."""
    try:
        found = Recorded(
            dataset=str(record["dataset"]),
            family=str(record["spec"]["model"]["family"]),
            spec_sha256=digest(record["spec"]),
            epochs=int(record["epochs"]),
            longest=int(record["spec"]["training"]["max_epochs"]),
            seconds=float(timing["seconds"]),
            device_name=str(timing["device_name"]),
            size=size,
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        return
    if found.epochs > 0 and math.isfinite(found.seconds):
        yield found
