"""A sample of the runs by today's code, trained once more: whether this machine gives what the archive has."""

import shutil
from collections.abc import Iterator

from repool.archive.compare import Comparison
from repool.archive.replay import Kind, Places, Run, judge, sample, trained_again
from repool.archive.replays import todays_code
from repool.archive.store import Archive
from repool.errors import UserError


def by_today(archive: Archive, families: list[str], share: float) -> dict[Kind, list[Run]]:
    """A sample of the runs by today's code, of some families or of all."""
    found: dict[Kind, list[Run]] = {}
    for cell in archive.cells():
        for entry in cell.entries:
            kind = Kind(cell.family, entry.identity.code, entry.identity.device)
            if kind.code == todays_code(cell.family) and (not families or cell.family in families):
                found.setdefault(kind, []).append(Run(cell, entry))
    return {kind: sample(found[kind], share) for kind in sorted(found)}


def check_prepared(runs: list[Run], places: Places) -> None:
    """Raise UserError with a sentence for each dataset whose data are not prepared."""
    lacking: dict[str, str] = {}
    for run in runs:
        try:
            places.prepared(run)
        except UserError as error:
            lacking[run.cell.dataset] = str(error)
    if lacking:
        raise UserError(" ".join(lacking.values()))


def repeat(runs: list[Run], places: Places) -> Iterator[tuple[Run, Comparison]]:
    """Train runs again and compare them, one by one; fewer come where a signal stops a training, which then goes on.

    What was trained stays aside until all are there: the archive is only read. Raises UserError where data are lacking,
    before anything trains.
    """
    check_prepared(runs, places)
    aside = Archive(places.work / "again")
    for run in runs:
        again = trained_again(aside, run, places)
        if again is None:
            return
        yield run, judge(run, again, places).comparison
    shutil.rmtree(aside.folder, ignore_errors=True)
