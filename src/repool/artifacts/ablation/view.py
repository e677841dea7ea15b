"""Table 2: one convolution before the first pooling beside many."""

from typing import Any

from repool.analysis.statistics import CONFIDENCE
from repool.artifacts.section import About, View, by_dataset
from repool.artifacts.table import RUNS, Cell, Column, Row, Table, Text, words
from repool.words import phrases
from repool.words.names import NOT_CONFIGURED, method_label
from repool.words.numerals import Kind, known

COLUMNS = [
    Column("Network", 0.19),
    *(Column(head, 0.25, aligned=True) for head in ("One convolution", "Many")),
    Column("Drop with one", 0.26),
]
INTERVAL = f"{phrases.percent(CONFIDENCE)} t interval of the drop over paired seeds"


def view(about: About) -> View:
    """Networks, dataset by dataset."""
    return View(Table(COLUMNS, by_dataset(about, cells)))


def cells(about: About, row: dict[str, Any]) -> list[Cell]:
    """One network; drops are positive where a single convolution is worse."""
    both = about.row(row, methods=(row["method"], row["one_method"]))
    printed = both.number("published_drop", Kind.PUBLISHED_DIFFERENCE, "drop of the printed means")
    return [
        words(method_label(row["method"])),
        side(about, row, "one", row["one_method"]),
        side(about, row, "many", row["method"]),
        Cell(
            both.number("drop", Kind.DIFFERENCE, "by how much one convolution is worse, mean of paired seeds"),
            note=both.between("drop_low", "drop_high", Kind.DIFFERENCE, INTERVAL),
            below=joined(printed and ("paper: ", *printed), paired(about, row, both)),
        ),
    ]


def paired(about: About, row: dict[str, Any], both: Row) -> Text:
    """How many seeds both networks have, and of each how many failed."""
    if not known(row["pairs"]):
        return ()
    pairs = both.number("pairs", Kind.COUNT, "seeds that both networks have")
    return about.seeds.paired(pairs, row["dataset"], {row["one_method"]: "one", row["method"]: "many"})


def joined(*parts: Text) -> Text:
    """Texts by commas, as far as there are any."""
    first, *others = [part for part in parts if part] or [()]
    return (*first, *(piece for part in others for piece in (", ", *part)))


def side(about: About, row: dict[str, Any], which: str, method: str) -> Cell:
    """One of the two networks."""
    named = about.row(row, methods=(method,))
    printed = named.number(f"published_{which}", Kind.PUBLISHED, "mean as the paper prints it")
    paper: Text = ("paper: ", *(printed or ("not available",)))
    if not known(row[f"{which}_mean"]):
        state = "not configured" if row["status"] == NOT_CONFIGURED else about.seeds.missing(row["dataset"], method)
        return Cell((state,), below=paper, missing=True)
    behind = about.seeds.behind(named, row["dataset"], method, row[f"{which}_runs"], f"{which}_runs")
    opens = about.runs.get((row["dataset"], method), ())
    score = named.spread(f"{which}_mean", f"{which}_std", Kind.SCORE, RUNS)
    return Cell(score, below=(*paper, ", ", *behind), opens=opens)
