"""Tables S2 to S4: settings that ran beside those that the paper prints."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from repool.artifacts.section import About, View
from repool.words import numerals as numbers
from repool.words.names import method_label


@dataclass(frozen=True)
class Setting:
    """A setting and, in words, how it compares with the paper's."""

    shown: str
    compared: str
    differs: bool


@dataclass(frozen=True)
class Row:
    """One dataset; `settings` stand in the order of the labels, None where it has no such option."""

    dataset: str
    settings: list[Setting | None]
    methods: str


@dataclass(frozen=True)
class Settings:
    """The names of the options, and the datasets."""

    labels: list[str]
    rows: list[Row]


def view(about: About) -> View:
    """A row a dataset."""
    return View({"settings": hyperparameters(about.rows)})


def hyperparameters(rows: pd.DataFrame) -> Settings:
    """The view of the table."""
    labels = dict(zip(rows["option"], rows["label"], strict=True))
    found = []
    for dataset, part in rows.groupby("dataset", sort=False):
        settings = {row["option"]: setting(row) for row in part.to_dict("records")}
        methods = dict.fromkeys(name for text in part["methods"] for name in text.split("; ") if name)
        found.append(
            Row(str(dataset), [settings.get(option) for option in labels], ", ".join(map(method_label, methods)))
        )
    return Settings([str(label) for label in labels.values()], found)


def setting(row: dict[str, Any]) -> Setting:
    """One option of one dataset."""
    value, published = plain(row["value"]), plain(row["published"])
    if not value:
        return Setting(published or "–", "published" if published else "", differs=False)
    if row["differs"] == "yes":
        return Setting(value, f"paper: {published}", differs=True)
    return Setting(value, "as published" if published else "", differs=False)


def plain(value: str) -> str:
    """A value as a reader wants it: 64, not 64.0."""
    return numbers.count(float(value)) if value.removesuffix(".0").isdigit() else value
