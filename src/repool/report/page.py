"""The page: one self-contained HTML file, filled into the templates."""

import base64
import functools
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from markupsafe import Markup

from repool import __version__
from repool.analysis.files import write_whole
from repool.analysis.statistics import CONFIDENCE
from repool.artifacts.table import Number, Text, plain
from repool.canonical import canonical
from repool.errors import UserError
from repool.report import differing
from repool.report.answer import answer
from repool.report.claims import verdicts
from repool.report.documents import Written
from repool.report.inputs import Inputs
from repool.report.origin import rerun, trained
from repool.report.overview import overview
from repool.report.sections import Part, Section, parts
from repool.report.seeds import cells
from repool.report.svg import inline
from repool.report.training import trainings
from repool.words.numerals import Kind, numeral
from repool.words.phrases import percent, slug

PAGE = "paper.html.j2"
# The page runs this script and no other: its hash stands in the page's policy.
SCRIPT = "page.js"
# A number says what it is called, for `python -m repool trace NAME`, and which cells are behind it, by their order.
NUMBER = Markup('<data value="{}" title="{}"{}>{}</data>')
BEHIND = Markup(' data-cells="{}"')


@dataclass(frozen=True)
class Download:
    """A file inside the page."""

    name: str
    words: str
    address: str


@dataclass(frozen=True)
class Origin:
    """Where a number comes from: the command that says it, and the places of its cells."""

    command: str
    cells: list[str]


def render(inputs: Inputs, templates: Path, out: Sequence[Path], template: str = PAGE) -> None:
    """Write the page of whatever inputs there are, the same one under each name.

    Raises UserError if a template is missing or asks for what is not there.
    """
    found = parts(inputs)
    sections = [section for part in found for section in part.sections]
    environment = Environment(
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    known = places(inputs)
    order = {cell: position for position, cell in enumerate(known)}
    environment.filters |= {"written": written, "anchor": slug, "counted": counted}
    environment.filters |= {name: functools.partial(filled, order=order) for name, filled in NUMBERED.items()}
    environment.filters["origin"] = functools.partial(origin, places=known, configuration=inputs.run.configuration)
    try:
        script = environment.get_template(SCRIPT).render()
        page = environment.get_template(template).render(
            script=Markup(script),
            script_hash=f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}",
            **common(inputs, found),
            trainings=(drawn := trainings(inputs, cells(inputs))),
            panels={cell: place for one in drawn for cell, place in one.places.items()},
            pictures={section.name: picture(section, inputs) for section in sections if section.is_figure},
            downloads={section.name: downloads(section, inputs) for section in sections if section.ran},
        )
    except TemplateError as error:
        raise UserError(f"The templates in {templates} do not render: {type(error).__name__}, {error}.") from error
    for path in out:
        write_whole(path, page)


def common(inputs: Inputs, found: list[Part]) -> dict[str, object]:
    """What the page and the PDF print alike."""
    names = {section.name for part in found for section in part.sections}
    shown, judged = overview(inputs), verdicts(inputs, names)
    beside, counts = differing.compared(inputs)
    return {
        "overview": shown,
        "verdicts": judged,
        "answer": answer(inputs, judged, shown),
        "rerun": rerun(inputs),
        "trained": trained(inputs),
        "commit": inputs.commit,
        "citation": inputs.citation,
        "compared": beside,
        "far": differing.far(beside),
        "differing": counts,
        "parts": found,
        "cells": list(cells(inputs).values()),
        "deviations": inputs.deviations,
        "run": inputs.run,
        "version": __version__,
        "confidence": percent(CONFIDENCE),
    }


def places(inputs: Inputs) -> dict[str, str]:
    """Where the cells stand on the page that have runs: NCI1/graclus at cell-NCI1-graclus."""
    return {"/".join(pair): cell.anchor for pair, cell in cells(inputs).items() if cell.values or cell.failures}


def origin(text: Text, places: dict[str, str], configuration: str) -> Origin | None:
    """Where the first number of a text comes from; None where it has none."""
    number = next((piece for piece in text if not isinstance(piece, str)), None)
    if number is None:
        return None
    command = f"python -m repool trace {number.id} --results results/{configuration}"
    return Origin(command, [places[cell] for cell in number.cells if cell in places])


def counted(number: int) -> str:
    """How many, as everywhere on the page."""
    return numeral(number, Kind.COUNT)


def written(text: Written) -> Markup:
    """A text of a document, with what is typed set apart."""
    return Markup("").join(Markup("<code>{}</code>").format(piece) if typed else piece for piece, typed in text)


def said(text: Text, order: Mapping[str, int]) -> Markup:
    """A text whose numbers carry their names, their values and the cells behind them."""
    pieces = (piece if isinstance(piece, str) else tagged(piece, piece.text, order) for piece in text)
    return Markup("").join(pieces)


def aligned(text: Text, order: Mapping[str, int]) -> Markup:
    """A text whose first number has its decimal point under those of other rows."""
    first, *rest = text or ("",)
    if isinstance(first, str):
        return said(text, order)
    whole, point, fraction = first.text.partition(".")
    split = Markup('<span class="whole">{}</span><span class="fraction">{}</span>').format(whole, point + fraction)
    return tagged(first, split, order) + said(tuple(rest), order)


def tagged(number: Number, shown: str, order: Mapping[str, int]) -> Markup:
    """A number with all that the page's script needs to open it."""
    behind = " ".join(str(order[cell]) for cell in number.cells if cell in order)
    return NUMBER.format(number.value, number.id, BEHIND.format(behind) if behind else "", shown)


NUMBERED = {"said": said, "aligned": aligned}


def picture(section: Section, inputs: Inputs) -> Markup | None:
    """The figure of a section inside the page, or None if it was not drawn."""
    svg = inputs.figures.get(section.name)
    if svg is None:
        return None
    # Not escaped: it is our own figure, parsed and written again as well-formed XML.
    return Markup(inline(svg, f"picture-{section.name}", section.caption.title, section.description))


def downloads(section: Section, inputs: Inputs) -> list[Download]:
    """The files behind an artifact as data addresses: the page needs no file beside it."""
    name = section.name
    files = [Download(f"{name}.csv", "table (CSV)", data_address("text/csv", inputs.tables[name].content))]
    if name in inputs.tests:
        tested = data_address("text/csv", inputs.tests[name].content)
        files.append(Download(f"{name}_tests.csv", "tests (CSV)", tested))
    if name in inputs.ranks:
        ranked = data_address("text/csv", inputs.ranks[name].content)
        files.append(Download(f"{name}_ranks.csv", "ranks (CSV)", ranked))
    if name in inputs.figures:
        drawn = data_address("image/svg+xml", inputs.figures[name].encode())
        files.append(Download(f"{name}.svg", "figure (SVG)", drawn))
    if name in inputs.pdfs:
        files.append(Download(f"{name}.pdf", "figure (PDF)", data_address("application/pdf", inputs.pdfs[name])))
    about = canonical(metadata(section, inputs)).encode()
    return [*files, Download(f"{name}.json", "what it is made from (JSON)", data_address("application/json", about))]


def metadata(section: Section, inputs: Inputs) -> dict[str, object]:
    """What an artifact is, the runs behind it, and how to make it again."""
    cells = [
        {
            "dataset": cell.dataset,
            "method": cell.method,
            "seeds": [seed for seed, _ in cell.values],
            "records": cell.records,
            **{term.lower().replace(" ", "_"): plain(value) for term, value in cell.facts},
        }
        for cell in section.cells
        if cell.known
    ]
    return {
        "artifact": section.name,
        "title": section.caption.title,
        "caption": section.caption.paragraphs,
        "configuration": inputs.run.configuration,
        "commit": inputs.commit,
        "command": section.rebuild,
        "claims": section.claims,
        "cells": cells,
    }


def data_address(kind: str, content: bytes) -> str:
    """A data: URI."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
