"""What a page of an unfinished campaign leaves out, and why."""

from dataclasses import dataclass

from repool.report.inputs import Inputs
from repool.words import phrases


@dataclass(frozen=True)
class Reason:
    """Records that are there and not shown, for one reason: how many, and of each cell which."""

    words: str
    count: str
    cells: list[str]


@dataclass(frozen=True)
class LeftOut:
    """Everything that is left out; both lists are empty where nothing is."""

    records: list[Reason]
    cards: list[tuple[str, str]]


def left_out(inputs: Inputs) -> LeftOut:
    """The view of what was found and not taken."""
    reasons = dict.fromkeys(entry["reason"] for entry in inputs.run.left_out)
    return LeftOut([reason(words, inputs) for words in reasons], sorted(inputs.run.without_card.items()))


def reason(words: str, inputs: Inputs) -> Reason:
    """One reason."""
    entries = [entry for entry in inputs.run.left_out if entry["reason"] == words]
    count = sum(len(entry["seeds"]) for entry in entries)
    cells = [
        f"{entry['dataset']}, {phrases.method(entry['method'])}: seeds {phrases.seeds(entry['seeds'])}"
        for entry in entries
    ]
    return Reason(words, "1 record" if count == 1 else f"{count} records", cells)
