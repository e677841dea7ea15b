"""Where a page comes from, and how to make it again: the commit, the commands, and what they would train."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from repool.report.inputs import Inputs
from repool.words.numerals import duration

PAGE = "report/paper.html"
DIGITS = 12


@dataclass(frozen=True)
class Rerun:
    """How to get the page again, and the runs that it lacks.

    Attributes:
        again: the command that makes the page of what there is, or trains what is missing where nothing says otherwise.
        train: the command that trains what is missing, where that is another one; else empty.
        missing: how many runs that would train.
        time: what those of cells that have runs would take on one core, by the time of these; empty where none has.
        untimed: how many of the missing are of cells without a run, so that nothing here says what they take.
    """

    again: str
    train: str
    missing: int
    time: str
    untimed: int

    @property
    def plan(self) -> str:
        """The command that says what would train and how long it takes, and trains nothing."""
        return (self.train or self.again).replace("snakemake", "python -m repool plan", 1)


def rerun(inputs: Inputs) -> Rerun:
    """The commands of this page."""
    run = inputs.run
    missing, seconds, untimed = 0, 0.0, 0
    for dataset, methods in run.cells.items():
        for method in methods:
            cell = inputs.cells.get((dataset, method))
            ended = len(cell["seeds"]) + len(cell["failures"]) if cell else 0
            lacking = run.expected(dataset, method) - ended
            missing += lacking
            if cell and cell["timed_runs"]:
                seconds += lacking * cell["seconds"] / cell["timed_runs"]
            else:
                untimed += lacking
    return Rerun(
        again=run.rebuild.replace("ARTIFACT", PAGE, 1),
        train=run.train.replace("ARTIFACT", PAGE, 1),
        missing=missing,
        time=duration(seconds) if seconds else "",
        untimed=untimed,
    )


def trained(inputs: Inputs) -> str:
    """The days on which the runs were trained, UTC; empty where nothing says."""
    days = sorted(cell[end][:10] for cell in inputs.cells.values() for end in ("started", "ended") if cell[end])
    return "" if not days else days[0] if days[0] == days[-1] else f"{days[0]} to {days[-1]}"


def commit(folder: Path) -> str:
    """The commit of a checkout, with `-dirty` where its files differ; empty where nothing says it."""
    if not (folder / ".git").exists():
        return ""
    asked = ["git", "-C", str(folder), "describe", "--always", "--dirty", "--exclude=*", f"--abbrev={DIGITS}"]
    try:
        found = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return found.stdout.strip() if found.returncode == 0 else ""
