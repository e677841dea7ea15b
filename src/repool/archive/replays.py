"""Which replays of the archive hold, and so which of its runs count for later code.

A replay says nothing by itself but how far rounding parts its runs: both records of each are in the archive, and are
compared again here.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from repool.archive.compare import compare
from repool.archive.packed import read_plain
from repool.archive.store import Archive, Cell
from repool.errors import UserError
from repool.fingerprint import training_code
from repool.schemas.archived import Entry
from repool.schemas.checked import checked
from repool.schemas.replay import Replay, Replayed, seal
from repool.spec import MODEL_OPTIONS


def read(archive: Archive, path: Path) -> Replay:
    """A replay; raises UserError where it does not agree with itself, its name, or the records that it compares."""
    content = read_plain(path)
    replay = checked(Replay, content, str(path))
    if seal(content)["sha256"] != replay.sha256:
        raise UserError(f"{path} was changed after it was written: its sha256 is not that of its content.")
    if archive.name(path) != replay.name:
        raise UserError(f"{path} is the replay {replay.name}, which is not its name.")
    cells: dict[Path, Cell] = {}
    for run in replay.runs:
        file = archive.cell_file(run.dataset, run.spec_sha256)
        cells[file] = cells[file] if file in cells else archive.read(file)
        _check(replay, run, cells[file], path)
    found = {select_of(cells[archive.cell_file(run.dataset, run.spec_sha256)].spec) for run in replay.runs}
    if not found.issuperset(replay.selects):
        raise UserError(f"{path} adopts {', '.join(sorted({*replay.selects} - found))}, of which it has no run.")
    return replay


def select_of(spec: dict[str, Any]) -> str:
    """How a network of this spec selects its clusters; empty where it has none."""
    return str(spec["model"].get("select", ""))


def _check(replay: Replay, run: Replayed, cell: Cell, path: Path) -> None:
    both = [_entry(cell, sha256, path) for sha256 in (run.archived, run.replayed)]
    for entry, code in zip(both, (replay.code, replay.later), strict=True):
        known = entry.identity
        if (cell.family, known.code, known.seed, known.device) != (replay.family, code, run.seed, replay.device):
            raise UserError(f"{path}: seed {run.seed} of {run.dataset} is of another family, code, seed or device.")
        entry.read(cell.spec, f"{path}, seed {run.seed} of {run.dataset}")
    if both[0].identity.data_sha256 != both[1].identity.data_sha256:
        raise UserError(f"{path}: seed {run.seed} of {run.dataset} was replayed on other data.")
    if (found := compare(both[0], both[1], run.rounding or ())).verdict != run.verdict:
        raise UserError(
            f"{path} says {run.verdict} of seed {run.seed} of {run.dataset}, but its records say: {found.words}."
        )


def _entry(cell: Cell, sha256: str, path: Path) -> Entry:
    for entry in cell.entries:
        if entry.record.get("sha256") == sha256:
            return entry
    raise UserError(f"{path} compares a record that {cell.dataset} has not ({sha256[:12]}...).")


def holding(archive: Archive, family: str | None = None) -> list[Replay]:
    """The replays that agree, of all families or one, the newest first; raises UserError where one is not sound."""
    files = archive.of_kind("replays")
    found = [read(archive, path) for path in files if family is None or path.name.split(".")[0] == family]
    return sorted((replay for replay in found if replay.agrees), key=lambda replay: replay.date, reverse=True)


@dataclass
class Chosen:
    """Of a cell, the run of each seed that counts for today's code.

    Attributes:
        entries: by seed, with the replay that adopts it where it is of earlier code.
        other_code: seeds that have runs of other code alone, and which code.
        other_data: seeds whose runs are of other data.
    """

    entries: dict[int, tuple[Entry, Replay | None]] = field(default_factory=dict)
    other_code: dict[int, str] = field(default_factory=dict)
    other_data: list[int] = field(default_factory=list)


def choose(cell: Cell, replays: list[Replay], content_sha256: str | None = None) -> Chosen:
    """Of each seed the run by today's code, or the one that the newest replay adopts; the later one of equals.

    Args:
        cell: of any dataset.
        replays: those that hold, the newest first.
        content_sha256: of the data that the runs must have been trained on, or None.
    """
    chosen = Chosen()
    today = todays_code(cell.family)
    order = [None, *(replay for replay in replays if replay.later == today and adopts(replay, cell))]
    for seed in sorted({entry.identity.seed for entry in cell.entries}):
        runs = sorted((one for one in cell.entries if one.identity.seed == seed), key=lambda one: one.timing.started)
        of_data = [one for one in runs if content_sha256 in (None, one.identity.data_sha256)]
        found = [(one, replay) for replay in order for one in reversed(of_data) if _counts(one, replay, today)]
        if found:
            chosen.entries[seed] = found[0]
        elif of_data:
            chosen.other_code[seed] = of_data[-1].identity.code
        else:
            chosen.other_data.append(seed)
    return chosen


def todays_code(family: str) -> str:
    """The code that trains a family; empty where there is none any more."""
    return training_code(family) if family in MODEL_OPTIONS else ""


def adopts(replay: Replay, cell: Cell) -> bool:
    """Whether a replay that agrees has runs like those of a cell."""
    return replay.family == cell.family and select_of(cell.spec) in replay.selects


def _counts(entry: Entry, replay: Replay | None, today: str) -> bool:
    known = entry.identity
    return known.code == today if replay is None else (known.code, known.device) == (replay.code, replay.device)
