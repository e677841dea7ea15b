"""The head of page and PDF: what became of the paper's question, how sure that is, and in how much of it was run."""

from dataclasses import dataclass
from typing import Any

from repool.analysis.claims.methods import about
from repool.analysis.claims.words import relation, words
from repool.artifacts.table import Text
from repool.report.claims import Verdicts, number, rows
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
        found: ours in a few words; `certainty` the rest of the sentence: of how many runs.
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
    tested = measured(inputs.claims[0]) if first.mark != "none" else ()
    judged = [Figure(number, verdict) for verdict, number in of_verdicts(inputs.claims)]
    return Answer(QUESTION, ANSWERS[first.mark], ran, tested, [*judged, *of_runs(counts)])


def measured(entry: dict[str, Any]) -> Text:
    """The tests that decide a claim, pair by pair: estimate, interval, and on which datasets."""
    deciding = [
        (row, test)
        for row, test in zip(rows(entry), entry["tests"], strict=True)
        if test["decides"] and test["test"] != "published" and test["estimate"] is not None
    ]
    pieces: list[Text] = []
    for row, test in deciding:
        low, high = number(row, "low"), number(row, "high")
        ends: Text = (" (", *low, " to ", *high, ")") if low and high else ()
        of = relation(test["test"], test["first"], test["second"], test["measure"], len(test["others"]))
        pieces.append((f"{of}: ", *number(row, "estimate"), *ends, f" on {words(test['over'] or [test['dataset']])}"))
    if not pieces:
        return ()
    level = about(deciding[0][1]["test"]).short
    joined: Text = tuple(piece for place, one in enumerate(pieces) for piece in (("; ", *one) if place else one))
    return (f"What decides it, in margins of what the paper calls on par, with {level} intervals: ", *joined, ".")


def of_runs(counts: Counts) -> list[Figure]:
    """The share of runs, and of datasets."""
    return [Figure(counts.share, "of runs"), Figure((*counts.begun, " of ", *counts.datasets), "datasets")]
