"""A mirror folder: raw files under their declared places, packed where there is a network, carried, checked."""

import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from repool.atomic import replacing
from repool.datasets import pyg_class
from repool.datasets.fetch import chosen_form, fetch
from repool.datasets.listing import aligned
from repool.datasets.verify import verify
from repool.errors import UserError
from repool.schemas.sources import Dataset, SourceFile

RIGHT, MISSING, WRONG = "right", "missing", "wrong"


@dataclass(frozen=True)
class Entry:
    """A file of a mirror folder: for which dataset, whether it is right, and its status or what is wrong."""

    dataset: str
    file: SourceFile
    state: str
    words: str


def pack(datasets: Iterable[Dataset], folder: Path, source: Path | None) -> None:
    """Put the declared files of datasets into a folder, verified, from another mirror folder or from the network.

    What is right there already stays. One file that cannot be got does not stop the others; UserError names it at the
    end.
    """
    datasets, entries = list(datasets), []
    for dataset in (one for one in datasets if one.class_):
        if source is not None and (own := source / _place(dataset)).is_dir():
            shutil.copytree(own, folder / _place(dataset), dirs_exist_ok=True)
        entries.append(_of_class(dataset, folder, offline=source is not None))
        print(_line(entries[-1]), flush=True)
    for dataset, file in _carried(datasets, source):
        entry = _check(dataset, file, folder)
        if entry.state != RIGHT:
            entry = _put(dataset, file, folder, source)
        print(_line(entry), flush=True)
        entries.append(entry)
    _conclude(entries, folder)


def check(datasets: Iterable[Dataset], folder: Path) -> None:
    """Print the state of every declared file of a mirror folder; raises UserError if one is missing or wrong."""
    datasets, entries = list(datasets), []
    for dataset in (one for one in datasets if one.class_):
        entries.append(_of_class(dataset, folder, offline=True))
        print(_line(entries[-1]), flush=True)
    for dataset, file in _carried(datasets, folder):
        entries.append(_check(dataset, file, folder))
        print(_line(entries[-1]), flush=True)
    _conclude(entries, folder)


def contents(datasets: Iterable[Dataset]) -> str:
    """The table of all files that a mirror folder can hold, in every form: place, size, dataset, public address."""
    rows = [("place", "bytes", "status", "dataset", "public address")]
    for dataset in datasets:
        for file in (file for form in dataset.forms for file in form if file.wheel is None):
            known = file.accepted[0] if file.accepted else None
            size = f"{known.bytes:,}" if known and known.bytes else "not known"
            address = file.urls[0] if file.urls else "none in this form"
            rows.append((file.mirror, size, known.status if known else "", dataset.name, address))
    return "\n".join(aligned(rows))


def _carried(datasets: Iterable[Dataset], folder: Path | None) -> Iterator[tuple[Dataset, SourceFile]]:
    """The files that belong into a mirror folder, in the form that a folder holds; wheels carry their own."""
    for dataset in datasets:
        for file in chosen_form(dataset, folder):
            if file.wheel is None:
                yield dataset, file


def _place(dataset: Dataset) -> str:
    """Where the raw files of a class are, in a mirror folder."""
    return f"{pyg_class.FOLDER}/{dataset.class_}"


def _of_class(dataset: Dataset, folder: Path, offline: bool) -> Entry:
    """Whether a class of PyTorch Geometric finds its raw files, or has brought them there."""
    file = SourceFile(name=str(dataset.class_), mirror=_place(dataset))
    try:
        pyg_class.bring(file.name, dataset.arguments, dataset.split == "fixed", folder, offline)
    except UserError as error:
        return Entry(dataset.name, file, MISSING, str(error))
    return Entry(dataset.name, file, RIGHT, "unverified")


def _check(dataset: Dataset, file: SourceFile, folder: Path) -> Entry:
    path = folder / file.mirror
    if not path.is_file():
        return Entry(dataset.name, file, MISSING, "")
    try:
        return Entry(dataset.name, file, RIGHT, verify(path, file, dataset).status)
    except UserError as error:
        return Entry(dataset.name, file, WRONG, str(error))


def _put(dataset: Dataset, file: SourceFile, folder: Path, source: Path | None) -> Entry:
    try:
        found = fetch(file, dataset, source)
    except UserError as error:
        return Entry(dataset.name, file, MISSING, str(error))
    with replacing(folder / file.mirror) as temporary:
        shutil.copyfile(found.path, temporary)
    return Entry(dataset.name, file, RIGHT, found.status)


def _line(entry: Entry) -> str:
    return f"{entry.state:8}{entry.file.mirror} ({entry.dataset}){f': {entry.words}' if entry.words else ''}"


def _conclude(entries: list[Entry], folder: Path) -> None:
    """Name substitutes; raises UserError where a file is missing or wrong."""
    substitutes = sorted({entry.dataset for entry in entries if entry.words == "substitute"})
    if substitutes:
        print(f"Substitutes, not the published data: {', '.join(substitutes)}.", file=sys.stderr)
    bad = [entry.file.mirror for entry in entries if entry.state != RIGHT]
    if bad:
        raise UserError(
            f"{folder} is not a whole mirror folder: {len(bad)} of {len(entries)} files are missing or wrong "
            f"({', '.join(bad)}; the lines above say why). With a network: python -m repool data mirror pack {folder}"
        )
    print(f"{folder}: all {len(entries)} files are right.", file=sys.stderr)
