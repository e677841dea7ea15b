"""docs/replication.md: what came out, in Markdown, for whoever reads the repository before the page."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from repool.analysis.files import write_whole
from repool.artifacts.comparison import view as comparison
from repool.artifacts.section import About
from repool.artifacts.table import Cell, Text, plain
from repool.errors import UserError
from repool.paper import kind
from repool.report.inputs import Inputs
from repool.report.page import common
from repool.report.sections import parts, seeds_of
from repool.words.numerals import known

SUMMARY = "replication.md.j2"


@dataclass(frozen=True)
class Compared:
    """A published cell that was run; `apart` where the interval of the difference leaves out 0, None without one."""

    dataset: str
    method: Text
    published: Text
    replicated: Text
    difference: Text
    interval: Text
    apart: bool | None


def render_summary(inputs: Inputs, templates: Path, out: Path, template: str = SUMMARY) -> None:
    """Write it of whatever inputs there are; raises UserError if its template is missing or asks for what is not."""
    environment = Environment(
        loader=FileSystemLoader(templates), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"text": text}
    try:
        page = environment.get_template(template).render(**common(inputs, parts(inputs)), compared=compared(inputs))
    except TemplateError as error:
        raise UserError(f"{templates / template} does not render: {type(error).__name__}, {error}.") from error
    write_whole(out, page)


def compared(inputs: Inputs) -> list[Compared]:
    """Every cell that has runs and a published score, once, from the table where the paper prints it if it is here."""
    found: dict[tuple[str, str], Compared] = {}
    tables = {name: table.rows for name, table in inputs.tables.items() if kind(name) == "comparison"}
    for elsewhere in (False, True):
        for name, rows in tables.items():
            about = About(name, rows, seeds_of(inputs), {})
            for row in rows[(rows["runs"] > 0) & rows["published_mean"].notna()].to_dict("records"):
                if (row["published_in"] not in ("", name)) is elsewhere:
                    found.setdefault((row["dataset"], row["method"]), one(about, row))
    configured = [(dataset, method) for dataset, methods in inputs.run.cells.items() for method in methods]
    return [found[cell] for cell in configured if cell in found]


def one(about: About, row: dict[str, Any]) -> Compared:
    """One cell, with the numbers that its table prints."""
    method, published, replicated, difference = comparison.cells(about, row)
    low, high = row["difference_low"], row["difference_high"]
    return Compared(
        dataset=row["dataset"],
        method=method.text,
        published=noted(published),
        replicated=noted(replicated),
        difference=difference.text,
        interval=difference.note,
        apart=bool(low > 0 or high < 0) if known(low) else None,
    )


def noted(cell: Cell) -> Text:
    """A field with its note in brackets."""
    return (*cell.text, " (", *cell.note, ")") if cell.note else cell.text


def text(said: Text | str) -> str:
    """Words and numbers in a line of Markdown."""
    found = said if isinstance(said, str) else plain(said)
    return " ".join(found.split()).replace("|", "\\|").replace("*", "\\*").replace("_", "\\_").replace("<", "&lt;")
