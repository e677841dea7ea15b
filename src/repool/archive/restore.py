"""Archived runs back into the results of a configuration, as if they had been trained there."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from repool.archive.replays import Chosen, choose, holding, todays_code
from repool.archive.store import Archive, Cell
from repool.atomic import replacing
from repool.campaign import all_cells, all_seeds, cell_blocks, cell_seeds
from repool.digests import sha256_of
from repool.errors import UserError
from repool.schemas.adoption import Adoption
from repool.schemas.archived import Entry
from repool.schemas.card import read_card
from repool.schemas.record import activations_of, laid_out
from repool.schemas.replay import Replay
from repool.schemas.timing import timing_of
from repool.spec import spec
from repool.training.kept import Place


@dataclass
class Restored:
    """How many runs came back, were there, and are still to be trained, and a sentence for what was not taken."""

    runs: int = 0
    there: int = 0
    lacking: int = 0
    refused: list[str] = field(default_factory=list)


def restore(archive: Archive, config: dict[str, Any], results: Path) -> Restored:
    """Restore every run that a configuration asks for and that counts for today's code.

    Args:
        archive: where they are.
        config: checked, with its defaults.
        results: the folder of the configuration's results.

    Records that are there, of this spec and code, stay. A block whose records are all there gets its file, so that
    nothing trains it; of the others what is lacking trains.

    Raises UserError where the archive is not sound.
    """
    result = Restored()
    replays = holding(archive)
    wanted: dict[str, list[tuple[str, Cell]]] = {}
    for dataset, method in all_cells(config):
        cell = archive.cell(spec(config, dataset, method))
        wanted.setdefault(dataset, []).append((method, cell))
    for dataset, cells in wanted.items():
        data = results / "data" / dataset
        content = _content(archive, data, [cell for _, cell in cells], replays)
        for method, cell in cells:
            chosen = choose(cell, replays, content)
            result.refused += refusals(cell, method, chosen, cell_seeds(config, dataset, method))
            for block in cell_blocks(config, dataset, method):
                first = all_seeds(config, dataset, method)[0]
                place = Place(results / "runs" / dataset / method, list(block), first if first in block else None)
                _restore_block(archive, cell, chosen, place, data, result)
    return result


def _content(archive: Archive, data: Path, cells: list[Cell], replays: list[Replay]) -> str | None:
    """The digest of the data at hand, whose card is written where there is none; None where no run tells which."""
    card = data / "card.json"
    if card.exists():
        return str(read_card(card)["content_sha256"])
    content = most_used(cells, replays)
    if content:
        write_card(archive, data.name, content, card)
    return content


def most_used(cells: list[Cell], replays: list[Replay]) -> str | None:
    """The data that most runs of some cells of one dataset were trained on; None where none counts."""
    used = Counter(entry.identity.data_sha256 for cell in cells for entry, _ in choose(cell, replays).entries.values())
    return max(used, key=lambda content: (used[content], content), default=None)


def write_card(archive: Archive, dataset: str, content: str, path: Path) -> None:
    """The card of data, once it was checked."""
    archive.card(dataset, content)
    with replacing(path) as temporary:
        temporary.write_bytes(archive.card_file(dataset, content).read_bytes())


def refusals(cell: Cell, method: str, chosen: Chosen, seeds: list[int]) -> list[str]:
    """A sentence for the seeds of a cell that the archive has, and that do not count."""
    found = []
    if other := [seed for seed in seeds if seed in chosen.other_code]:
        codes = ", ".join(sorted({chosen.other_code[seed] for seed in other}))
        found.append(
            f"{cell.dataset} {method}, seeds {_listed(other)}: trained by other code ({codes}; today's is "
            f"{todays_code(cell.family)}). `python -m repool archive replay --family {cell.family}` trains a sample "
            "again and adopts them where it agrees."
        )
    if other := [seed for seed in seeds if seed in chosen.other_data]:
        found.append(
            f"{cell.dataset} {method}, seeds {_listed(other)}: trained on other data than the card at hand describes."
        )
    return found


def _listed(seeds: list[int]) -> str:
    return ", ".join(map(str, seeds))


def take(archive: Archive, wanted: dict[str, Any], place: Place, card: Path) -> None:
    """Write all runs of a block; raises UserError where the archive has not all of them, of the card's data.

    Nothing trains there, so what an earlier state of the archive left goes, also where only a time differs.
    """
    cell = archive.cell(wanted)
    chosen = choose(cell, holding(archive, cell.family), read_card(card)["content_sha256"])
    if not chosen.entries.keys() >= set(place.seeds):
        refused = " ".join(refusals(cell, place.method, chosen, place.seeds))
        raise UserError(refused or f"{archive.folder} has not all seeds of {place.out / place.name}.")
    with place.alone():
        for seed in place.seeds:
            write_run(archive, cell, chosen.entries[seed], place)
        place.conclude(cell.spec)


def _restore_block(archive: Archive, cell: Cell, chosen: Chosen, place: Place, data: Path, result: Restored) -> None:
    """Write what a block lacks, and its file once nothing is."""
    if not any(seed in chosen.entries for seed in place.seeds):
        result.lacking += len(place.seeds)
        return
    with place.alone():
        lacking = place.lacking(cell.spec, data, "auto")
        for seed in lacking:
            if seed in chosen.entries:
                write_run(archive, cell, chosen.entries[seed], place)
        still = place.lacking(cell.spec, data, "auto")
        if not still:
            place.conclude(cell.spec)
    result.there += len(place.seeds) - len(lacking)
    result.runs += len(lacking) - len(still)
    result.lacking += len(still)


def write_run(archive: Archive, cell: Cell, run: tuple[Entry, Replay | None], place: Place) -> None:
    """Write the record of a run, its timing, and its activations where the place keeps those of its seed."""
    entry, replay = run
    seed = entry.identity.seed
    entry.read(cell.spec, f"{archive.cell_file(cell.dataset, cell.spec_sha256)}, seed {seed}")
    content = entry.content(cell.spec, place.method)
    timing = entry.line()["timing"]
    if replay is not None:
        timing["adopted"] = adoption(replay, content["sha256"]).model_dump()
    path = place.record(seed)
    if seed == place.activations and entry.activations:
        _write_activations(archive.activations_file(cell, entry), entry.activations, activations_of(path))
    for file, value in ((timing_of(path), timing), (path, content)):
        with replacing(file) as temporary:
            temporary.write_text(laid_out(value), encoding="utf-8")


def adoption(replay: Replay, record: str) -> Adoption:
    """What the sidecar of a record says of the replay by which it counts."""
    return Adoption(
        record=record,
        code=replay.later,
        replay=replay.name,
        date=replay.date,
        processor=replay.processor,
        runs=len(replay.runs),
        equal=replay.equal,
    )


def _write_activations(source: Path, sha256: str, target: Path) -> None:
    if source.is_symlink() or not source.is_file() or sha256_of(source) != sha256:
        raise UserError(
            f"{source} is not what was archived. `python -m repool archive verify` says what else is wrong."
        )
    # Most blocks keep none, and reading them takes as long to load as such a block to write.
    from repool.archive.activations import whole

    content = whole(source)
    with replacing(target) as temporary:
        temporary.write_bytes(content)
