"""Table S1: the prepared data beside the paper's description."""

from typing import Any

from repool.artifacts.section import About, View
from repool.artifacts.table import NOTHING, Cell, Column, Group, Row, Table, plain, said_once, words
from repool.words.names import NOT_CONFIGURED
from repool.words.numerals import MINUS, Kind, known, numeral

COUNTS = {
    **dict.fromkeys(("graphs", "classes", "features"), Kind.COUNT),
    **dict.fromkeys(("avg_nodes", "avg_edges"), Kind.AVERAGE),
}
FEATURES = {
    "labels": "one-hot labels",
    "continuous": "real-valued inputs",
    "atoms": "categorical inputs",
    "constant": "constant inputs",
}
COLUMNS = [
    Column("Dataset", 0.12),
    *(Column(head, 0.1, right=True) for head in ("Graphs", "Classes", "Inputs of a node")),
    *(Column(head, 0.1, right=True) for head in ("Nodes, average", "Edges, average")),
    Column("Data", 0.38),
]
FOLDED = "Datasets of the paper outside this configuration"


def view(about: About) -> View:
    """The datasets of this configuration, and those that only the paper has."""
    rows: tuple[list[list[Cell]], list[list[Cell]]] = ([], [])
    for row in about.rows.to_dict("records"):
        rows[row["status"] == NOT_CONFIGURED].append(cells(about, row))
    folded = Table(COLUMNS, [Group(rows[1])]) if rows[1] else None
    return View(Table(COLUMNS, [Group(rows[0])], folded=folded, folded_title=FOLDED))


def cells(about: About, row: dict[str, Any]) -> list[Cell]:
    """One dataset; what differs, and by how much, stands in its own column of the table."""
    named = about.row(row)
    amounts = dict(part.split(" ", 1) for part in row["differences"].split("; ") if part)
    quantities = [quantity(row, name, kind, amounts.get(name, ""), named) for name, kind in COUNTS.items()]
    return [*said_once(words(row["dataset"]), quantities), data(row)]


def data(row: dict[str, Any]) -> Cell:
    """What the data are, and where they come from."""
    sources = zip(row["source"].split("; "), row["source_sha256"].split("; "), strict=False)
    files = ", ".join(f"{file} ({sha256})" for file, sha256 in sources if file)
    status = "not configured" if row["status"] == NOT_CONFIGURED else row["status"]
    features = FEATURES.get(row["feature_kind"], row["feature_kind"])
    below = "; ".join(filter(None, [files, row["licence"]]))
    return words(", ".join(filter(None, [status, features])), below=(below,) if below else ())


def quantity(row: dict[str, Any], name: str, kind: Kind, amount: str, named: Row) -> Cell:
    """Our number, and below it the paper's where that is another one.

    That of inputs may be a choice (constant inputs), so it is shown, not judged.
    """
    measured = named.number(name, kind, "measured on the prepared data")
    published = as_text(row[f"published_{name}"])
    paper = named.printed(f"published_{name}", published, "as the paper prints it")
    if not measured:
        return Cell(paper or NOTHING, below=("published",) if paper else ())
    if not paper:
        return Cell(measured, below=("not in the paper",))
    if not amount:
        return Cell(measured, below=() if plain(measured) == published else ("as published: ", *paper))
    if name == "features":
        return Cell(measured, below=("paper: ", *paper))
    by = named.printed(f"{name}_difference", amount.replace("-", MINUS), "measured minus published, at its decimals")
    return Cell(measured, below=("paper: ", *paper, " (", *by, ")"), strong=True)


def as_text(published: float | str) -> str:
    """A printed number: averages are texts already, counts are numbers, missing ones NaN."""
    if isinstance(published, str):
        return published
    return numeral(published, Kind.COUNT) if known(published) else ""
