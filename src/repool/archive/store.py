"""The folder of the archive: one small file for each dataset and spec, the cards of the data, activations, replays.

records/NCI1/0123456789abcdef.jsonl.xz     the runs of a spec, whatever a configuration calls the method
cards/NCI1.0123456789ab.json               the card of the data that runs were trained on
activations/NCI1/0123456789abcdef.seed-00.0123456789ab.npz
replays/diffpool.CODE.CODE.json            that today's code gives what earlier code gave
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from repool.archive.packed import read_lines, read_plain, write_lines
from repool.canonical import digest
from repool.errors import UserError
from repool.schemas.archived import Entry, Header
from repool.schemas.card import SEAL, Card, sealed
from repool.schemas.checked import checked

DATASET = r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}"
FAMILY = re.compile(r"[a-z][a-z0-9-]{0,39}")
CELL = re.compile(rf"records/(?P<dataset>{DATASET})/(?P<spec>[0-9a-f]{{16}})\.jsonl\.xz")
CARD = re.compile(rf"cards/(?P<dataset>{DATASET})\.(?P<content>[0-9a-f]{{12}})\.json")
ACTIVATIONS = re.compile(rf"activations/{DATASET}/[0-9a-f]{{16}}\.seed-\d{{2,6}}\.[0-9a-f]{{12}}\.npz")
REPLAY = re.compile(r"replays/[a-z0-9-]{1,40}\.[0-9a-f]{16}\.[0-9a-f]{16}\.[a-z]{1,10}\.json")
KINDS = {"records": CELL, "cards": CARD, "activations": ACTIVATIONS, "replays": REPLAY}


@dataclass(frozen=True)
class Cell:
    """The runs of a spec, by seed; of a seed there may be several, by other code or on another processor."""

    dataset: str
    spec: dict[str, Any]
    entries: list[Entry]

    @cached_property
    def spec_sha256(self) -> str:
        """What the archive calls the spec."""
        return digest(self.spec)

    @property
    def family(self) -> str:
        """The model family, which decides what code trains it."""
        return str(self.spec["model"]["family"])


@dataclass(frozen=True)
class Archive:
    """An archive in a folder, which need not be there yet."""

    folder: Path

    def cell_file(self, dataset: str, spec_sha256: str) -> Path:
        """Where the runs of a spec are."""
        return self.folder / "records" / dataset / f"{spec_sha256[:16]}.jsonl.xz"

    def card_file(self, dataset: str, content_sha256: str) -> Path:
        """Where the card of data is."""
        return self.folder / "cards" / f"{dataset}.{content_sha256[:12]}.json"

    def activations_file(self, cell: Cell, entry: Entry) -> Path:
        """Where the activations of a run are."""
        name = f"{cell.spec_sha256[:16]}.seed-{entry.identity.seed:02d}.{str(entry.activations)[:12]}.npz"
        return self.folder / "activations" / cell.dataset / name

    def files(self) -> list[Path]:
        """Every file of the archive, sorted; folders beside its own are none of it."""
        return sorted(path for kind in KINDS for path in (self.folder / kind).rglob("*") if not path.is_dir())

    def of_kind(self, kind: str) -> list[Path]:
        """The files of `records`, `cards`, `activations` or `replays` that are named as such, sorted."""
        return [path for path in self.files() if KINDS[kind].fullmatch(self.name(path))]

    def name(self, path: Path) -> str:
        """The name of a file in the archive."""
        return path.relative_to(self.folder).as_posix()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until no other process adds runs: a cell is read, and then written whole."""
        from filelock import FileLock

        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / ".lock"):
            yield

    def cells(self) -> list[Cell]:
        """Every cell; raises UserError where one is not sound."""
        return [self.read(path) for path in self.of_kind("records")]

    def cell(self, spec: dict[str, Any]) -> Cell:
        """The cell of a spec, without runs where the archive has none; raises UserError where it is not sound."""
        path = self.cell_file(spec["dataset"], digest(spec))
        return self.read(path) if path.exists() else Cell(spec["dataset"], spec, [])

    def read(self, path: Path) -> Cell:
        """The cell of a file: its header, names and lines; `Entry.read` then reads a record.

        Raises UserError where anything does not agree.
        """
        header_line, *lines = read_lines(path) or [{}]
        header = checked(Header, header_line, f"{path}, line 1")
        if self.cell_file(header.dataset, header.spec_sha256) != path:
            raise UserError(f"{path} holds {header.spec_sha256[:16]} of {header.dataset}, which is not its name.")
        if len(lines) != header.runs or digest(lines) != header.sha256:
            raise UserError(f"{path} was changed after it was written: its lines are not those of its header.")
        if not isinstance(model := header.spec.get("model"), dict) or not FAMILY.fullmatch(str(model.get("family"))):
            raise UserError(f"{path}, line 1: its spec names no family of models.")
        return Cell(header.dataset, header.spec, _entries(path, lines))

    def write(self, cell: Cell) -> None:
        """Write the file of a cell, in an order that does not depend on how its runs came here."""
        entries = sorted(cell.entries, key=lambda entry: (entry.identity.seed, entry.timing.started, entry.key))
        lines = [entry.line() for entry in entries]
        header = {
            "schema": 1,
            "dataset": cell.dataset,
            "spec": cell.spec,
            "spec_sha256": cell.spec_sha256,
            "runs": len(lines),
            "sha256": digest(lines),
        }
        write_lines(self.cell_file(cell.dataset, cell.spec_sha256), [header, *lines])

    def card(self, dataset: str, content_sha256: str) -> dict[str, Any]:
        """The card of data; raises UserError where there is none, or it is not sound."""
        path = self.card_file(dataset, content_sha256)
        card = read_plain(path)
        checked(Card, card, str(path))
        if card[SEAL] != sealed(card)[SEAL]:
            raise UserError(f"{path} was changed after it was made: {SEAL} is not that of its content.")
        if (card["dataset"], card["content_sha256"]) != (dataset, content_sha256):
            raise UserError(f"{path} is the card of other data than its name says.")
        return card


def _entries(path: Path, lines: list[dict[str, Any]]) -> list[Entry]:
    found: dict[str, Entry] = {}
    for number, line in enumerate(lines, 2):
        where = f"{path}, line {number}"
        entry = checked(Entry, line, where)
        try:
            key = entry.key
        except UserError as error:
            raise UserError(f"{where}: {error}") from None
        if key in found:
            raise UserError(f"{where} has seed {entry.identity.seed} again, of the same code, data and processor.")
        found[key] = entry
    return list(found.values())


def size(paths: Iterable[Path]) -> int:
    """Bytes of some files."""
    return sum(path.stat().st_size for path in paths)
