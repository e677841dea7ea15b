"""numbers.json: every number that page and PDF print, with its one text and what it was made from."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from repool import paper
from repool.analysis import paired, ranks
from repool.analysis.files import read_table, write_json
from repool.artifacts import kinds
from repool.artifacts.section import About
from repool.artifacts.states import Seeds
from repool.artifacts.table import numbers
from repool.report import claims as verdicts
from repool.report import paired as tests_view
from repool.report import ranks as ranks_view
from repool.report.inputs import read_claims, table_of

# How many seeds are configured is in the words around a number, not in it.
ANY = Seeds(0, {})


def collect(
    tables: Sequence[Path], tests: Sequence[Path], ranked: Sequence[Path], claims: Path | None, out: Path
) -> None:
    """Write numbers.json from whatever tables there are; what is empty in a table has no number.

    `ranked` are tables of ranks, of artifacts that are among the tables.
    """
    of = {path.stem: path for path in tables}
    found = [
        *(number for path in tables for number in of_table(path)),
        *(number for path in tests for number in of_tests(path)),
        *(number for path in ranked for number in of_ranks(path, of[path.stem])),
        *(of_claims(claims) if claims else ()),
    ]
    write_json(out, {"numbers": dict(found)})


def as_json(shown: Any, table: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every number inside what is printed: its value, how it is printed, its unit, what it is, and its sources."""
    for number in numbers(shown):
        sources = {"table": table, "cells": list(number.cells)}
        about = {"value": number.value, "text": number.text, "unit": number.unit, "about": number.about}
        yield number.id, about | {"sources": sources}


def of_table(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Numbers of one artifact's table."""
    artifact = path.stem
    view = kinds.part(paper.kind(artifact), "view").view(About(artifact, table_of(artifact, path).rows, ANY, {}))
    yield from as_json(view.table, f"tables/{path.name}")


def of_tests(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Numbers of one artifact's paired tests."""
    rows = read_table(path, paired.COLUMNS, paired.TEXT)
    yield from as_json(tests_view.paired_tests(path.stem, rows), f"tests/{path.name}")


def of_ranks(path: Path, table: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Numbers of one artifact's ranks; the cells behind them are those of its table."""
    rows = read_table(path, ranks.COLUMNS, ranks.TEXT)
    yield from as_json(ranks_view.ranks(path.stem, rows, table_of(path.stem, table).rows), f"ranks/{path.name}")


def of_claims(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Numbers of the tests behind the verdicts, and of the reasons, which mention them."""
    for claim in read_claims(path):
        yield from as_json([verdicts.tests(claim), verdicts.reason(claim)], path.name)
