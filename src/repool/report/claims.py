"""The claims of the paper and what became of each."""

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from repool.analysis.claims.methods import WIDE, about, numerals
from repool.analysis.claims.overall import MARGINS
from repool.analysis.claims.words import relation
from repool.artifacts.table import Number, Row, Text
from repool.report.inputs import Inputs
from repool.report.sections import anchor
from repool.report.strips import Strip, strip
from repool.schemas.names import split_pair
from repool.words.names import EXACT, allows_verdict, method_label
from repool.words.numerals import Kind

NOT_RUN = "not run"
# The kind of each verdict, for colours, and a sign for the eye beside its words, never in their place.
MARKS = {
    "replicated": "yes",
    "deviates from the published number": "differs",
    "inconclusive": "open",
    "not replicated": "no",
    NOT_RUN: "none",
}
SIGNS = {"yes": "●", "differs": "≠", "open": "◐", "no": "✕", "none": "○"}
JUDGING = ("replicated", "not replicated", "deviates from the published number")
HOLDS = {True: "holds", False: "does not hold", None: "undecided"}
# What the numbers of tests are in, where it is not plain from the words.
POINTS = "percentage points"
NEW_DATA = f"{WIDE} t interval with the variance of Nadeau and Bengio"
UNITS = {"accuracy": POINTS, "auroc": POINTS, "mae": "MAE", MARGINS: "margins", "gap": "share"}


@dataclass(frozen=True)
class Place:
    """An artifact; `anchor` is empty if the page does not have it."""

    label: str
    anchor: str


@dataclass(frozen=True)
class Test:
    """One test behind a verdict; `seeds` with those that failed, `interval` with its kind, `beyond` of new data."""

    dataset: str
    comparison: str
    test: str
    seeds: Text
    estimate: Text
    interval: Text
    p_value: Text
    margin: Text
    holds: Text
    beyond: Text


@dataclass(frozen=True)
class Claim:
    """One claim; `mark` names the kind of its verdict."""

    name: str
    says: str
    places: list[Place]
    verdict: str
    mark: str
    reason: Text
    data: str
    tests: list[Test]
    strip: Strip

    @property
    def sign(self) -> str:
        """For the eye."""
        return SIGNS[self.mark]


@dataclass(frozen=True)
class Verdicts:
    """All claims, how many there are of each verdict, what the tests are that they name, and where the paper says two
    things."""

    claims: list[Claim]
    counts: list[tuple[str, int]]
    words: list[tuple[str, str]]
    contradictions: list[str]


def verdicts(inputs: Inputs, sections: Container[str]) -> Verdicts | None:
    """The view of claims.json; None where there is none. `sections` are the artifacts that the page shows."""
    if inputs.claims is None:
        return None
    claims = [view(entry, inputs, sections) for entry in inputs.claims]
    found = [claim.verdict for claim in claims]
    named = {test.test for claim in claims for test in claim.tests}
    return Verdicts(
        claims=claims,
        counts=[(verdict, found.count(verdict)) for verdict in dict.fromkeys(found)],
        words=[(name, words) for name, words in inputs.claim_tests.items() if name in named],
        contradictions=[one["says"] for one in inputs.contradictions],
    )


def view(entry: dict[str, Any], inputs: Inputs, sections: Container[str]) -> Claim:
    """One claim."""
    verdict = shown(entry["verdict"], entry["data"])
    return Claim(
        name=entry["id"],
        says=entry["says"],
        places=[place(name, inputs, sections) for name in entry["artifacts"]],
        verdict=verdict,
        mark=MARKS.get(verdict.partition(" (")[0], "none"),
        reason=reason(entry),
        data=", ".join(entry["data"]),
        tests=tests(entry),
        strip=strip(entry["tests"] if any(map(allows_verdict, entry["data"])) else []),
    )


def shown(verdict: str, data: list[str]) -> str:
    """The verdict as printed: none from embedded data, and from other data than the paper's it says so."""
    if verdict not in JUDGING:
        return verdict
    if barred := [status for status in data if not allows_verdict(status)]:
        return f"no verdict ({', '.join(barred)} data)"
    other = [status for status in data if status != EXACT]
    return f"{verdict} ({', '.join(other)} data)" if other else verdict


def place(name: str, inputs: Inputs, sections: Container[str]) -> Place:
    """Where an artifact stands; one that the page lacks is called by its name."""
    if name in inputs.captions and name in sections:
        return Place(inputs.captions[name].label, anchor(name))
    return Place(spelled(name), "")


def spelled(name: str) -> str:
    """figure_3 as Figure 3, figures_s2_s13 as Figures S2 S13."""
    words = name.split("_")
    return " ".join(
        [words[0].capitalize(), *(word.upper() if word[0] == "s" or len(word) == 1 else word for word in words[1:])]
    )


def rows(entry: dict[str, Any]) -> list[Row]:
    """How the numbers of a claim's tests are named: after it and their place."""
    return [
        Row(f"claims.{entry['id']}.{place}", cells_of(test), test, test["metric"])
        for place, test in enumerate(entry["tests"])
    ]


def cells_of(test: dict[str, Any]) -> tuple[str, ...]:
    """The cells behind a test."""
    pairs = [(test["first"], test["second"]), *map(split_pair, test["others"])]
    methods = dict.fromkeys(name for pair in pairs for name in pair if name)
    return tuple(f"{dataset}/{method}" for dataset in test["over"] or [test["dataset"]] for method in methods)


def reason(entry: dict[str, Any]) -> Text:
    """Why a claim has its verdict: the numbers in it are those of its tests, with their names."""
    named = rows(entry)
    pieces: list[str | Number] = []
    for piece in entry["reason"]:
        if isinstance(piece, str):
            pieces.append(piece)
        else:
            pieces += number(named[piece["test"]], piece["number"])
    return tuple(pieces)


def tests(entry: dict[str, Any]) -> list[Test]:
    """The tests of a claim."""
    return [test(row, named) for row, named in zip(entry["tests"], rows(entry), strict=True)]


def test(row: dict[str, Any], named: Row) -> Test:
    """One row of a claim's tests."""
    kind = numerals(row["test"], row["metric"])
    unit = UNITS.get(row["metric"], "") if kind in (Kind.DIFFERENCE, Kind.EFFECT) else ""
    low, high = number(named, "low"), number(named, "high")
    size, margin = number(named, "size"), number(named, "margin")
    return Test(
        dataset=row["dataset"],
        comparison=relation(row["test"], row["first"], row["second"], row["measure"], len(row["others"]))
        + (f" ({unit})" if unit else ""),
        test=row["test"] + ("" if row["decides"] else " (can only fail)"),
        seeds=seeds(row, named),
        estimate=number(named, "estimate"),
        interval=(*low, " to ", *high, f", {about(row['test']).short}") if low and high else (),
        p_value=number(named, "p"),
        margin=(*size, " ± ", *margin) if size else margin,
        holds=result(row, named),
        beyond=beyond(named),
    )


def beyond(named: Row) -> Text:
    """What the seeds of one dataset say beyond their splits; nothing of tests that do not say."""
    low, high, inside = (number(named, column) for column in ("new_data_low", "new_data_high", "inside"))
    ends: Text = ("for new data of the kind ", *low, " to ", *high) if low and high else ()
    probable: Text = ("within the margin with probability ", *inside) if inside else ()
    return (*ends, *(("; ",) if ends and probable else ()), *probable)


def seeds(row: dict[str, Any], named: Row) -> Text:
    """How many there are, in how many blocks where those are what was measured, and how many failed."""
    blocks = number(named, "blocks")
    inside: Text = (" in ", *blocks, " block" if row["blocks"] == 1 else " blocks") if blocks else ()
    return (*number(named, "seeds"), *inside, f", {row['failed']} failed" if row["failed"] else "")


def result(row: dict[str, Any], named: Row) -> Text:
    """Whether a test holds; where that is open, what it shows all the same; and which way where there is one."""
    within, spread = number(named, "within"), number(named, "between_datasets")
    found: Text = ("equal within ±", *within) if row["holds"] is None and within else (HOLDS[row["holds"]],)
    if row["better"]:
        found += (f"; {method_label(row['first'])} is better",)
    if spread:
        p_value = number(named, "between_datasets_p")
        found += ("; between datasets ", *spread, *((", p ", *p_value) if p_value else ()))
    return found


def number(named: Row, column: str) -> Text:
    """A number of a test, wherever it stands: its row, or the reason of its claim."""
    name, metric = str(named.values["test"]), str(named.values["metric"])
    kind, said = numerals(name, metric), about(name)
    size = Kind.SIZE if kind is Kind.DIFFERENCE else Kind.AVERAGE if kind is Kind.EFFECT else kind
    kinds = {
        **dict.fromkeys(("p", "between_datasets_p"), Kind.P_VALUE),
        **dict.fromkeys(("margin", "size"), Kind.MARGIN),
        **{"inside": Kind.SHARE, "seeds": Kind.COUNT, "blocks": Kind.COUNT, "within": size, "between_datasets": size},
    }
    words = {
        "seeds": "seeds that all its methods have",
        "blocks": "blocks of seeds that trained together, each of which is one measurement",
        "estimate": said.estimate,
        "low": f"{said.interval}, lower end",
        "high": f"{said.interval}, upper end",
        "p": said.p_value,
        "margin": "margin, as configured",
        "size": "what the paper says",
        "within": f"{said.interval}, its far end",
        "new_data_low": f"{NEW_DATA}, lower end",
        "new_data_high": f"{NEW_DATA}, upper end",
        "inside": "that the difference is within the margin, from a flat prior",
        "between_datasets": "deviation of the true differences between datasets, DerSimonian and Laird",
        "between_datasets_p": "Cochran's Q, chi-squared approximation",
    }
    return named.number(column, kinds.get(column, kind), words[column])
