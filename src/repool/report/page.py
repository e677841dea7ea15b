"""The page: sections in the paper's order, filled into the templates."""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from markupsafe import Markup

from repool import __version__
from repool.analysis.files import write_whole
from repool.analysis.statistics import CONFIDENCE
from repool.errors import UserError
from repool.report.format import percent
from repool.report.inputs import ARTIFACTS, COMPARISON, DATASETS, DISTRIBUTION, Caption, Inputs
from repool.report.svg import inline
from repool.report.views.comparison import comparison
from repool.report.views.datasets import datasets
from repool.report.views.distribution import description, spreads
from repool.report.views.overview import overview
from repool.report.views.paired import PairedTest, paired_tests

PAGE = "paper.html.j2"


@dataclass(frozen=True)
class Download:
    """A file inside the page."""

    name: str
    words: str
    address: str


@dataclass(frozen=True)
class Section:
    """One artifact; `content` is the view that the template of its kind prints."""

    name: str
    kind: str
    caption: Caption
    content: dict[str, Any]
    tests: list[PairedTest]
    rebuild: str
    downloads: list[Download]


def render(inputs: Inputs, templates: Path, out: Path) -> None:
    """Write the page of whatever inputs there are.

    Raises UserError if a template is missing or asks for what is not there.
    """
    sections = [section(name, inputs) for name in ARTIFACTS if name in inputs.tables]
    environment = Environment(
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    try:
        page = environment.get_template(PAGE).render(
            overview=overview(inputs),
            sections=sections,
            run=inputs.run,
            version=__version__,
            confidence=percent(CONFIDENCE),
        )
    except TemplateError as error:
        raise UserError(f"The templates in {templates} do not render: {type(error).__name__}, {error}.") from error
    write_whole(out, page)


def section(name: str, inputs: Inputs) -> Section:
    """The view of one artifact."""
    return Section(
        name=name,
        kind=ARTIFACTS[name],
        caption=inputs.captions[name],
        content=CONTENTS[ARTIFACTS[name]](name, inputs),
        tests=paired_tests(inputs.tests[name].rows) if name in inputs.tests else [],
        rebuild=inputs.run.rebuild.replace("ARTIFACT", name),
        downloads=downloads(name, inputs),
    )


def distribution_content(name: str, inputs: Inputs) -> dict[str, Any]:
    """A figure, or none if it was not drawn, and its cells in numbers."""
    cells = spreads(inputs.tables[name].rows, len(inputs.run.seeds))
    svg = inputs.figures.get(name)
    title = inputs.captions[name].title
    # Not escaped: it is our own figure, parsed and written again as well-formed XML.
    figure = Markup(inline(svg, f"picture-{name}", title, description(cells))) if svg else None
    return {"figure": figure, "spreads": cells}


def comparison_content(name: str, inputs: Inputs) -> dict[str, Any]:
    """A table of scores."""
    return {"comparison": comparison(inputs.tables[name].rows, name, len(inputs.run.seeds))}


def datasets_content(name: str, inputs: Inputs) -> dict[str, Any]:
    """Table S1."""
    here, elsewhere = datasets(inputs.tables[name].rows)
    return {"here": here, "elsewhere": elsewhere}


CONTENTS = {DISTRIBUTION: distribution_content, COMPARISON: comparison_content, DATASETS: datasets_content}


def downloads(name: str, inputs: Inputs) -> list[Download]:
    """The files behind an artifact as data addresses: the page needs no file beside it."""
    files = [Download(f"{name}.csv", "table (CSV)", data_address("text/csv", inputs.tables[name].content))]
    if name in inputs.tests:
        tested = data_address("text/csv", inputs.tests[name].content)
        files.append(Download(f"{name}_tests.csv", "tests (CSV)", tested))
    if name in inputs.pdfs:
        files.append(Download(f"{name}.pdf", "figure (PDF)", data_address("application/pdf", inputs.pdfs[name])))
    return files


def data_address(kind: str, content: bytes) -> str:
    """A data: URI."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
