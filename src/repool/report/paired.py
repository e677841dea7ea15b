"""Paired tests in words."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from repool.analysis.statistics import SIGNIFICANCE
from repool.words import numerals as numbers
from repool.words.names import EXACT, method_label


@dataclass(frozen=True)
class PairedTest:
    """One comparison; the numbers are empty where no pair has run."""

    dataset: str
    pair: str
    pairs: str
    difference: str
    interval: str
    p_value: str
    p_value_holm: str
    effect: str
    reading: str


def paired_tests(rows: pd.DataFrame) -> list[PairedTest]:
    """The view of a table made by analysis.paired."""
    return [view(row) for row in rows.to_dict("records")]


def view(row: dict[str, Any]) -> PairedTest:
    """One row."""
    pair = f"{method_label(row['first_method'])} {numbers.MINUS} {method_label(row['second_method'])}"
    if not row["number_of_pairs"]:
        return PairedTest(row["dataset"], pair, "0", "", "", "", "", "", "Pending: no seed has run with both methods.")
    decimals = numbers.decimals(row["metric"]) + 1
    interval = numbers.interval(row["bootstrap_interval_lower"], row["bootstrap_interval_upper"], decimals)
    return PairedTest(
        dataset=row["dataset"],
        pair=pair,
        pairs=str(row["number_of_pairs"]),
        difference=numbers.signed(row["mean_paired_difference"], decimals),
        interval=interval or "one pair",
        p_value=numbers.p_value(row["p_value"]),
        p_value_holm=numbers.p_value(row["p_value_holm"]),
        effect=numbers.effect(row["matched_pairs_rank_biserial"]),
        reading=" ".join(reading(row)),
    )


def reading(row: dict[str, Any]) -> list[str]:
    """What the test says, and what it does not."""
    first, second = method_label(row["first_method"]), method_label(row["second_method"])
    sentences = [] if row["status"] == EXACT else [f"{row['status'].capitalize()} data."]
    if not row["verdict_allowed"]:
        sentences = [f"No verdict: {row['status']} data."]
    if row["too_few_pairs"]:
        smallest = numbers.p_value(row["smallest_attainable_p_value"])
        pairs = "1 pair" if row["number_of_pairs"] == 1 else f"{row['number_of_pairs']} pairs"
        sentences.append(f"Too few seeds: {pairs} cannot give a p below {smallest}.")
    elif row["p_value_holm"] < SIGNIFICANCE:
        relation = "higher" if row["mean_paired_difference"] > 0 else "lower"
        sentences.append(f"{first} scores {relation} than {second}; chance alone seldom gives such ranks.")
    else:
        sentences.append("No difference shown, which is not evidence of equality.")
    return sentences if row["too_few_pairs"] else [*sentences, *equivalence(row)]


def equivalence(row: dict[str, Any]) -> list[str]:
    """What the test of equality within a margin says, where there was one."""
    if not numbers.known(row.get("equivalence_p_value")) or not numbers.known(row.get("margin")):
        return []
    decimals = numbers.decimals(row["metric"]) + 1
    interval = numbers.interval(row["equivalence_interval_lower"], row["equivalence_interval_upper"], decimals)
    equal = str(row["equivalent"]) in ("True", "1.0")
    sentences = [
        f"{'Equal' if equal else 'Not shown to be equal'} within {numbers.significant(row['margin'])}: "
        f"p {probability(row['equivalence_p_value'])}, 90% interval {interval}."
    ]
    if numbers.known(row.get("smallest_detectable_difference")):
        smallest = numbers.fixed(row["smallest_detectable_difference"], decimals)
        sentences.append(f"A difference of {smallest} would have been found four times in five.")
    return sentences


def probability(value: float) -> str:
    """A p value with its relation: = 0.031, < 0.001."""
    text = numbers.p_value(value)
    return text if text.startswith("<") else f"= {text}"
