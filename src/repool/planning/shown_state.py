"""How far the runs are, as text that fits on a screen."""

from collections.abc import Iterator
from typing import Any

from repool.grids import members
from repool.planning.state import Block, Cell, State
from repool.planning.text import counted, printable, table
from repool.words.numerals import duration
from repool.words.phrases import seeds

LISTED = 12


def lines(config: dict[str, Any], state: State, everything: bool = False) -> Iterator[str]:
    """Sums, a table of datasets by methods, blocks in training, and what went wrong."""
    total = sum(len(cell.seeds) for cell in state.cells)
    parts = [f"{state.count(what):,} {what}" for what in ("done", "running", "failed", "pending")]
    yield f"{state.folder}: {counted(total, 'run')} of {counted(len(state.cells), 'cell')}: {', '.join(parts)}"
    yield from _table(config, state, everything)
    yield from _listed("Training now:", [_running(block) for block in state.running], everything)
    left = [_left(block) for block in state.left]
    yield from _listed("Left before the end; the next call of snakemake goes on:", left, everything)
    failed = [
        f"{cell.dataset} {cell.method}, seed {seed}: {reason}"
        for cell in state.cells
        for seed, reason in cell.failed.items()
    ]
    yield from _listed(
        "Failed, which is an outcome (`python -m repool retry DATASET METHOD` lets it train once more):",
        failed,
        everything,
    )
    yield from _listed("Wrong files, whose runs count as pending:", state.wrong, everything)
    if state.outdated:
        records = counted(state.outdated, "record")
        yield f"Of another specification or other code: {records}, whose runs count as pending."


def _listed(head: str, sentences: list[str], everything: bool) -> Iterator[str]:
    if sentences:
        shown = sentences if everything else sentences[:LISTED]
        yield head
        yield from (f"  {printable(sentence)}" for sentence in shown)
        if len(shown) < len(sentences):
            yield f"  and {len(sentences) - len(shown):,} more (--all)"


def _table(config: dict[str, Any], state: State, everything: bool) -> Iterator[str]:
    """A row a method, those of a grid as one, and a column a dataset."""
    of_grid = (
        {} if everything else {method: grid for grid in config["grids"] for method in members(config["grids"][grid])}
    )
    datasets = list(dict.fromkeys(cell.dataset for cell in state.cells))
    rows: dict[str, dict[str, list[Cell]]] = {}
    for cell in state.cells:
        name = f"grid {of_grid[cell.method]}" if cell.method in of_grid else cell.method
        rows.setdefault(name, {}).setdefault(cell.dataset, []).append(cell)
    shown = [(name, *(_counts(row.get(dataset, [])) for dataset in datasets)) for name, row in rows.items()]
    yield from table(("done/all", *datasets), shown)
    marks = [mark for mark, what in (("r running", "running"), ("f failed", "failed")) if state.count(what)]
    if marks:
        yield f"  with {', '.join(marks)}"


def _counts(cells: list[Cell]) -> str:
    if not cells:
        return ""
    done, running, failed = (sum(len(getattr(cell, what)) for cell in cells) for what in ("done", "running", "failed"))
    text = f"{done}/{sum(len(cell.seeds) for cell in cells)}"
    return text + (f" r{running}" if running else "") + (f" f{failed}" if failed else "")


def _name(block: Block) -> str:
    return f"{block.dataset} {block.method}, seeds {seeds(block.progress.seeds)}"


def _running(block: Block) -> str:
    said = block.progress
    counts = f"{said.training} training, {said.finished} finished" + (f", {said.failed} failed" if said.failed else "")
    parts = [f"epoch {said.epoch} and {said.batch} of {said.batches} batches; {counts}"]
    if said.validation and said.best:
        parts.append(f"validation {_span(said.validation)}, best {_span(said.best)}")
    if said.seconds_an_epoch is not None and said.seconds_left is not None:
        parts.append(f"{said.seconds_an_epoch:.3g} s an epoch, at least {duration(said.seconds_left)} left")
    place = "" if said.is_here else f" on {said.host}"
    return f"{_name(block)}: {'; '.join(parts)} (process {said.process}{place}, {duration(said.silence)} ago)"


def _left(block: Block) -> str:
    said = block.progress
    why = said.ended or f"it ended without a word, {duration(said.silence)} ago at the latest"
    origin = "from its checkpoint" if block.checkpoint else "from the beginning"
    return f"{_name(block)}: in epoch {said.epoch + 1}, {origin}: {why}"


def _span(values: list[float]) -> str:
    low, high = values
    return f"{low:.4g}" if low == high else f"{low:.4g} to {high:.4g}"


def as_json(state: State) -> dict[str, Any]:
    """All of it, for other programs."""
    return {
        "configuration": state.name,
        "folder": str(state.folder),
        **{what: state.count(what) for what in ("done", "running", "failed", "pending")},
        "outdated": state.outdated,
        "cells": [
            {
                "dataset": cell.dataset,
                "method": cell.method,
                "done": cell.done,
                "running": cell.running,
                "failed": {str(seed): reason for seed, reason in cell.failed.items()},
                "pending": cell.pending,
            }
            for cell in state.cells
        ],
        "training": [_block_as_json(block) for block in state.running],
        "left": [_block_as_json(block) for block in state.left],
        "wrong": state.wrong,
    }


def _block_as_json(block: Block) -> dict[str, Any]:
    return {
        "dataset": block.dataset,
        "method": block.method,
        "checkpoint": block.checkpoint,
        **block.progress.model_dump(),
    }
