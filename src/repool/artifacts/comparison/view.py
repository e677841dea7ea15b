"""A table of scores: published beside replicated, dataset by dataset."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from repool.artifacts.section import About, View
from repool.artifacts.states import Seeds
from repool.words import numerals as numbers
from repool.words.names import EXACT, FAILED, NOT_CONFIGURED, PENDING, QUOTED, method_label

TABLE_NAMES = {"table_1": "table 1", "table_3": "table 3", "global_mean_pooling": "section 3", "table_s5": "table S5"}
Runs = dict[tuple[str, str], str]


@dataclass(frozen=True)
class Cell:
    """One method on one dataset.

    Attributes:
        state: what stands where there is no replicated score.
        interval, p_value: of the difference from the published number (Welch); empty where it has no deviation.
        seeds: the runs behind the score, seed by seed.
    """

    method: str
    published: numbers.Score | None
    published_note: str
    replicated: numbers.Score | None
    state: str
    difference: str
    interval: str
    p_value: str
    runs: str
    seeds: str


@dataclass(frozen=True)
class Group:
    """One dataset, how it is scored, and what its data are (empty: the paper's own)."""

    dataset: str
    score: str
    status: str
    cells: list[Cell]


@dataclass(frozen=True)
class Comparison:
    """Groups that the configuration has, and those that only the paper has."""

    here: list[Group]
    elsewhere: list[Group]


def view(about: About) -> View:
    """A table of scores."""
    return View({"comparison": comparison(about.rows, about.name, about.seeds, about.runs)})


def comparison(rows: pd.DataFrame, artifact: str, seeds: Seeds, runs: Runs) -> Comparison:
    """The view of a table made by analysis.comparison."""
    groups: tuple[list[Group], list[Group]] = ([], [])
    for _, part in rows.groupby("dataset", sort=False):
        cells = part.to_dict("records")
        outside = all(cell["status"] in (QUOTED, NOT_CONFIGURED) for cell in cells)
        groups[outside].append(group(cells, artifact, seeds, runs))
    return Comparison(*groups)


def group(cells: list[dict[str, Any]], artifact: str, seeds: Seeds, runs: Runs) -> Group:
    """One dataset."""
    metric = cells[0]["metric"]
    statuses = {cell["status"] for cell in cells if cell["runs"]} - {EXACT}
    return Group(
        dataset=cells[0]["dataset"],
        score=f"{numbers.label(metric)}, {numbers.better(metric)}",
        status=", ".join(sorted(statuses)),
        cells=[shown_row(cell, artifact, seeds, runs) for cell in cells],
    )


def shown_row(cell: dict[str, Any], artifact: str, seeds: Seeds, runs: Runs) -> Cell:
    """One row."""
    metric = cell["metric"]
    has_published = numbers.known(cell["published_mean"])
    probability = cell.get("difference_p_value", float("nan"))
    has_difference = numbers.known(cell["difference"])
    return Cell(
        method=method_label(cell["method"]),
        published=numbers.published(cell["published_mean"], cell["published_std"], metric) if has_published else None,
        published_note=published_note(cell, artifact),
        replicated=numbers.replicated(cell["mean"], cell["std"], metric) if cell["runs"] else None,
        state=state(cell, seeds),
        difference=numbers.difference(cell["difference"], metric) if has_difference else "",
        interval=numbers.interval(
            cell.get("difference_low"), cell.get("difference_high"), numbers.decimals(metric) + 1
        ),
        p_value=numbers.p_value(probability) if numbers.known(probability) else "",
        runs=seeds.behind(cell["dataset"], cell["method"], cell["runs"]) if cell["runs"] else "",
        seeds=runs.get((cell["dataset"], cell["method"]), ""),
    )


def published_note(cell: dict[str, Any], artifact: str) -> str:
    """Where the published number comes from, if that is not the artifact's own table and the authors' own runs."""
    notes = []
    if cell["published_source"] == "quoted":
        notes.append("quoted")
    if cell["published_in"] not in ("", artifact):
        notes.append(f"from {TABLE_NAMES.get(cell['published_in'], cell['published_in'])}")
    return ", ".join(notes)


def state(cell: dict[str, Any], seeds: Seeds) -> str:
    """What is said in place of a score."""
    words = {
        **dict.fromkeys((PENDING, FAILED), seeds.state(cell["dataset"], cell["method"], 0)),
        QUOTED: "not run: quoted by the paper",
        NOT_CONFIGURED: "not configured",
    }
    return words.get(cell["status"], "")
