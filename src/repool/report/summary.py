"""docs/replication.md: what came out, in Markdown, for whoever reads the repository before the page."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from repool.analysis.files import write_whole
from repool.artifacts.table import Text, plain
from repool.errors import UserError
from repool.report.inputs import Inputs
from repool.report.page import common
from repool.report.sections import parts

SUMMARY = "replication.md.j2"


def render_summary(inputs: Inputs, templates: Path, out: Path, template: str = SUMMARY) -> None:
    """Write it of whatever inputs there are; raises UserError if its template is missing or asks for what is not."""
    environment = Environment(
        loader=FileSystemLoader(templates), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"text": text}
    try:
        page = environment.get_template(template).render(**common(inputs, parts(inputs)))
    except TemplateError as error:
        raise UserError(f"{templates / template} does not render: {type(error).__name__}, {error}.") from error
    write_whole(out, page)


def text(said: Text | str) -> str:
    """Words and numbers in a line of Markdown."""
    found = said if isinstance(said, str) else plain(said)
    return " ".join(found.split()).replace("|", "\\|").replace("*", "\\*").replace("_", "\\_").replace("<", "&lt;")
