"""Average ranks of the methods of an artifact over its datasets."""

from dataclasses import dataclass

import pandas as pd

from repool.words import numerals as numbers
from repool.words.names import method_label


@dataclass(frozen=True)
class Ranks:
    """Methods with their average ranks, best first, and Friedman's test; None instead where nothing can be ranked."""

    methods: list[tuple[str, str]]
    datasets: str
    p_value: str
    status: str


def ranks(rows: pd.DataFrame) -> Ranks | None:
    """The view of a table of ranks."""
    ranked = rows[rows["average_rank"].notna()].sort_values("average_rank", kind="stable")
    if ranked.empty:
        return None
    first = ranked.iloc[0]
    return Ranks(
        methods=[
            (method_label(str(name)), numbers.fixed(float(rank), 2))
            for name, rank in zip(ranked["method"], ranked["average_rank"], strict=True)
        ],
        datasets=numbers.count(first["datasets"]),
        p_value=numbers.p_value(float(first["p_value"])) if numbers.known(first["p_value"]) else "",
        status=str(first["status"]),
    )
