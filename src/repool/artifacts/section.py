"""What the view of a kind is given, and what it gives back."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from repool.artifacts.states import Seeds


@dataclass(frozen=True)
class About:
    """What a view is made from: a table, how many seeds each cell should have, and the runs of each cell in words."""

    name: str
    rows: pd.DataFrame
    seeds: Seeds
    runs: dict[tuple[str, str], str]


@dataclass(frozen=True)
class View:
    """The content of a section, and its figure in words; empty for a table."""

    content: dict[str, Any]
    description: str = ""
