"""Tables S2 to S4: settings that ran beside those that the paper prints."""

import re
from typing import Any

import pandas as pd

from repool.artifacts.section import About, View
from repool.artifacts.table import NOTHING, Cell, Column, Group, Row, Table, Text, absent, said_once, words
from repool.words import phrases
from repool.words.names import PENDING, method_label
from repool.words.numerals import Kind

ABOUT = "a setting of the specification, or of the paper's table"
# A number that stands alone, not one that is part of a name.
NUMBER = re.compile(r"(?<![\w.-])(-?\d+(?:\.\d+)?(?:e-?\d+)?)(?![\w.])")


def view(about: About) -> View:
    """A row a dataset, a column an option."""
    labels = dict(zip(about.rows["option"], about.rows["label"], strict=True))
    columns = [
        Column("Dataset", 0.16),
        *(Column(str(label), 0.46 / len(labels), right=True) for label in labels.values()),
        Column("Methods", 0.3),
    ]
    rows = [cells(about, part, list(labels)) for _, part in about.rows.groupby("dataset", sort=False)]
    return View(Table(columns, [Group(rows)]))


def cells(about: About, part: pd.DataFrame, options: list[str]) -> list[Cell]:
    """One dataset."""
    settings = {row["option"]: row for row in part.to_dict("records")}
    methods = dict.fromkeys(name for text in part["methods"] for name in text.split("; ") if name)
    data = phrases.data_words(part["status"])
    head = words(part["dataset"].iloc[0], below=(data,) if data else ())
    fields = [setting(about, settings[name]) if name in settings else words("") for name in options]
    return [*said_once(head, fields), ran(list(methods), part["status"].iloc[0])]


def ran(methods: list[str], status: str) -> Cell:
    """The methods that ran with these settings, or why there is none."""
    if methods:
        return words(", ".join(map(method_label, methods)))
    return absent(PENDING if status == PENDING else "not configured")


def setting(about: About, row: dict[str, Any]) -> Cell:
    """One option: what ran, and below it how it compares with the paper's; nothing where it is the same."""
    methods = tuple(name for name in row["methods"].split("; ") if name)
    named = about.row(row, row["option"], methods=methods)
    value, published = shown(named, "value", row["value"]), shown(named, "published", row["published"])
    if not value:
        return Cell(published or NOTHING, below=("published",) if published else ())
    if row["differs"] == "yes":
        return Cell(value, below=("paper: ", *published), strong=True)
    return Cell(value, below=() if published else ("not in the paper",))


def shown(named: Row, column: str, value: str) -> Text:
    """A setting as a reader wants it: 64, not 64.0; what is no whole number as it is, and each number of a list."""
    if value.removesuffix(".0").isdigit():
        return named.number(column, Kind.COUNT, ABOUT, float(value))
    if NUMBER.fullmatch(value):
        return named.printed(column, value, ABOUT)
    pieces = NUMBER.split(value)  # words and numbers in turn
    return tuple(
        part
        for place, piece in enumerate(pieces)
        for part in (named.printed(f"{column}-{place // 2 + 1}", piece, ABOUT) if place % 2 else (piece,))
        if part
    )
