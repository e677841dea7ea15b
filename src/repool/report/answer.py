"""The head of page and PDF: what became of the paper's question, how sure that is, and in how much of it was run."""

from dataclasses import dataclass
from typing import Any

from repool.analysis.claims.methods import about
from repool.analysis.claims.words import relation, words
from repool.artifacts.table import Row, Text
from repool.report.claims import Verdicts, number, rows, shown
from repool.report.counts import Counts, of_verdicts
from repool.report.inputs import Inputs
from repool.report.overview import Overview

QUESTION = "Does it matter which nodes are pooled? The paper says that it does not."
# What a verdict on the paper's first claim, that of its abstract, says of it.
ANSWERS = {
    "yes": "It holds here",
    "differs": "It holds here, though not by the published numbers",
    "open": "Not decided yet",
    "no": "It does not hold here",
    "none": "Not tested here",
}
# So many of the tests that fail are named.
MOST_FAILING = 3


@dataclass(frozen=True)
class Figure:
    """A large figure of the head, and what it is of."""

    figure: Text
    words: str


@dataclass(frozen=True)
class Answer:
    """The first thing that is read.

    Attributes:
        question: of the paper, with its own answer.
        found: ours in a few words, and on which data that are not the paper's; `certainty` the rest of the sentence: of
            how many runs.
        tests: those that decide it, with their numbers; empty where nothing was tested.
        figures: claims by verdict, the share of runs, datasets.
    """

    question: str
    found: str
    certainty: Text
    tests: Text
    figures: list[Figure]


def answer(inputs: Inputs, verdicts: Verdicts | None, overview: Overview) -> Answer:
    """What the verdicts say of the question, and how much of the runs they rest on; nothing of it is typed."""
    counts = overview.counts
    each: Text = (", ", *counts.seeds, " seeds a cell") if counts.seeds else ()
    ran: Text = (*counts.runs, " of ", *counts.configured, " runs", *each)
    if verdicts is None or not verdicts.claims or not inputs.claims:
        return Answer(QUESTION, "Not judged here", ran, (), of_runs(counts))
    first = verdicts.claims[0]
    entry = inputs.claims[0]
    tested = measured(entry) if first.mark != "none" else ()
    data = shown(entry["verdict"], entry["data"]).removeprefix(entry["verdict"])
    judged = [Figure(number, verdict) for verdict, number in of_verdicts(inputs.claims)]
    return Answer(QUESTION, ANSWERS[first.mark] + data, ran, tested, [*judged, *of_runs(counts)])


def measured(entry: dict[str, Any]) -> Text:
    """The tests that decide a claim, pair by pair: what fails it on any dataset, then what is found over all."""
    known = [
        (row, test)
        for row, test in zip(rows(entry), entry["tests"], strict=True)
        if test["test"] != "published" and test["estimate"] is not None
    ]
    failing = [(row, test) for row, test in known if test["holds"] is False]
    deciding = [(row, test) for row, test in known if test["decides"] and test["holds"] is not False]
    more: Text = (f"; and {len(failing) - MOST_FAILING} more",) if len(failing) > MOST_FAILING else ()
    fails = sentence("What fails it", failing[:MOST_FAILING], more)
    together = "Over the datasets" if failing else "What decides it"
    return (*fails, *sentence(f"{together}, in margins of what the paper calls on par", deciding))


def sentence(head: str, tests: list[tuple[Row, dict[str, Any]]], more: Text = ()) -> Text:
    """Some tests, with estimate, interval and datasets, and the margin of what is not in margins; `more` ends it."""
    if not tests:
        return ()
    pieces = [piece for place, one in enumerate(map(found, tests)) for piece in (("; ", *one) if place else one)]
    return (f"{head}, with {about(tests[0][1]['test']).short} intervals: ", *pieces, *more, ". ")


def found(named: tuple[Row, dict[str, Any]]) -> Text:
    """One test: what it is of, estimate, interval, on which datasets."""
    row, test = named
    low, high, margin = (number(row, column) for column in ("low", "high", "margin"))
    beside: Text = ("; margin ", *margin) if margin and not test["over"] else ()
    ends: Text = (" (", *low, " to ", *high, *beside, ")") if low and high else ()
    of = relation(test["test"], test["first"], test["second"], test["measure"], len(test["others"]))
    return (f"{of}: ", *number(row, "estimate"), *ends, f" on {words(test['over'] or [test['dataset']])}")


def of_runs(counts: Counts) -> list[Figure]:
    """The share of runs, and of datasets."""
    return [Figure(counts.share, "of runs"), Figure((*counts.begun, " of ", *counts.datasets), "datasets")]
