"""A table as page and PDF both print it: a view says once what stands in it, one template each says how it looks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any

from repool.words.names import METRICS
from repool.words.numerals import MINUS, Kind, known, numeral


@dataclass(frozen=True)
class Number:
    """A number with its one text.

    Attributes:
        id: its name, `table_1.NCI1.graclus.mean`.
        text: as it is printed.
        kind: what its text follows from (`words.numerals.Kind`), or that somebody else printed it.
        unit: that of its metric; empty where it has none.
        about: what it is, by which method, at which level; for whoever traces it.
        cells: those behind it, `NCI1/graclus`.
    """

    id: str
    value: float
    text: str
    kind: str
    unit: str
    about: str
    cells: tuple[str, ...]


# The kind of a number whose text is another's.
AS_PRINTED = "as printed"


# How the columns begin that hold what the paper prints.
PUBLISHED = "published"
# What the runs of a cell come down to.
RUNS = ("mean of the runs", "standard deviation of the runs, ddof 1")
# Words, and the numbers among them.
Text = tuple[str | Number, ...]


SCORES = (Kind.SCORE, Kind.PUBLISHED, Kind.DIFFERENCE, Kind.PUBLISHED_DIFFERENCE, Kind.SIZE)


@dataclass(frozen=True)
class Row:
    """A row of a table of results, whose numbers it names.

    Attributes:
        name: how their names begin.
        cells: those behind them.
        values: by column.
        metric: how they are scored.
    """

    name: str
    cells: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    metric: str = ""

    def number(self, column: str, kind: Kind, about: str = "", value: float | None = None) -> Text:
        """The number of a column, or another value under its name, as a text; an empty one where it is not known.

        What the paper prints has none of our cells behind it.
        """
        found: Any = self.values.get(column) if value is None else value
        if not known(found):
            return ()
        unit = METRICS[self.metric].unit if kind in SCORES and self.metric in METRICS else ""
        text = numeral(float(found), kind, self.metric)
        return (Number(f"{self.name}.{column}", float(found), text, kind.value, unit, about, self.behind(column)),)

    def behind(self, column: str) -> tuple[str, ...]:
        """The cells behind a column: none of ours where it holds what the paper prints."""
        return () if column.startswith(PUBLISHED) else self.cells

    def printed(self, column: str, text: str, about: str = "") -> Text:
        """A number that somebody else printed, by its text; an empty one where there is none."""
        if not text:
            return ()
        value = float(text.replace(",", "").replace(MINUS, "-"))
        return (Number(f"{self.name}.{column}", value, text, AS_PRINTED, "", about, self.behind(column)),)

    def between(self, low: str, high: str, kind: Kind, about: str = "") -> Text:
        """Two columns as `low to high`; nothing where one of them is not known."""
        ends = self.number(low, kind, f"{about}, lower end"), self.number(high, kind, f"{about}, upper end")
        return (*ends[0], " to ", *ends[1]) if all(ends) else ()

    def spread(self, mean: str, deviation: str, kind: Kind, about: tuple[str, str]) -> Text:
        """A mean with its deviation, `80.1 ± 1.6`, as far as they are known."""
        found, spread = self.number(mean, kind, about[0]), self.number(deviation, kind, about[1])
        return (*found, " ± ", *spread) if found and spread else found


@dataclass(frozen=True)
class Cell:
    """One field.

    Attributes:
        text: its words and numbers.
        note: smaller, beside them.
        below: smaller, below them.
        opens: the runs behind it, to which it opens.
        strong: whether it is set apart.
        missing: whether it stands where something is missing.
        span, rows: how many columns and rows it takes.
    """

    text: Text
    note: Text = ()
    below: Text = ()
    opens: Text = ()
    strong: bool = False
    missing: bool = False
    span: int = 1
    rows: int = 1


def words(text: str, **how: Any) -> Cell:
    """A field of words alone."""
    return Cell((text,) if text else (), **how)


def absent(text: str, span: int = 1) -> Cell:
    """A field of words where something is missing."""
    return Cell((text,), missing=True, span=span)


# What stands where there is no number.
NOTHING = ("–",)


def said_once(head: Cell, fields: Sequence[Cell]) -> list[Cell]:
    """A row; where all fields that hold anything have the same words below, those stand once, below its head."""
    below = {field.below for field in fields if field.text not in ((), NOTHING)}
    common = below.pop() if len(below) == 1 else ()
    if not common or any(isinstance(piece, Number) for piece in common):
        return [head, *fields]
    joined = (*head.below, "; ", *common) if head.below else common
    return [replace(head, below=joined), *(replace(field, below=()) for field in fields)]


@dataclass(frozen=True)
class Column:
    """A head and, for the PDF, its share of the line; `aligned` puts decimal points under each other."""

    head: str
    share: float
    right: bool = False
    aligned: bool = False


@dataclass(frozen=True)
class Group:
    """Rows under a heading (empty: none); the first field of a row heads it, unless one above it does."""

    rows: list[list[Cell]]
    title: str = ""
    note: str = ""


@dataclass(frozen=True)
class Table:
    """Columns, groups of rows, a sentence below, and what is folded away under words of its own.

    `without` is said where there is no group.
    """

    columns: list[Column]
    groups: list[Group]
    below: Text = ()
    folded: "Table | None" = None
    folded_title: str = ""
    without: str = ""

    @property
    def folds(self) -> "list[tuple[str, Table]]":
        """Everything that is folded away, with its title."""
        return [(self.folded_title, self.folded), *self.folded.folds] if self.folded else []

    @property
    def heads(self) -> list[str]:
        """The heads of all columns."""
        return [column.head for column in self.columns]

    @property
    def width(self) -> float:
        """The shares of all columns together, for a table that fills its line."""
        return sum(column.share for column in self.columns)

    @property
    def aligned(self) -> bool:
        """Whether any column is."""
        return any(column.aligned for column in self.columns)


def plain(text: Text) -> str:
    """A text without what stands behind its numbers."""
    return "".join(piece if isinstance(piece, str) else piece.text for piece in text)


def numbers(shown: Any) -> Iterator[Number]:
    """Every number inside a table, or inside anything made of such values."""
    if isinstance(shown, Number):
        yield shown
    elif isinstance(shown, dict):
        yield from numbers(list(shown.values()))
    elif isinstance(shown, list | tuple):
        for part in shown:
            yield from numbers(part)
    elif is_dataclass(shown):
        for part in fields(shown):
            yield from numbers(getattr(shown, part.name))
