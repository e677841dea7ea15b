"""From a number back to the runs behind it, and to what made them."""

import difflib
from pathlib import Path
from typing import Any

from repool.analysis.cells import failed_runs, measured, read_cells
from repool.analysis.files import read_json
from repool.artifacts.table import PUBLISHED
from repool.errors import UserError

NEAREST = 5
SHORT = 12


def trace(name: str, results: Path) -> str:
    """The number of that name in results/<configuration>/numbers.json, what it is, its table, and every run behind it.

    Raises UserError with the nearest names if there is no such number.
    """
    numbers: dict[str, Any] = read_json(results / "numbers.json")["numbers"]
    if name not in numbers:
        near = difflib.get_close_matches(name, numbers, n=NEAREST, cutoff=0.4)
        hint = f"Near: {', '.join(near)}." if near else "Names look like table_1.NCI1.graclus.mean."
        raise UserError(f"There is no number {name} in {results / 'numbers.json'}. {hint}")
    number = numbers[name]
    unit = f" {number['unit']}" if number["unit"] else ""
    lines = [f"{name} = {number['text']}{unit} ({number['value']!r})"]
    lines.append(f"what: {number['about']}")
    lines.append(f"table: {results / number['sources']['table']}")
    for cell in number["sources"]["cells"]:
        lines += runs_of(cell, results)
    if name.rpartition(".")[2].startswith(PUBLISHED):
        lines.append("It is the paper's own: no run of this project stands behind it.")
    elif not number["sources"]["cells"]:
        lines += data_of(name, results)
    return "\n".join(lines)


def runs_of(cell: str, results: Path) -> list[str]:
    """The runs of one cell: what trained them on which data; seed, score and record of each."""
    table = results / "tables" / "cells" / f"{cell}.csv"
    if not table.exists():
        return [f"{cell}: no run yet"]
    rows, failed = read_cells([table]), failed_runs([table])
    rows["score"] = measured(rows, "test")
    broken = f", {sum(failed.values())} failed" if failed else ""
    status = f" ({rows['status'].iloc[0]} data)" if len(rows) else ""
    lines = [f"{cell}: {len(rows)} runs{broken}{status}, {table}", *made_by(table.with_suffix(".json"))]
    for row in rows.to_dict("records"):
        record = results / "runs" / cell / f"seed-{row['seed']:02d}.json"
        lines.append(
            f"  seed {row['seed']:2d}  {row['metric']} {row['score']:.6g}  epoch {row['best_epoch']}  {record}"
        )
    return lines


def made_by(summary: Path) -> list[str]:
    """Training code, specification and data of a cell, by their digests."""
    if not summary.exists():
        return []
    about = read_json(summary)
    code, spec, data = ", ".join(about["code"]), about["spec_sha256"][:SHORT], about["data_sha256"][:SHORT]
    return [f"  code {code}  specification {spec}  data {data}"]


def data_of(name: str, results: Path) -> list[str]:
    """What stands behind a number without runs: the prepared data of the dataset that it names, if there are any."""
    for part in name.split("."):
        card = results / "data" / part / "card.json"
        if card.exists():
            about = read_json(card)
            content = about["content_sha256"][:SHORT]
            return [f"No run stands behind it. Data: {part} ({about['status']}), content {content}, {card}"]
    return ["No run stands behind it."]


def only_results(folder: Path) -> Path:
    """The one configuration that has numbers; UserError names all where there are several, or says how to make them."""
    found = sorted(path.parent for path in folder.glob("*/numbers.json"))
    if len(found) == 1:
        return found[0]
    if not found:
        raise UserError(f"There is no numbers.json below {folder}. `snakemake numbers --cores 1` makes it.")
    raise UserError(f"Several configurations have numbers: say which by --results ({', '.join(map(str, found))}).")
