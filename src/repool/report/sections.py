"""What a page and a PDF show of each artifact: the same view, so that both print the same numbers."""

from dataclasses import dataclass

from repool.artifacts import kinds
from repool.artifacts.section import About
from repool.artifacts.states import Seeds
from repool.artifacts.table import Table
from repool.errors import UserError
from repool.paper import kind
from repool.report.inputs import Inputs
from repool.report.paired import PairedTest, paired_tests
from repool.report.pending import folded, has_runs
from repool.report.ranks import Ranks, ranks
from repool.report.seeds import Cell, cells, used
from repool.report.texts import Caption, Chapter


@dataclass(frozen=True)
class Section:
    """One artifact.

    Attributes:
        ran: whether any run is behind it.
        table: what page and PDF print of it.
        description: its figure in words; empty for a table.
        cells: the cells behind it.
        claims: names of the claims that it bears on.
    """

    name: str
    kind: str
    caption: Caption
    ran: bool
    table: Table
    description: str
    tests: list[PairedTest]
    ranks: Ranks | None
    rebuild: str
    cells: list[Cell]
    claims: list[str]

    @property
    def anchor(self) -> str:
        """Its place on the page: figure-4."""
        return anchor(self.name)

    @property
    def is_figure(self) -> bool:
        """Whether it has a picture."""
        return kinds.has(self.kind, "figure")


@dataclass(frozen=True)
class Part:
    """A chapter with those of its artifacts that there are."""

    chapter: Chapter
    sections: list[Section]

    @property
    def ran(self) -> list[Section]:
        """Those that have runs."""
        return [section for section in self.sections if section.ran]

    @property
    def pending(self) -> list[Section]:
        """Those that have none."""
        return [section for section in self.sections if not section.ran]


def anchor(artifact: str) -> str:
    """The place of an artifact on the page."""
    return artifact.replace("_", "-")


def parts(inputs: Inputs) -> list[Part]:
    """The chapters that have anything to show.

    Raises UserError if a table belongs to no chapter.
    """
    placed = {name for chapter in inputs.chapters for name in chapter.artifacts}
    if lost := [name for name in inputs.tables if name not in placed]:
        raise UserError(f"{', '.join(lost)} stands in no chapter: name it in chapters.yaml, in the folder of captions.")
    known = cells(inputs)
    found = [
        Part(chapter, [section(name, inputs, known) for name in chapter.artifacts if name in inputs.tables])
        for chapter in inputs.chapters
    ]
    return [part for part in found if part.sections]


def section(name: str, inputs: Inputs, known: dict[tuple[str, str], Cell]) -> Section:
    """The view of one artifact."""
    rows = inputs.tables[name].rows
    runs = {pair: cell.words for pair, cell in known.items()}
    seeds = seeds_of(inputs)
    shown = kinds.part(kind(name), "view").view(About(name, rows, seeds, runs))
    return Section(
        name=name,
        kind=kind(name),
        caption=inputs.captions[name],
        ran=has_runs(rows),
        table=folded(shown.table) if has_runs(rows) else shown.table,
        description=shown.description,
        tests=paired_tests(name, inputs.tests[name].rows) if name in inputs.tests else [],
        ranks=ranks(name, inputs.ranks[name].rows, rows, seeds.failed) if name in inputs.ranks else None,
        rebuild=inputs.run.rebuild.replace("ARTIFACT", name, 1),
        cells=used(rows, known),
        claims=[claim["id"] for claim in inputs.claims or [] if name in claim["artifacts"]],
    )


def seeds_of(inputs: Inputs) -> Seeds:
    """How many seeds a cell should have, and how many of each failed."""
    failed = {pair: len(cell["failures"]) for pair, cell in inputs.cells.items()}
    configured = [(dataset, method) for dataset, methods in inputs.run.cells.items() for method in methods]
    return Seeds(len(inputs.run.seeds), failed, {cell: inputs.run.expected(*cell) for cell in configured})
