"""The runs behind a number: seeds and values."""

import re
from dataclasses import dataclass
from typing import Any

import pandas as pd

from repool.analysis.cells import in_paper_units
from repool.artifacts.states import state
from repool.artifacts.table import Row, Text, plain
from repool.report.inputs import Inputs
from repool.words import phrases
from repool.words.numerals import Kind

# What an address takes as it is.
OTHER = re.compile(r"[^A-Za-z0-9_-]")
TEST = "test score of the run, at the epoch with the best validation score"


@dataclass(frozen=True)
class Cell:
    """A cell of this configuration.

    Attributes:
        anchor: its place on the page.
        state: how many of its seeds have run.
        values: score of each seed.
        failures: the seeds that failed, and why.
        retry: the command that lets those train once more.
        records: their folder, from that of the project.
        spec: everything that changes its training, as JSON.
        facts: terms and what they were.
    """

    anchor: str
    dataset: str
    method: str
    state: str
    score: str
    values: list[tuple[int, Text]]
    failures: list[tuple[int, str]]
    retry: str
    records: str
    spec: dict[str, Any]
    facts: list[tuple[str, Text]]

    @property
    def known(self) -> bool:
        """Whether anything of it ran."""
        return bool(self.values or self.failures)

    @property
    def words(self) -> Text:
        """Seeds and values as one text."""
        scores: list[Text] = [(f"seed {seed}: ", *value) for seed, value in self.values]
        failed: list[Text] = [(f"seed {seed} failed: {why}",) for seed, why in self.failures]
        return tuple(
            piece for place, run in enumerate([*scores, *failed]) for piece in ((", ", *run) if place else run)
        )


def cells(inputs: Inputs) -> dict[tuple[str, str], Cell]:
    """Every configured cell, in the configuration's order."""
    pairs = [(dataset, method) for dataset, methods in inputs.run.cells.items() for method in methods]
    return {pair: cell(anchor(*pair), *pair, inputs) for pair in pairs}


def anchor(dataset: str, method: str) -> str:
    """The place of a cell on the page, whatever else is configured: cell-NCI1-graclus."""
    return f"cell-{OTHER.sub(escaped, dataset)}-{OTHER.sub(escaped, method)}"


def escaped(found: re.Match[str]) -> str:
    """A character that has no place in an address, by its number, so that two names keep two places."""
    return f".{ord(found[0]):x}."


def cell(anchor: str, dataset: str, method: str, inputs: Inputs) -> Cell:
    """One cell."""
    summary = inputs.cells.get((dataset, method))
    rows = inputs.runs.get((dataset, method))
    expected = inputs.run.expected(dataset, method)
    count = len(summary["seeds"]) if summary else 0
    failures = [(one["seed"], one["reason"]) for one in summary["failures"]] if summary else []
    return Cell(
        anchor=anchor,
        dataset=dataset,
        method=phrases.method(method),
        state=plain(state((), count, expected, len(failures))),
        score=phrases.label(summary["metric"]) if summary else "",
        values=[] if rows is None else values(rows),
        failures=failures,
        retry=f"python -m repool retry {dataset} {method} --configuration {inputs.run.configuration}",
        records=f"results/{inputs.run.configuration}/runs/{dataset}/{method}",
        spec=summary["spec"] if summary else {},
        facts=facts(summary) if summary else [],
    )


def named(dataset: str, method: str, values: dict[str, Any], *last: str) -> Row:
    """How the numbers of a cell, or of one of its runs, are named."""
    name = ".".join(["runs", dataset, method, *last])
    return Row(name, (f"{dataset}/{method}",), values, str(values.get("metric", "")))


def values(rows: pd.DataFrame) -> list[tuple[int, Text]]:
    """Seed and score of each row of a cell table."""
    rows = rows.assign(test=in_paper_units(rows))
    return [
        (
            int(row["seed"]),
            named(row["dataset"], row["method"], row, f"seed-{row['seed']}").number("test", Kind.SCORE, TEST),
        )
        for row in rows.to_dict("records")
    ]


def facts(summary: dict[str, Any]) -> list[tuple[str, Text]]:
    """How the runs of a cell were made."""
    row = named(summary["dataset"], summary["method"], summary)
    timed = summary["timed_runs"]
    pairs: list[tuple[str, Text]] = [
        ("Parameters", row.number("parameters", Kind.COUNT, "parameters of the network")),
        ("Specification", (summary["spec_sha256"][:12],)),
        ("Data", (summary["data_sha256"][:18],)),
        ("Training code", (", ".join(summary["code"]),)),
        ("Device", (", ".join([*summary["devices"], *summary["device_names"]]),)),
        ("Training time", row.number("seconds", Kind.DURATION, "time of its trainings, summed") if timed else ()),
    ]
    return [(term, value) for term, value in pairs if plain(value)]


def used(rows: pd.DataFrame, known: dict[tuple[str, str], Cell]) -> list[Cell]:
    """The cells that a table shows, each once."""
    columns = [name for name in ("method", "one_method", "first_method", "second_method") if name in rows.columns]
    pairs = [(str(row["dataset"]), str(row[name])) for row in rows.to_dict("records") for name in columns]
    if "dataset" not in rows.columns:
        return []
    return [known[pair] for pair in dict.fromkeys(pairs) if pair in known]
