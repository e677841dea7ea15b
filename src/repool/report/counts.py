"""How many claims came out how, and how many runs and datasets there are: numbers with names, like all others."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from repool.artifacts.table import Row, Text
from repool.report.claims import MARKS, NOT_RUN, cells_of, shown
from repool.report.inputs import RunInfo
from repool.words.numerals import Kind
from repool.words.phrases import slug

# Shown whether any claim has them or not.
ALWAYS = ("replicated", "inconclusive", "not replicated", NOT_RUN)


@dataclass(frozen=True)
class Counts:
    """Of the configured runs those that have a score, and their share; of the datasets those that have any run.

    `seeds` says of the cells that have any run how many: `3 to 20 of 20`, `1 to 120 of up to 120`.
    """

    runs: Text
    configured: Text
    share: Text
    seeds: Text
    begun: Text
    datasets: Text


def of_verdicts(claims: Sequence[dict[str, Any]]) -> list[tuple[str, Text]]:
    """How many claims there are of each verdict: the usual four always, others where there are any."""
    claims_of: dict[str, list[dict[str, Any]]] = {kind: [] for kind in MARKS}
    for claim in claims:
        claims_of.setdefault(shown(claim["verdict"], claim["data"]).partition(" (")[0], []).append(claim)
    return [(kind, of_verdict(kind, found)) for kind, found in claims_of.items() if kind in ALWAYS or found]


def of_verdict(kind: str, claims: Sequence[dict[str, Any]]) -> Text:
    """How many claims have one verdict; what it is says which, and behind it are the cells of all their tests."""
    cells = dict.fromkeys(cell for claim in claims for test in claim["tests"] for cell in cells_of(test))
    which = f"claims with this verdict: {', '.join(claim['id'] for claim in claims) or 'none'}"
    return Row("verdicts", tuple(cells)).number(slug(kind), Kind.COUNT, which, len(claims))


def of_runs(summaries: Iterable[dict[str, Any]], run: RunInfo) -> Counts:
    """How much of what is configured has run."""
    seeds = {(one["dataset"], one["method"]): len(one["seeds"]) for one in summaries}
    configured = {
        (dataset, method): run.expected(dataset, method) for dataset, methods in run.cells.items() for method in methods
    }
    begun = [cell for cell in configured if seeds.get(cell)]
    there, asked = sum(seeds[cell] for cell in begun), sum(configured.values())
    row, all_of = Row("runs", tuple(map("/".join, begun))), "runs that the configuration asks for"
    share = there / asked if asked else 0.0
    datasets = len({dataset for dataset, _ in begun})
    return Counts(
        runs=row.number("finished", Kind.COUNT, "runs with a score", there),
        configured=Row("runs").number("configured", Kind.COUNT, all_of, asked),
        share=row.number("share", Kind.PERCENT, "runs with a score, of those configured", share),
        seeds=seeds_of(row, [seeds[cell] for cell in begun], [configured[cell] for cell in begun]),
        begun=Row("datasets", row.cells).number("begun", Kind.COUNT, "datasets with a run", datasets),
        datasets=Row("datasets").number("configured", Kind.COUNT, "datasets of the configuration", len(run.cells)),
    )


def seeds_of(row: Row, there: Sequence[int], asked: Sequence[int]) -> Text:
    """From how few to how many seeds cells have, and how many are asked for at most; nothing without any."""
    if not there:
        return ()
    least, most = (
        row.number(f"{which}_seeds", Kind.COUNT, f"seeds of the cell that has the {which}", number)
        for which, number in (("fewest", min(there)), ("most", max(there)))
    )
    of = row.number("asked_seeds", Kind.COUNT, "seeds of a cell that the configuration asks for, at most", max(asked))
    together = " of " if min(asked) == max(asked) else " of up to "
    return (*(most if min(there) == max(there) else (*least, " to ", *most)), together, *of)
