"""Average ranks of the methods of an artifact over its datasets."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from repool.artifacts.table import Row, Text
from repool.words.names import method_label
from repool.words.numerals import Kind

FRIEDMAN = "Friedman's test, chi-squared approximation"


@dataclass(frozen=True)
class Ranks:
    """Methods with their average ranks, best first, and Friedman's test; None instead where nothing can be ranked.

    `failed` names the seeds that failed, and so are in no rank.
    """

    methods: list[tuple[str, Text]]
    datasets: Text
    p_value: Text
    failed: str
    status: str


def ranks(
    artifact: str, rows: pd.DataFrame, scores: pd.DataFrame, failed: Mapping[tuple[str, str], int] | None = None
) -> Ranks | None:
    """The view of a table of ranks.

    Args:
        artifact: whose ranks they are.
        rows: the table of ranks.
        scores: the table of the artifact, with the cells behind them.
        failed: of each (dataset, method) how many seeds failed; without it nothing is said of them.
    """
    ranked = rows[rows["average_rank"].notna()].sort_values("average_rank", kind="stable")
    if ranked.empty:
        return None
    first, cells = ranked.iloc[0], behind(scores, list(ranked["method"]))
    every = Row(f"ranks.{artifact}", tuple(cell for own in cells.values() for cell in own), first)
    return Ranks(
        methods=[
            (method_label(row["method"]), average(Row(f"ranks.{artifact}.{row['method']}", cells[row["method"]], row)))
            for row in ranked.to_dict("records")
        ],
        datasets=every.number("datasets", Kind.COUNT, "datasets on which all methods ran"),
        p_value=every.number("p_value", Kind.P_VALUE, FRIEDMAN),
        failed=of_failed([cell for own in cells.values() for cell in own], failed or {}),
        status=str(first["status"]),
    )


def of_failed(cells: list[str], failed: Mapping[tuple[str, str], int]) -> str:
    """`2 of GRACLUS on NCI1`: how many seeds failed in which of the cells; nothing where none did."""
    pairs = [tuple(cell.split("/")) for cell in cells]
    return ", ".join(
        f"{failed[dataset, method]} of {method_label(method)} on {dataset}"
        for dataset, method in pairs
        if failed.get((dataset, method))
    )


def average(row: Row) -> Text:
    """The average rank of one method."""
    return row.number("average_rank", Kind.RANK, "average rank over datasets, 1 is best")


def behind(scores: pd.DataFrame, methods: list[str]) -> dict[str, tuple[str, ...]]:
    """Of each method its cells on the datasets on which all of them ran."""
    value = "mean" if "mean" in scores.columns else "test"
    ran = scores[scores[value].notna()]
    sets = [set(ran.loc[ran["method"] == method, "dataset"]) for method in methods]
    shared = [name for name in dict.fromkeys(scores["dataset"]) if all(name in found for found in sets)]
    return {method: tuple(f"{dataset}/{method}" for dataset in shared) for method in methods}
