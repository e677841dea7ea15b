"""A sample of the archived runs, trained again by today's code: where it agrees, the others count as well.

No record is adopted by hand: a replay names both records of each of its runs, and whoever reads it compares them again.
"""

import math
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from repool.archive.add import add
from repool.archive.compare import Comparison, compare
from repool.archive.replays import choose, holding, select_of, todays_code
from repool.archive.store import Archive, Cell
from repool.atomic import replacing
from repool.canonical import canonical
from repool.errors import UserError
from repool.schemas.archived import Entry
from repool.schemas.card import read_card
from repool.schemas.checked import checked
from repool.schemas.replay import Replay, Replayed, seal
from repool.schemas.spec import Spec
from repool.training.kept import Place

# The first that weights have moved before.
SECOND_STEP = 2


class Kind(NamedTuple):
    """Runs that one replay speaks of."""

    family: str
    code: str
    device: str


class Run(NamedTuple):
    """An archived run."""

    cell: Cell
    entry: Entry


@dataclass(frozen=True)
class Places:
    """Where prepared datasets are, or None for those of any configuration, and where replayed runs train."""

    data: Path | None
    results: Path

    @property
    def work(self) -> Path:
        """Where runs train, and go on after they were stopped."""
        return self.results / ".replay"

    def prepared(self, run: Run) -> Path:
        """The folder of the data that a run was trained on; raises UserError where there is none."""
        dataset = run.cell.dataset
        found = [self.data / dataset] if self.data else sorted(self.results.glob(f"*/data/{dataset}"))
        for folder in found:
            card = folder / "card.json"
            if card.is_file() and read_card(card)["content_sha256"] == run.entry.identity.data_sha256:
                return folder
        raise UserError(
            f"The data of {dataset} that the archived runs were trained on are not prepared here. Prepare them: "
            f"python -m repool data prepare {dataset} --out results/prepared/data/{dataset}."
        )


def waiting(archive: Archive, families: list[str]) -> dict[Kind, list[Run]]:
    """The runs of earlier code that nothing adopts yet, of some families or of all, by what one replay speaks of."""
    replays, found = holding(archive), dict[Kind, list[Run]]()
    lacking: set[Kind] = set()
    for cell in archive.cells():
        if not todays_code(cell.family) or (families and cell.family not in families):
            continue
        other = choose(cell, replays).other_code
        for entry in cell.entries:
            known = entry.identity
            kind = Kind(cell.family, known.code, known.device)
            found.setdefault(kind, []).append(Run(cell, entry))
            if other.get(known.seed) == known.code:
                lacking.add(kind)
    return {kind: found[kind] for kind in sorted(lacking)}


def sample(runs: list[Run], share: float) -> list[Run]:
    """The shortest run of each way to pool, and then the shortest, until they are this share of all.

    Those whose first steps are not known come last: on another processor less can be said of them.
    """
    scored = [run for run in runs if run.entry.record.get("outcome") == "scored"]
    ordered = sorted(scored, key=_worth)
    first = {select_of(run.cell.spec): run for run in reversed(ordered)}
    chosen = [run for run in ordered if run is first[select_of(run.cell.spec)]]
    rest = [run for run in ordered if run not in chosen]
    return chosen + rest[: max(0, math.ceil(share * len(runs)) - len(chosen))]


def _worth(run: Run) -> tuple[bool, float, str, str]:
    timing = run.entry.timing
    return timing.first_losses is None, timing.seconds, run.cell.spec_sha256, run.entry.key


def replay(archive: Archive, kind: Kind, runs: list[Run], share: float, places: Places) -> Replay | None:
    """Replay a sample of runs and write what came of it into the archive; None where a signal stopped a training.

    Raises UserError where data are not there, or a spec is none of today's.
    """
    chosen = sample(runs, share)
    if not chosen:
        raise UserError(f"No archived run of {kind.family} by {kind.code} has a score: there is nothing to compare.")
    again: list[Entry] = []
    for run in chosen:
        entry = trained_again(archive, run, places)
        if entry is None:
            return None
        again.append(entry)
    result = _replay(kind, runs, chosen, again, places)
    with replacing(archive.folder / result.name) as temporary:
        temporary.write_text(canonical(result.model_dump(by_alias=True, exclude_none=True)) + "\n", encoding="utf-8")
    return result


def trained_again(archive: Archive, run: Run, places: Places) -> Entry | None:
    """The run by today's code, from the archive, or trained and added to it; None where a signal stopped it."""
    if (there := _by_today(archive, run)) is not None:
        return there
    from repool.training.run import train

    cell, known = run.cell, run.entry.identity
    checked(Spec, cell.spec, f"The spec of the archived {known.method} on {cell.dataset}")
    data = places.prepared(run)
    folder = places.work / cell.spec_sha256[:16]
    place = Place(folder / cell.dataset / known.method, [known.seed], known.seed if run.entry.activations else None)
    with place.alone():
        lacking = place.lacking(cell.spec, data, known.device)
        if lacking and train(cell.spec, place.seeds, place.out, data, known.device, place.activations):
            return None
    if refused := add(archive, [folder], data.parent).refused:
        raise UserError(" ".join(refused))
    shutil.rmtree(folder)
    return _by_today(archive, run)


def _by_today(archive: Archive, run: Run) -> Entry | None:
    """The newest run of the same seed, data and device by today's code, if the archive has one."""
    known, today = run.entry.identity, todays_code(run.cell.family)
    found = [
        entry
        for entry in archive.cell(run.cell.spec).entries
        if (one := entry.identity).code == today
        and (one.seed, one.data_sha256, one.device) == (known.seed, known.data_sha256, known.device)
    ]
    return max(found, key=lambda entry: entry.timing.started, default=None)


def _replay(kind: Kind, runs: list[Run], chosen: list[Run], again: list[Entry], places: Places) -> Replay:
    newest = max(again, key=lambda entry: entry.timing.started)
    compared = [_replayed(*pair, places) for pair in zip(chosen, again, strict=True)]
    content: dict[str, Any] = {
        "schema": 1,
        **kind._asdict(),
        "later": todays_code(kind.family),
        "selects": sorted({select_of(run.cell.spec) for run in chosen}),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": f"{newest.timing.device_name}, {newest.timing.processor or platform.machine()}",
        "versions": newest.identity.versions,
        "runs": [run.model_dump(exclude_none=True) for run in compared],
        "of": len(runs),
    }
    return checked(Replay, seal(content), "the replay")


def _replayed(run: Run, again: Entry, places: Places) -> Replayed:
    judged = judge(run, again, places)
    return Replayed(
        dataset=run.cell.dataset,
        spec_sha256=run.cell.spec_sha256,
        seed=run.entry.identity.seed,
        archived=run.entry.record["sha256"],
        replayed=again.record["sha256"],
        rounding=judged.rounding,
        verdict=judged.comparison.verdict,
        words=judged.comparison.words,
    )


class Judged(NamedTuple):
    """A comparison, with how far rounding alone parts the run where that was measured."""

    comparison: Comparison
    rounding: list[float] | None


def judge(run: Run, again: Entry, places: Places) -> Judged:
    """Compare a run with the same one trained again; where first steps part, with more and more twins of it.

    Raises UserError where that is to be measured and the data are not there.
    """
    comparison = compare(run.entry, again)
    if comparison.far_step < SECOND_STEP:
        return Judged(comparison, None)
    from repool.training.rounding import BLOCKS, TWINS, parted

    known = run.entry.identity
    print(
        f"{run.cell.dataset} {known.method} seed {known.seed} parts at step {comparison.far_step}: now twins of it "
        f"train their first steps until they part as far, {TWINS * BLOCKS:,} at most",
        file=sys.stderr,
        flush=True,
    )
    for rounding in parted(run.cell.spec, known.seed, places.prepared(run), known.device):
        judged = Judged(compare(run.entry, again, rounding), rounding)
        if not judged.comparison.far_step:
            break
    return judged


def sentences(result: Replay) -> Iterator[str]:
    """What came of a replay, for a person."""
    for run in result.runs:
        yield f"  {run.dataset}, {run.spec_sha256[:12]}, seed {run.seed}: {run.words}"
    what = f"{result.of:,} runs of {result.family} by {result.code}"
    count = f"{len(result.runs)} replayed, {result.equal} of them equal to the last bit"
    if result.agrees:
        yield f"{what} are adopted as runs of {result.later}: {count}."
    else:
        differing = sum(run.verdict == "differs" for run in result.runs)
        yield f"{what} are not adopted: of {len(result.runs)} replayed, {differing} differ. They stay in the archive."
