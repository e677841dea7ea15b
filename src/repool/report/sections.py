"""What a page and a PDF show of each artifact: the same view, so that both print the same numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from repool.analysis.artifacts import (
    ABLATION,
    ACTIVATIONS,
    COMPARISON,
    CURVES,
    DATASETS,
    DISTRIBUTION,
    DIVERGENCE,
    GAPS,
    HOMOGENEITY,
    HYPERPARAMETERS,
    INVARIANCE,
    TIMES,
)
from repool.analysis.artifacts import KINDS as ARTIFACTS
from repool.errors import UserError
from repool.report.inputs import Inputs
from repool.report.texts import Caption, Chapter
from repool.report.views import ablation, activations, appendices, curves, gaps, homogeneity, hyperparameters, times
from repool.report.views.comparison import comparison
from repool.report.views.datasets import datasets
from repool.report.views.distribution import description, spreads
from repool.report.views.paired import PairedTest, paired_tests
from repool.report.views.ranks import Ranks, ranks
from repool.report.views.seeds import Cell, cells, used
from repool.report.views.states import Seeds

FIGURES = (DISTRIBUTION, CURVES, GAPS, ACTIVATIONS)


@dataclass(frozen=True)
class Section:
    """One artifact.

    Attributes:
        content: the view that the template of its kind prints.
        description: its figure in words; empty for a table.
        cells: the cells behind it.
        claims: names of the claims that it bears on.
    """

    name: str
    kind: str
    caption: Caption
    content: dict[str, Any]
    description: str
    tests: list[PairedTest]
    ranks: Ranks | None
    rebuild: str
    cells: list[Cell]
    claims: list[str]

    @property
    def is_figure(self) -> bool:
        """Whether it has a picture."""
        return self.kind in FIGURES


@dataclass(frozen=True)
class Part:
    """A chapter with those of its artifacts that there are."""

    chapter: Chapter
    sections: list[Section]


@dataclass(frozen=True)
class About:
    """What a view is made from: a table, how many seeds each cell should have, and the runs of each cell in words."""

    name: str
    rows: pd.DataFrame
    seeds: Seeds
    runs: dict[tuple[str, str], str]


@dataclass(frozen=True)
class View:
    """The content of a section, and its figure in words."""

    content: dict[str, Any]
    description: str = ""


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
    seeds = Seeds(len(inputs.run.seeds), {pair: len(cell.failures) for pair, cell in known.items()})
    shown = VIEWS[ARTIFACTS[name]](About(name, rows, seeds, runs))
    return Section(
        name=name,
        kind=ARTIFACTS[name],
        caption=inputs.captions[name],
        content=shown.content,
        description=shown.description,
        tests=paired_tests(inputs.tests[name].rows) if name in inputs.tests else [],
        ranks=ranks(inputs.ranks[name].rows) if name in inputs.ranks else None,
        rebuild=inputs.run.rebuild.replace("ARTIFACT", name, 1),
        cells=used(rows, known),
        claims=[claim["id"] for claim in inputs.claims or [] if name in claim["artifacts"]],
    )


def distribution_view(about: About) -> View:
    """Box plots: five numbers a cell."""
    found = spreads(about.rows, about.seeds)
    return View({"spreads": found}, description(found))


def comparison_view(about: About) -> View:
    """A table of scores."""
    return View({"comparison": comparison(about.rows, about.name, about.seeds, about.runs)})


def datasets_view(about: About) -> View:
    """Table S1."""
    here, elsewhere = datasets(about.rows)
    return View({"here": here, "elsewhere": elsewhere})


def ablation_view(about: About) -> View:
    """Table 2."""
    return View({"groups": ablation.ablation(about.rows, about.seeds, about.runs)})


def curves_view(about: About) -> View:
    """Curves over epochs."""
    found = curves.curves(about.rows, about.seeds)
    return View({"curves": found}, curves.description(found))


def gaps_view(about: About) -> View:
    """A heat map."""
    found = gaps.gaps(about.rows)
    return View({"gaps": found}, gaps.description(found))


def hyperparameters_view(about: About) -> View:
    """Settings."""
    return View({"settings": hyperparameters.hyperparameters(about.rows)})


def times_view(about: About) -> View:
    """Seconds per epoch."""
    return View({"times": times.times(about.rows, about.seeds)})


def homogeneity_view(about: About) -> View:
    """How alike rows are."""
    return View({"groups": homogeneity.homogeneity(about.rows, about.seeds)})


def activations_view(about: About) -> View:
    """Matrices."""
    found = activations.activations(about.rows)
    return View({"activations": found}, activations.description(found))


def invariance_view(about: About) -> View:
    """Appendix C."""
    groups = appendices.invariances(about.rows, about.seeds)
    return View({"groups": groups, "tolerance": appendices.tolerance(about.rows)})


def divergence_view(about: About) -> View:
    """Appendix D."""
    rows = appendices.divergences(about.rows, about.seeds)
    return View({"rows": rows, "tolerance": appendices.tolerance(about.rows)})


VIEWS: dict[str, Callable[[About], View]] = {
    DISTRIBUTION: distribution_view,
    COMPARISON: comparison_view,
    DATASETS: datasets_view,
    ABLATION: ablation_view,
    CURVES: curves_view,
    GAPS: gaps_view,
    HYPERPARAMETERS: hyperparameters_view,
    TIMES: times_view,
    HOMOGENEITY: homogeneity_view,
    ACTIVATIONS: activations_view,
    INVARIANCE: invariance_view,
    DIVERGENCE: divergence_view,
}
