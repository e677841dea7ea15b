"""The paper as PDF: the same views in a LaTeX template, set by pdflatex."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from jinja2 import TemplateError

from repool.analysis.files import write_whole
from repool.errors import UserError
from repool.report.inputs import Inputs
from repool.report.latex import environment
from repool.report.page import common
from repool.report.sections import parts

PAPER = "paper.tex.j2"
INSTALL = (
    "Install TeX (Debian, Ubuntu: apt-get install --no-install-recommends lmodern texlive-latex-recommended; "
    "macOS: brew install --cask mactex-no-gui) or make the page alone."
)
# Longer than this nobody reads it as a paper. What grows as runs come in is left to the page where there is no room for
# it, in this order: numbers that a figure shows, tests that a verdict sums up, tests of pairs, pictures larger than
# they have to be, the released code.
PAGES = 24
GROWING = ("figures in numbers", "tests of claims", "tests of pairs", "large pictures", "deviations")
WRITTEN = re.compile(r"^Output written on .* \((\d+) pages?[,)]", re.MULTILINE)
# What a run of TeX notes for the next one, and how many runs are enough.
NOTES = (".aux", ".out", ".toc")
RUNS = 8
# Wider than this and a reader sees it.
TOLERANCE = 5.0
OVERFULL = re.compile(r"^Overfull \\[hv]box \((\d+(?:\.\d+)?)pt too (?:wide|high)\).*")
UNRESOLVED = re.compile(r"^(?:LaTeX Warning: (?:Reference|Citation) .* undefined|.*multiply.defined).*")
ABSENT = re.compile(r"^Missing character: .*")
FAILED = re.compile(r"^(?:! |\S+:\d+: )(.*)")


def render_pdf(inputs: Inputs, templates: Path, out: Sequence[Path]) -> None:
    """Write the PDF of whatever inputs there are, the same one under each name; the same inputs give the same bytes.

    It leaves to the page as little as lets it keep to `PAGES`.

    Raises UserError if TeX is missing or stops, or if the result has a text too wide for its place, a reference to
    nowhere or a character without a glyph.
    """
    if shutil.which("pdflatex") is None:
        raise UserError(f"{out[0]} needs pdflatex, which is not installed. {INSTALL}")
    shown = common(inputs, parts(inputs))
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for name, content in inputs.pdfs.items():
            (work / f"{name}.pdf").write_bytes(content)
        for left in range(len(GROWING) + 1):
            (work / "paper.tex").write_text(source(inputs, shown, GROWING[:left], templates), encoding="utf-8")
            log = typeset(work)
            if pages(log) <= PAGES:
                break
        if faults := problems(log):
            raise UserError(f"{out[0]} was not written, for it would not read well: {'; '.join(faults[:5])}.")
        for path in out:
            write_whole(path, (work / "paper.pdf").read_bytes())


def pages(log: str) -> int:
    """How many pages a run of TeX wrote."""
    found = WRITTEN.search(log)
    return int(found[1]) if found else 0


def source(inputs: Inputs, shown: dict[str, object], on_the_page: Sequence[str], templates: Path) -> str:
    """The LaTeX text; `on_the_page` is what it leaves to the page, of `GROWING`."""
    try:
        template = environment(templates).get_template(PAPER)
        return template.render(**shown, pictures=sorted(inputs.pdfs), on_the_page=on_the_page)
    except TemplateError as error:
        raise UserError(f"The templates in {templates} do not render: {type(error).__name__}, {error}.") from error


def typeset(work: Path) -> str:
    """Run pdflatex on paper.tex until what it notes for its next run stays as it was; returns the log of the last run.

    latexmk does not do: it takes a file of the same size and second for unchanged, and the widths of long tables
    change just so, which left the result to how busy the machine was.

    Raises UserError if TeX stops, or if the notes still change after `RUNS`.
    """
    noted: dict[str, bytes] = {}
    for _ in range(RUNS):
        log = one_run(work)
        before, noted = noted, {path.name: path.read_bytes() for path in work.glob("paper.*") if path.suffix in NOTES}
        if noted == before:
            return log
    raise UserError(f"The widths and page numbers of the PDF still change after {RUNS} runs of TeX.")


def one_run(work: Path) -> str:
    """One run of pdflatex; returns its log."""
    settings = {
        "SOURCE_DATE_EPOCH": "0",
        "FORCE_SOURCE_DATE": "1",
        "TZ": "UTC",
        "openin_any": "p",  # files of this folder and of TeX, no others
        "max_print_line": "1000",  # or TeX would break its own messages
        "error_line": "254",
        "half_error_line": "238",
    }
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-file-line-error", "-no-shell-escape"]
    result = subprocess.run(
        [*command, "paper.tex"],
        cwd=work,
        env=os.environ | settings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    path = work / "paper.log"
    log = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    if result.returncode != 0:
        raise UserError(reason(log or result.stderr.decode(errors="replace")))
    return log


def reason(log: str) -> str:
    """Why TeX stopped."""
    stops = [match[1] for match in map(FAILED.match, log.splitlines()) if match]
    first = stops[0].rstrip(".") if stops else "no reason in its log"
    missing = f" {INSTALL}" if "not found" in first or "can't find" in first else ""
    return f"TeX stopped: {first}.{missing}"


def problems(log: str) -> list[str]:
    """What a reader would stumble over, from the log of the last run."""
    found = []
    for line in log.splitlines():
        box = OVERFULL.match(line)
        if (box and float(box[1]) > TOLERANCE) or UNRESOLVED.match(line) or ABSENT.match(line):
            found.append(line)
    return found
