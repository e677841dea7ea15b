"""Every file of a configuration held against its digest, its block or itself."""

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from repool.digests import fault
from repool.errors import UserError, nearest
from repool.outputs import outputs, papers
from repool.schemas.card import read_card
from repool.verification.runs import check_cell

AGAIN = "The next call of snakemake makes it again; where the configuration has it no more, delete it and its digest."
# A paper has 2,900 records, which one process reads in some ten seconds.
CELLS_AT_A_TIME = 8


@dataclass
class Findings:
    """How many files of each kind are right, and a sentence for each that is wrong."""

    right: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def add(self, kind: str, sentence: str) -> None:
        """A file of a kind, with what is wrong with it, if anything is."""
        self.right[kind] = self.right.get(kind, 0) + (not sentence)
        if sentence:
            self.wrong.append(sentence)


def check(results: Path, configuration: str | None, arrays: bool = False) -> Findings:
    """Compare the outputs, runs and cards of a configuration, or of every one in `results`, and the paper beside it.

    Args:
        results: the folder of the configurations.
        configuration: one of them, or None.
        arrays: also read the arrays of the datasets.

    Raises UserError where there is none, or none of that name.
    """
    found = Findings()
    folders = _configurations(results, configuration)
    for folder in folders:
        for path in outputs(folder):
            found.add("outputs", _output_fault(path))
        _add_cards(found, folder / "data", arrays)
        _add_runs(found, folder / "runs")
    report = Path(os.path.relpath(results.absolute().parent / "report"))
    for path in papers(report, [folder.name for folder in folders]):
        found.add("outputs", _output_fault(path))
    return found


def _configurations(results: Path, named: str | None) -> list[Path]:
    known = sorted({path.parent for part in ("runs", "tables", "data") for path in results.glob(f"*/{part}")})
    if not known:
        raise UserError(f"{results} has no results. Give the folder that has them by --results.")
    if named is None:
        return known
    if named not in (names := [path.name for path in known]):
        raise UserError(f"{named} is no configuration with results in {results}. {nearest(named, names)}")
    return [results / named]


def _output_fault(path: Path) -> str:
    return f"{path} {wrong}. {AGAIN}" if (wrong := fault(path)) else ""


def _add_cards(found: Findings, data: Path, arrays: bool) -> None:
    for folder in sorted(path for path in data.glob("*") if path.is_dir()):
        found.add("datasets", _card_fault(folder, arrays))


def _card_fault(folder: Path, arrays: bool) -> str:
    try:
        if arrays:
            from repool.datasets.loading import load

            load(folder)
        else:
            read_card(folder / "card.json")
    except UserError as error:
        return str(error)
    return ""


def _add_runs(found: Findings, runs: Path) -> None:
    cells = sorted(path for path in runs.glob("*/*") if path.is_dir())
    if len(cells) <= CELLS_AT_A_TIME:
        checked = [check_cell(cell) for cell in cells]
    else:
        with ProcessPoolExecutor() as pool:
            checked = list(pool.map(check_cell, cells, chunksize=CELLS_AT_A_TIME))
    for cell in checked:
        for kind, sentence in cell:
            found.add(kind, sentence)
