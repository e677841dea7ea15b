"""Figure 8: the gap between two methods over sizes of the network."""

from typing import Any

from repool.artifacts.section import About, View
from repool.artifacts.table import Cell, Column, Group, Row, Table, absent, plain, words
from repool.words import phrases
from repool.words.numerals import Kind, known


def view(about: About) -> View:
    """A row a combination."""
    records = about.rows.to_dict("records")
    first, second = (phrases.base_method(records[0][f"{which}_method"]) for which in ("first", "second"))
    columns = [
        *(Column("Dataset", 0.26), Column("Layers", 0.08, right=True), Column("Width", 0.08, right=True)),
        *(Column(head, 0.16, right=True) for head in (first, second, f"Advantage of {second}")),
    ]
    rows = [cells(about, record) for record in records]
    sentences = [f"By how much {second} is better than {first}.", *map(sentence, rows)]
    return View(Table(columns, [Group(rows)]), " ".join(sentences))


def cells(about: About, record: dict[str, Any]) -> list[Cell]:
    """One combination."""
    layers, hidden = int(record["layers"]), int(record["hidden"])
    methods = record["first_method"], record["second_method"]
    name = f"layers-{layers}-hidden-{hidden}"
    row = about.row(record, name, methods=methods)
    below = ". ".join(filter(None, [phrases.label(record["metric"]), phrases.data_words([record["status"]])]))
    shown = [words(record["dataset"], below=(below,)), *sizes(about.row(record, name, methods=()))]
    if not known(record["advantage"]):
        return [*shown, absent(record["status"], span=3)]
    first, second = (
        row.number(f"{which}_mean", Kind.SCORE, "mean over the seeds of both methods") for which in ("first", "second")
    )
    drawn = row.number("printed", Kind.AVERAGE, "as the figure has it: a share, or minus the MAE")
    pairs = row.number("runs", Kind.COUNT, "seeds that both methods have")
    return [
        *shown,
        Cell(first, below=("in the figure: ", *drawn)),
        Cell(second),
        Cell(
            row.number("advantage", Kind.DIFFERENCE, "by how much the second method is better"),
            below=about.seeds.paired(pairs, record["dataset"], {name: phrases.base_method(name) for name in methods}),
        ),
    ]


def sizes(row: Row) -> list[Cell]:
    """How many layers of which width."""
    names = {"layers": "layers of the network, as configured", "hidden": "width of its layers, as configured"}
    return [Cell(row.number(column, Kind.COUNT, what)) for column, what in names.items()]


def sentence(shown: list[Cell]) -> str:
    """One combination in words, for those who cannot see the figure."""
    dataset, layers, hidden, *_, last = (plain(cell.text) for cell in shown)
    return f"{dataset}, {layers} layers of width {hidden}: {last}."
