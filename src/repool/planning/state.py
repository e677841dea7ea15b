"""How far the runs of a configuration are, from the files below its results alone.

Who trains says so in a small file beside its checkpoint; who has trained left a record. Nothing is locked or written,
so it can be asked at any time, also of results that another machine is making.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from repool.campaign import all_cells, cell_blocks, cell_seeds
from repool.canonical import digest
from repool.errors import UserError
from repool.fingerprint import training_code
from repool.schemas.block import block_key, block_name, read_block
from repool.schemas.glimpse import glimpse
from repool.schemas.progress import BlockProgress, read_progress
from repool.schemas.record import Failed, Wanted, read_record
from repool.spec import spec
from repool.training.kept import Place

KEYS = ("spec_sha256", "code", "outcome")


@dataclass
class Cell:
    """The seeds of a cell by what became of them; the others are pending."""

    dataset: str
    method: str
    seeds: list[int]
    done: list[int] = field(default_factory=list)
    running: list[int] = field(default_factory=list)
    failed: dict[int, str] = field(default_factory=dict)

    @property
    def pending(self) -> list[int]:
        """Seeds that are neither."""
        others = {*self.done, *self.running, *self.failed}
        return [seed for seed in self.seeds if seed not in others]


@dataclass(frozen=True)
class Block:
    """A block in training, or one that was left; `checkpoint`: whether it goes on from one."""

    dataset: str
    method: str
    progress: BlockProgress
    checkpoint: bool


@dataclass
class State:
    """Of a configuration: its cells, its blocks in training and those that were left, and what is wrong with files.

    `outdated` is how many records are of another specification or code.
    """

    name: str
    folder: Path
    cells: list[Cell] = field(default_factory=list)
    running: list[Block] = field(default_factory=list)
    left: list[Block] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    outdated: int = 0

    def count(self, what: str) -> int:
        """How many seeds are `done`, `running`, `failed` or `pending`."""
        return sum(len(getattr(cell, what)) for cell in self.cells)


class Reader:
    """Reads states, and a record that did not change only once: for who asks again and again."""

    def __init__(self) -> None:
        self._seen: dict[Path, Seen] = {}

    def state(self, config: dict[str, Any], results: Path) -> State:
        """How far a configuration is, whose results are in `results`."""
        state = State(config["name"], results)
        for dataset, method in all_cells(config):
            specification = spec(config, dataset, method)
            wanted = Wanted(specification, training_code(specification["model"]["family"]))
            cell = Cell(dataset, method, cell_seeds(config, dataset, method))
            state.cells.append(cell)
            folder = results / "runs" / dataset / method
            if folder.is_dir():
                for block in cell_blocks(config, dataset, method):
                    self._add_records(state, cell, Place(folder, list(block)), wanted)
                _add_blocks(state, cell, folder, wanted)
        return state

    def _add_records(self, state: State, cell: Cell, place: Place, wanted: Wanted) -> None:
        """What the records of a block say; its file, where there is one, says whether they are what was trained."""
        named = _named(place, wanted)
        for seed in place.seeds:
            path = place.record(seed)
            if (seen := self._look(path)) is None:
                continue
            try:
                if seen.sha256 != named.get(path.name, seen.sha256) or set(seen.keys) != set(KEYS):
                    raise UserError(_fault(path))
                if not _is_wanted(path, seen, wanted):
                    state.outdated += 1
                elif seen.keys["outcome"] == "failed":
                    cell.failed[seed] = _reason(path)
                else:
                    cell.done.append(seed)
            except UserError as error:
                state.wrong.append(str(error))

    def _look(self, path: Path) -> "Seen | None":
        """A record by its bytes; None where there is none."""
        try:
            stat = path.stat()
            stamp = stat.st_mtime_ns, stat.st_size
            if path not in self._seen or self._seen[path].stamp != stamp:
                content = path.read_bytes()
                self._seen[path] = Seen(stamp, hashlib.sha256(content).hexdigest(), glimpse(content, KEYS) or {})
        except OSError:
            return None
        return self._seen[path]


@dataclass(frozen=True)
class Seen:
    """A record when it was looked at: time and size of its file, sha256 of its bytes, and the keys that tell it."""

    stamp: tuple[int, int]
    sha256: str
    keys: dict[str, Any]


def _named(place: Place, wanted: Wanted) -> dict[str, str]:
    """The records that the file of a block names, by their content; none where there is no sound one."""
    assert wanted.spec is not None, "a configuration says what is wanted"
    assert wanted.code is not None, "as the modules do"
    try:
        return read_block(place.out / block_name(place.seeds, block_key(wanted.spec, wanted.code))).records
    except UserError:
        return {}


def _is_wanted(path: Path, seen: Seen, wanted: Wanted) -> bool:
    """Whether a record is of this specification and code; raises UserError where a closer look finds it damaged."""
    if seen.keys["spec_sha256"] != digest(wanted.spec):
        return False
    return seen.keys["code"] == wanted.code or not wanted.refuses(read_record(path), path)


def _fault(path: Path) -> str:
    """What is wrong with a record that is not what was trained."""
    try:
        read_record(path)
    except UserError as error:
        return str(error)
    return f"{path} is not what was trained: it was changed since (sha256). The next run of snakemake trains it again."


def _reason(path: Path) -> str:
    """Why a run failed; raises UserError where its record is damaged."""
    record = read_record(path)
    return record.reason if isinstance(record, Failed) else "its record does not say why"


def _add_blocks(state: State, cell: Cell, folder: Path, wanted: Wanted) -> None:
    """The blocks of a cell that say how far they are, of this specification and code."""
    for path, progress in _progress(state, folder):
        if (progress.spec_sha256, progress.code) != (digest(wanted.spec), wanted.code):
            continue
        known = {*cell.done, *cell.failed}
        lacking = [seed for seed in progress.seeds if seed in cell.seeds and seed not in known]
        if not lacking:
            continue
        name = path.name.removesuffix(".progress.json")
        block = Block(cell.dataset, cell.method, progress, any(path.parent.glob(f"{name}-*.pt")))
        if progress.runs:
            state.running.append(block)
            cell.running += lacking
        else:
            state.left.append(block)


def _progress(state: State, folder: Path) -> Iterator[tuple[Path, BlockProgress]]:
    for path in sorted((folder / "checkpoints").glob("*.progress.json")):
        try:
            yield path, read_progress(path)
        except UserError as error:
            if path.exists():  # or it ended this moment
                state.wrong.append(str(error))
