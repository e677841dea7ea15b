"""Paired tests in words."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from repool.analysis.statistics import CONFIDENCE, SIGNIFICANCE
from repool.artifacts.table import Row, Text, plain
from repool.words import phrases
from repool.words.names import EXACT, METRICS, method_label
from repool.words.numerals import MINUS, Kind, known

SIGNED_RANK = "Wilcoxon's signed-rank test, two-sided and exact"
INTERVAL = f"{phrases.percent(CONFIDENCE)} t interval of the mean paired difference"
TOST = "two one-sided paired t tests of equivalence"


@dataclass(frozen=True)
class PairedTest:
    """One comparison; the numbers are empty where no pair has run."""

    dataset: str
    pair: str
    pairs: Text
    difference: Text
    interval: Text
    p_value: Text
    p_value_holm: Text
    effect: Text
    reading: Text


def paired_tests(artifact: str, rows: pd.DataFrame) -> list[PairedTest]:
    """The view of a table made by analysis.paired."""
    return [view(artifact, row) for row in rows.to_dict("records")]


def named(artifact: str, row: dict[str, Any]) -> Row:
    """How the numbers of a row are called, and the cells behind them."""
    pair = row["first_method"], row["second_method"]
    cells = tuple(f"{row['dataset']}/{method}" for method in pair)
    return Row(f"tests.{artifact}.{row['dataset']}.{':'.join(pair)}", cells, row, row["metric"])


def view(artifact: str, row: dict[str, Any]) -> PairedTest:
    """One row."""
    of = named(artifact, row)
    pair = f"{method_label(row['first_method'])} {MINUS} {method_label(row['second_method'])}"
    if not row["number_of_pairs"]:
        pending = "Pending: no seed has run with both methods." + failures(row)
        return PairedTest(row["dataset"], pair, pairs_of(of), (), (), (), (), (), (pending,))
    return PairedTest(
        dataset=row["dataset"],
        pair=pair,
        pairs=(*pairs_of(of), failures(row)),
        difference=of.number("mean_paired_difference", Kind.DIFFERENCE, "first minus second"),
        interval=of.between("interval_lower", "interval_upper", Kind.DIFFERENCE, INTERVAL) or ("one pair",),
        p_value=of.number("p_value", Kind.P_VALUE, SIGNED_RANK),
        p_value_holm=of.number("p_value_holm", Kind.P_VALUE, f"{SIGNED_RANK}; Holm's correction over its table"),
        effect=of.number("matched_pairs_rank_biserial", Kind.EFFECT, "matched-pairs rank-biserial correlation"),
        reading=reading(row, of),
    )


def pairs_of(of: Row) -> Text:
    """How many seeds both methods have."""
    return of.number("number_of_pairs", Kind.COUNT, "seeds that both methods have")


def failures(row: dict[str, Any]) -> str:
    """How many seeds of which method failed and are in no pair; nothing where none did."""
    methods = [(row[f"{which}_method"], int(row[f"{which}_failed"] or 0)) for which in ("first", "second")]
    words = [f"{count} of {method_label(method)} failed" for method, count in methods if count]
    return f" ({', '.join(words)})" if words else ""


def reading(row: dict[str, Any], of: Row) -> Text:
    """What the test says, and what it does not."""
    first, second = method_label(row["first_method"]), method_label(row["second_method"])
    start = "" if row["status"] == EXACT else f"{row['status'].capitalize()} data. "
    if not row["verdict_allowed"]:
        start = f"No verdict: {row['status']} data. "
    if row["too_few_pairs"]:
        return (f"{start}Too few seeds", *too_few(row, of), ".")
    if row["p_value_holm"] < SIGNIFICANCE:
        found = f"{first} {relation(row)} than {second}; chance alone seldom gives such ranks."
    else:
        found = f"No difference shown{but(row)}, which is not evidence of equality."
    return (start + found, *equivalence(row, of), *beyond_this_data(of))


def relation(row: dict[str, Any]) -> str:
    """How the first method differs; an error is named, because "scores higher" would read as better."""
    direction = "higher" if row["mean_paired_difference"] > 0 else "lower"
    metric = METRICS[row["metric"]]
    if metric.higher_is_better:
        return f"scores {direction}"
    name = metric.label if metric.label.isupper() else metric.label[0].lower() + metric.label[1:]
    return f"has a {direction} {name}"


def but(row: dict[str, Any]) -> str:
    """What to say where the interval, which no test corrects, leaves out zero all the same."""
    low, high = row["interval_lower"], row["interval_upper"]
    return (
        " by ranks after Holm's correction, though the mean's own interval leaves out zero"
        if low > 0 or high < 0
        else ""
    )


def too_few(row: dict[str, Any], of: Row) -> Text:
    """Why these pairs test nothing: what p they could give at best, pairs without a difference giving nothing."""
    if row["smallest_attainable_p_value"] <= SIGNIFICANCE:
        return (" for a test: ", *pairs_of(of), " pairs")
    smallest = of.number("smallest_attainable_p_value", Kind.P_VALUE, f"{SIGNED_RANK}, at best")
    zeros = of.number("number_of_zero_differences", Kind.COUNT, "pairs without a difference")
    equal: Text = (", ", *zeros, " of them without a difference,") if row["number_of_zero_differences"] else ()
    word = "pair" if row["number_of_pairs"] == 1 else "pairs"
    return (": ", *pairs_of(of), f" {word}", *equal, " cannot give a p below ", *smallest)


def equivalence(row: dict[str, Any], of: Row) -> Text:
    """What the test of equality within a margin says, where there was one."""
    if not known(row.get("equivalence_p_value")) or not known(row.get("margin")):
        return ()
    level = phrases.percent(1 - 2 * SIGNIFICANCE)
    ends = "equivalence_interval_lower", "equivalence_interval_upper"
    found: Text = (
        f" {'Equal' if str(row['equivalent']) in ('True', '1.0') else 'Not shown to be equal'} within ",
        *of.number("margin", Kind.MARGIN, "margin of equivalence, as configured"),
        *(": p ", *related(of.number("equivalence_p_value", Kind.P_VALUE, TOST))),
        *(f", {level} interval ", *of.between(*ends, Kind.DIFFERENCE, f"{level} t interval"), "."),
    )
    size = of.number(
        "smallest_detectable_difference", Kind.SIZE, "what a paired t test of so many pairs finds with power 0.8"
    )
    return (
        (*found, " A difference of ", *size, " would have been found four times in five, without a correction.")
        if size
        else found
    )


def beyond_this_data(of: Row) -> Text:
    """What the seeds say of new data of the kind, where each draws a split, and how probable equality is."""
    about = f"{phrases.percent(CONFIDENCE)} t interval with the variance of Nadeau and Bengio"
    ends = of.between("new_data_lower", "new_data_upper", Kind.DIFFERENCE, about)
    inside = of.number(
        "probability_within_margin", Kind.SHARE, "that the difference is within the margin, from a flat prior"
    )
    return (
        *((" For new data of the kind: ", *ends, ".") if ends else ()),
        *((" Probability of a difference within the margin: ", *inside, ".") if inside else ()),
    )


def related(p_value: Text) -> Text:
    """A p value with its relation: = 0.031, < 0.001."""
    return p_value if plain(p_value).startswith("<") else ("= ", *p_value)
