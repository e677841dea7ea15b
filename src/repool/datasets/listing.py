"""The table of `repool data list`: what is declared, and which raw files are here."""

from collections.abc import Sequence
from pathlib import Path

from repool.datasets.fetch import cache_folder, chosen_form, wheel_path
from repool.errors import UserError
from repool.schemas.sources import Dataset, SourceFile


def table(datasets: dict[str, Dataset], mirror: Path | None) -> str:
    """One line a dataset; files are looked for by name and size, their checksums are compared when they are used."""
    rows = [("dataset", "format", "graphs", "raw files", "where", "licence")]
    cache = _cache()
    for dataset in datasets.values():
        if dataset.format == "pyg":
            giver = dataset.function or f"class {dataset.class_}"
            rows.append((dataset.name, "pyg", str(dataset.expected.graphs or ""), "", giver, dataset.licence))
            continue
        form = chosen_form(dataset, mirror)
        places = [_place(file, mirror, cache) for file in form]
        here = sum(place != "missing" for place in places)
        graphs, files = str(dataset.expected.graphs or ""), f"{here} of {len(places)}"
        where = ", ".join(sorted(set(places))) + "".join(
            f" ({file.accepted[0].status})" for file in form if form != dataset.files and file.accepted
        )
        rows.append((dataset.name, dataset.format, graphs, files, where, dataset.licence))
    folders = (
        f"cache: {cache or 'none (there is no home folder, REPOOL_CACHE is not set)'}",
        f"mirror: {mirror or 'none (REPOOL_MIRROR is not set)'}",
    )
    return "\n".join([*aligned(rows), "", *folders])


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows as lines whose columns stand below each other."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _cache() -> Path | None:
    try:
        return cache_folder()
    except UserError:
        return None


def _place(file: SourceFile, mirror: Path | None, cache: Path | None) -> str:
    if file.wheel is not None:
        path = wheel_path(file)
        return f"wheel {file.wheel.package}" if path and path.is_file() else "missing"
    for place, folder in (("mirror", mirror), ("cache", cache)):
        if folder is not None and (folder / file.mirror).is_file():
            sizes = {form.bytes for form in file.accepted if form.bytes}
            whole = not sizes or (folder / file.mirror).stat().st_size in sizes
            return place if whole or file.unlisted_upstream else f"{place}, wrong size"
    return "missing"
