"""The head of page and PDF: what became of the paper's question, how sure that is, and in how much of it was run."""

from dataclasses import dataclass
from typing import Any

from repool.analysis.claims.words import about, relation, words
from repool.artifacts.table import Text
from repool.report.claims import MARKS, NOT_RUN, Claim, Verdicts, number, rows
from repool.report.inputs import Inputs
from repool.report.overview import Overview
from repool.words import phrases

QUESTION = "Does it matter which nodes are pooled? The paper says that it does not."
# A share of runs that would be printed as none.
SMALLEST = 0.005
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

    figure: str
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
    certainty: str
    tests: Text
    figures: list[Figure]


def answer(inputs: Inputs, verdicts: Verdicts | None, overview: Overview) -> Answer:
    """What the verdicts say of the question, and how much of the runs they rest on; nothing of it is typed."""
    ran = f"{overview.runs:,} of {overview.expected:,} runs{seeds(overview)}"
    if verdicts is None or not verdicts.claims or not inputs.claims:
        return Answer(QUESTION, "Not judged here", ran, (), of_runs(overview))
    first = verdicts.claims[0]
    tested = measured(inputs.claims[0]) if first.mark != "none" else ()
    return Answer(QUESTION, ANSWERS[first.mark], ran, tested, [*of_verdicts(verdicts.claims), *of_runs(overview)])


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


def seeds(overview: Overview) -> str:
    """From how few to how many seeds the cells have that have any, and how many are asked for."""
    cells = [cell for dataset in overview.datasets for cell in dataset.coverage if cell.runs]
    if not cells:
        return ""
    least, most = min(cell.runs for cell in cells), max(cell.runs for cell in cells)
    asked = max(cell.seeds for cell in cells)
    return f", {least if least == most else f'{least} to {most}'} of {asked} seeds a cell"


def of_verdicts(claims: list[Claim]) -> list[Figure]:
    """How many claims there are of each verdict: the usual four always, others where there are any."""
    always = ("replicated", "inconclusive", "not replicated", NOT_RUN)
    found = [claim.verdict.partition(" (")[0] for claim in claims]
    kinds = [kind for kind in (*MARKS, *found) if kind in always or kind in found]
    return [Figure(str(found.count(kind)), kind) for kind in dict.fromkeys(kinds)]


def of_runs(overview: Overview) -> list[Figure]:
    """The share of runs, and of datasets."""
    share = overview.runs / overview.expected if overview.expected else 0.0
    begun = sum(any(cell.runs for cell in dataset.coverage) for dataset in overview.datasets)
    shown = "<1%" if 0 < share < SMALLEST else phrases.percent(share)
    return [Figure(shown, "of runs"), Figure(f"{begun} of {len(overview.datasets)}", "datasets")]
