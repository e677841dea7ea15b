"""Records of runs into the archive."""

from dataclasses import dataclass, field
from pathlib import Path

from repool.archive.activations import halved
from repool.archive.compare import first_difference
from repool.archive.packed import read_plain
from repool.archive.store import Archive, Cell
from repool.atomic import replacing
from repool.errors import UserError
from repool.schemas.archived import Entry
from repool.schemas.card import read_card
from repool.schemas.record import NAME, Failed, Scored, activations_of, read_record
from repool.schemas.timing import read_timing, timing_of


@dataclass
class Added:
    """How many runs are new to the archive and how many it had, and a sentence for each that was refused."""

    new: int = 0
    known: int = 0
    refused: list[str] = field(default_factory=list)


def add(archive: Archive, folders: list[Path], data: Path | None = None) -> Added:
    """Add every record below some folders, each with its timing, its activations if any, and the card of its data.

    Args:
        archive: where they go.
        folders: `results/NAME`, or any folder of `DATASET/METHOD/seed-07.json`.
        data: folder of the prepared datasets (default: `data` beside the folder `runs` of a record).

    Raises UserError where a folder has no records, or the archive's own file of a cell is not sound.
    """
    result = Added()
    cells: dict[Path, Cell] = {}
    records = _records(folders)
    with archive.alone():
        for record in records:
            try:
                _add(archive, cells, record, data, result)
            except UserError as error:
                result.refused.append(str(error))
        for cell in cells.values():
            archive.write(cell)
    return result


def _records(folders: list[Path]) -> list[Path]:
    found: list[Path] = []
    for folder in folders:
        if not folder.is_dir():
            raise UserError(f"{folder} is no folder. Give one with records, such as results/cpu.")
        inside = sorted(path for path in folder.rglob("seed-*.json") if NAME.fullmatch(path.name))
        if not inside:
            raise UserError(
                f"{folder} has no records (DATASET/METHOD/seed-07.json). Give one that has, as results/cpu."
            )
        found += inside
    return found


def _add(archive: Archive, cells: dict[Path, Cell], path: Path, data: Path | None, result: Added) -> None:
    record = read_record(path)
    content = read_plain(path)
    spec = content.pop("spec")
    file = archive.cell_file(record.dataset, record.spec_sha256)
    cell = cells[file] if file in cells else archive.cell(spec)
    entry = Entry(
        record=content, timing=read_timing(timing_of(path)).model_copy(update={"adopted": None}), activations=None
    )
    _keep_card(archive, record, data or path.absolute().parents[2].parent / "data")
    known = next((one for one in cell.entries if one.key == entry.key), None)
    if known is None:
        cells[file] = Cell(cell.dataset, cell.spec, [*cell.entries, _with_activations(archive, cell, entry, path)])
        result.new += 1
    elif known.numbers != entry.numbers:
        epoch, name = first_difference(known.numbers, entry.numbers)
        where = f"from epoch {epoch} ({name})" if epoch else f"in {name}"
        raise UserError(
            f"{path} differs {where} from the archived run of the same seed, code, data and processor, which stays. "
            "One of the two was not trained as it says: train that seed again, or find what else changed."
        )
    else:
        result.known += 1
        if known.activations is None and activations_of(path).is_file():
            others = [one for one in cell.entries if one is not known]
            cells[file] = Cell(cell.dataset, cell.spec, [*others, _with_activations(archive, cell, known, path)])


def _keep_card(archive: Archive, record: Scored | Failed, data: Path) -> None:
    file = archive.card_file(record.dataset, record.data_sha256)
    if file.exists():
        archive.card(record.dataset, record.data_sha256)
        return
    source = data / record.dataset / "card.json"
    card = read_card(source) if source.is_file() else None
    if card is None or card["content_sha256"] != record.data_sha256:
        raise UserError(
            f"The data of {record.dataset} {record.method}, seed {record.seed}, have no card: {source} "
            f"{'is of other data' if card else 'is not there'}. Give the folder of the prepared datasets by --data."
        )
    with replacing(file) as temporary:
        temporary.write_bytes(source.read_bytes())
    try:
        archive.card(record.dataset, record.data_sha256)
    except UserError:
        file.unlink()
        raise


def _with_activations(archive: Archive, cell: Cell, entry: Entry, path: Path) -> Entry:
    source = activations_of(path)
    if not source.is_file():
        return entry
    content, sha256 = halved(source)
    named = entry.model_copy(update={"activations": sha256})
    with replacing(archive.activations_file(cell, named)) as temporary:
        temporary.write_bytes(content)
    return named
