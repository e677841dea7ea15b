"""Whether an archive is what was put into it: every file, by its name, its digests and what it must agree with."""

from collections.abc import Callable
from pathlib import Path

from repool.archive import replays
from repool.archive.activations import whole
from repool.archive.store import KINDS, Archive, size
from repool.digests import sha256_of
from repool.errors import UserError
from repool.verification.check import Findings

LARGEST = 40 * 10**6


def check(archive: Archive) -> Findings:
    """Read everything; raises UserError where there is no archive."""
    files = archive.files()
    if not files:
        raise UserError(f"{archive.folder} has no archive. `python -m repool archive add results/NAME` begins one.")
    found = Findings()
    for path in files:
        name = archive.name(path)
        if not any(pattern.fullmatch(name) for pattern in KINDS.values()):
            found.add("files", f"{path} is no file of an archive. Remove it.")
    kept: set[Path] = set()
    for path in archive.of_kind("records"):
        _add_cell(found, archive, path, kept)
    for kind in ("activations", "cards"):
        for path in archive.of_kind(kind):
            if path not in kept:
                found.add(kind, f"{path} is of no run. Remove it.")
    for path in archive.of_kind("replays"):
        found.add("replays", _said(replays.read, archive, path))
    if (total := size(files)) > LARGEST:
        found.add("size", f"{archive.folder} has {total:,} bytes, and {LARGEST:,} are the most. What may go?")
    return found


def _add_cell(found: Findings, archive: Archive, path: Path, kept: set[Path]) -> None:
    try:
        cell = archive.read(path)
    except UserError as error:
        found.add("records", str(error))
        return
    for entry in cell.entries:
        where = f"{path}, seed {entry.identity.seed}"
        found.add("records", _said(entry.read, cell.spec, where))
        if entry.activations:
            _check_activations(found, archive.activations_file(cell, entry), entry.activations, kept)
    for content in sorted({entry.identity.data_sha256 for entry in cell.entries}):
        card = archive.card_file(cell.dataset, content)
        if card not in kept:
            kept.add(card)
            found.add("cards", _said(archive.card, cell.dataset, content))


def _check_activations(found: Findings, path: Path, sha256: str, kept: set[Path]) -> None:
    kept.add(path)
    if path.is_symlink() or not path.is_file():
        found.add("activations", f"{path} is not there, which a run names.")
    elif sha256_of(path) != sha256:
        found.add("activations", f"{path} was changed since it was archived (sha256).")
    else:
        found.add("activations", _said(whole, path))


def _said(reading: Callable[..., object], *given: object) -> str:
    """What is wrong with something by reading it; empty where nothing is."""
    try:
        reading(*given)
    except UserError as error:
        return str(error)
    return ""
