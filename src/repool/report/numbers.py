"""numbers.json: every number that page and PDF print, with its one text and what it was made from."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from repool import paper
from repool.analysis import paired, ranks
from repool.analysis.cells import read_cells
from repool.analysis.files import read_json, write_json
from repool.analysis.tables import read_table
from repool.artifacts import kinds
from repool.artifacts.section import About
from repool.artifacts.states import Seeds
from repool.artifacts.table import numbers
from repool.report import claims as verdicts
from repool.report import counts, differing, overview, seeds
from repool.report import paired as tests_view
from repool.report import ranks as ranks_view
from repool.report.inputs import read_claims, read_run_info, table_of

# How many seeds are configured is in the words around a number, not in it.
ANY = Seeds(0, {})


def collect(
    *,
    tables: Sequence[Path],
    tests: Sequence[Path],
    ranked: Sequence[Path],
    cells: Sequence[Path],
    claims: Path | None,
    run_info: str | None,
    out: Path,
) -> None:
    """Write numbers.json from whatever tables there are; what is empty in a table has no number.

    `ranked` are tables of ranks, of artifacts that are among the tables; `cells` cell tables and their summaries;
    `run_info` is what was configured, without which nothing says how many runs there should be.
    """
    of = {path.stem: path for path in tables}
    found = [
        *(number for path in tables for number in of_table(path)),
        *(number for path in tests for number in of_tests(path)),
        *(number for path in ranked for number in of_ranks(path, of[path.stem])),
        *(number for path in cells if path.suffix == ".csv" for number in of_runs(path)),
        *of_summaries([path for path in cells if path.suffix == ".json"], run_info),
        *(of_claims(claims) if claims else ()),
        *(of_cells_beside_the_papers(of, tests, run_info) if run_info else ()),
    ]
    write_json(out, {"numbers": dict(found)})


def as_json(shown: Any, table: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every number inside what is printed: value, text, kind, unit, what it is, and its sources."""
    for number in numbers(shown):
        sources = {"table": table, "cells": list(number.cells)}
        about = {name: getattr(number, name) for name in ("value", "text", "kind", "unit", "about")}
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


def of_runs(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Scores of the runs of one cell."""
    yield from as_json(seeds.values(read_cells([path])), below(path))


def of_summaries(paths: Sequence[Path], run_info: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """How the runs of each cell were made, what all of them took, and how many there are of those configured."""
    summaries = [read_json(path) for path in paths]
    for path, summary in zip(paths, summaries, strict=True):
        yield from as_json(seeds.facts(summary), below(path))
    yield from as_json(overview.training_time(summaries) if summaries else (), "tables/cells")
    yield from as_json(overview.by_earlier_code(summaries), "tables/cells")
    if run_info:
        yield from as_json(counts.of_runs(summaries, read_run_info(run_info)), "tables/cells")


def of_cells_beside_the_papers(
    tables: dict[str, Path], tests: Sequence[Path], run_info: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """How many cells differ from the paper's; nothing where none can be compared."""
    rows = {name: table_of(name, path).rows for name, path in tables.items()}
    found = differing.beside(rows, read_run_info(run_info).cells)
    margins = differing.margins_of(read_table(path, paired.COLUMNS, paired.TEXT) for path in tests)
    if found:
        yield from as_json(differing.counts([row for _, row in found], margins), "tables")


def below(path: Path) -> str:
    """The place of a cell's file under the results."""
    return f"tables/cells/{path.parent.name}/{path.name}"


def of_claims(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Numbers of the tests behind the verdicts, of the reasons, which mention them, and of claims by verdict."""
    claims = read_claims(path)
    for claim in claims:
        yield from as_json([verdicts.tests(claim), verdicts.reason(claim)], path.name)
    yield from as_json(counts.of_verdicts(claims), path.name)
