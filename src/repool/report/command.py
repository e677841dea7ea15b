"""Commands of floor 5: render, render-pdf, render-summary, numbers, trace."""

import argparse
from pathlib import Path
from typing import Any

from repool.places import project, project_file

CELLS = "cells/DATASET/METHOD.csv and .json, written by collect"


def add_commands(commands: Any) -> None:
    """Register the commands with argparse's subparsers action."""
    page = commands.add_parser("render", help="tables, tests and figures -> the page, one self-contained HTML file")
    add_inputs(page)
    page.add_argument(
        "--training", nargs="*", type=Path, default=[], metavar="FILE", help="figures/training/DATASET.svg"
    )
    page.add_argument("--template", default="paper.html.j2", metavar="NAME", help="of the page, among the templates")
    page.add_argument("--out", nargs="+", type=Path, required=True, help="the page, under each of these names")
    page.set_defaults(run=run_render)
    pdf = commands.add_parser("render-pdf", help="the same -> the PDF (needs pdflatex)")
    add_inputs(pdf)
    pdf.add_argument("--out", nargs="+", type=Path, required=True, help="the PDF, under each of these names")
    pdf.set_defaults(run=run_render_pdf)
    summary = commands.add_parser("render-summary", help="the same but the figures -> what came out, in Markdown")
    add_inputs(summary)
    summary.add_argument("--template", default="replication.md.j2", metavar="NAME", help="among the templates")
    summary.add_argument("--out", type=Path, required=True)
    summary.set_defaults(run=run_render_summary)
    add_numbers(commands)


def add_numbers(commands: Any) -> None:
    """The commands over the numbers of all artifacts."""
    numbers = commands.add_parser(
        "numbers", help="tables, tests, ranks, cells, claims -> all numbers, with their sources"
    )
    for name in ("tables", "tests", "ranks"):
        numbers.add_argument(f"--{name}", nargs="*", type=Path, default=[], metavar="FILE", help=f"{name}/ARTIFACT.csv")
    numbers.add_argument("--cells", nargs="*", type=Path, default=[], metavar="FILE", help=CELLS)
    numbers.add_argument("--claims", nargs="*", type=Path, default=[], metavar="FILE", help="claims.json")
    numbers.add_argument("--run-info", metavar="JSON", help="what was configured, as for render")
    numbers.add_argument("--out", type=Path, required=True)
    numbers.set_defaults(run=run_numbers)

    trace = commands.add_parser("trace", help="the runs behind a number, such as table_1.NCI1.graclus.mean")
    trace.add_argument("number", metavar="NUMBER")
    trace.add_argument("--results", type=Path, help="results/NAME (default: the only one that has numbers)")
    trace.set_defaults(run=run_trace)


def add_inputs(command: argparse.ArgumentParser) -> None:
    """What the page and the PDF are made from."""
    files: dict[str, Any] = {"nargs": "*", "type": Path, "default": [], "metavar": "FILE"}
    command.add_argument("--tables", **files, help="tables/ARTIFACT.csv")
    command.add_argument("--tests", **files, help="tests/ARTIFACT.csv")
    command.add_argument("--ranks", **files, help="ranks/ARTIFACT.csv")
    command.add_argument("--figures", **files, help="figures/ARTIFACT.svg and .pdf")
    command.add_argument("--cards", **files, help="cards of the datasets")
    command.add_argument("--cells", **files, help=CELLS)
    command.add_argument("--claims", **files, help="claims.json, the verdicts")
    deviations = project_file("docs/deviations.md")
    command.add_argument(
        "--deviations",
        type=Path,
        default=deviations,
        help="differences from the released code, if the file is there",
    )
    citation = project_file("CITATION.cff")
    command.add_argument("--citation", type=Path, default=citation, help="how paper and software are cited")
    command.add_argument(
        "--run-info",
        required=True,
        metavar="JSON",
        help='what was configured, a file or the text: {"configuration", "file", "seeds": [...], '
        '"cells": [{"dataset", "methods": [...]}], "rebuild": "... ARTIFACT"}',
    )
    for name, held in (("templates", "folder of the templates"), ("captions", "folder of the captions and chapters")):
        command.add_argument(f"--{name}", type=Path, default=project_file(f"report/{name}"), help=held)


def run_render(options: argparse.Namespace) -> None:
    """Make the page."""
    from repool.report.page import render

    render(inputs(options), options.templates, options.out, options.template)


def run_render_pdf(options: argparse.Namespace) -> None:
    """Make the PDF."""
    from repool.report.pdf import render_pdf

    render_pdf(inputs(options), options.templates, options.out)


def run_render_summary(options: argparse.Namespace) -> None:
    """Make the summary."""
    from repool.report.summary import render_summary

    render_summary(inputs(options), options.templates, options.out, options.template)


def inputs(options: argparse.Namespace) -> Any:
    """Everything that was named on the command line, read."""
    from repool.report.inputs import read_inputs
    from repool.report.origin import commit

    return read_inputs(
        tables=options.tables,
        tests=options.tests,
        ranked=options.ranks,
        figures=options.figures,
        training=getattr(options, "training", ()),
        cards=options.cards,
        cells=options.cells,
        run_info=options.run_info,
        captions=options.captions,
        claims=options.claims[0] if options.claims else None,
        deviations=options.deviations if options.deviations.is_file() else None,
        citation=options.citation if options.citation.is_file() else None,
        commit=commit(project()),
    )


def run_numbers(options: argparse.Namespace) -> None:
    """Numbers."""
    from repool.report.numbers import collect

    collect(
        tables=options.tables,
        tests=options.tests,
        ranked=options.ranks,
        cells=options.cells,
        claims=options.claims[0] if options.claims else None,
        run_info=options.run_info,
        out=options.out,
    )


def run_trace(options: argparse.Namespace) -> None:
    """From a number to its runs."""
    from repool.report.trace import only_results, trace

    print(trace(options.number, options.results or only_results(Path("results"))))
