"""`repool data`: fetch raw files, prepare datasets, list what is known. Imports what is heavy only when it runs."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from repool.errors import UserError
from repool.places import project_file

if TYPE_CHECKING:
    from repool.schemas.sources import Dataset


def add_commands(commands: argparse._SubParsersAction) -> None:
    """Register `data prepare`, `data fetch`, `data list` and `data mirror`."""
    actions = _actions(commands.add_parser("data", help="raw archives to prepared datasets"))
    preparing = actions.add_parser("prepare", help="write a dataset's arrays and its card")
    preparing.add_argument("dataset", metavar="DATASET")
    preparing.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for arrays/ and card.json")
    preparing.add_argument("--processes", type=_positive, metavar="N", help="default: one a core")
    preparing.add_argument("--source", metavar="JSON", help="its declaration, where no file has it")
    preparing.set_defaults(run=_prepare)
    fetching = actions.add_parser("fetch", help="download and verify raw files into the cache")
    fetching.add_argument("datasets", nargs="+", metavar="DATASET")
    fetching.set_defaults(run=_fetch)
    listing = actions.add_parser("list", help="known datasets, and which raw files are here")
    listing.set_defaults(run=_list)
    mirrors = _actions(actions.add_parser("mirror", help="make and check a folder of raw files, to carry"))
    packing = mirrors.add_parser("pack", help="put the declared files into a folder: copied, or downloaded")
    packing.set_defaults(run=_pack)
    verifying = mirrors.add_parser("verify", help="compare a folder with the declared checksums; exit code 1 if wrong")
    verifying.set_defaults(run=_verify)
    for action in (packing, verifying):
        action.add_argument("folder", type=Path, metavar="DIR")
        action.add_argument("datasets", nargs="*", metavar="DATASET", help="default: all")
    contents = mirrors.add_parser("list", help="what a mirror folder can hold, and where it comes from")
    contents.set_defaults(run=_contents)
    for action in (preparing, fetching, listing, packing, verifying, contents):
        action.add_argument("--sources", type=Path, default=project_file("config/datasets.yaml"), metavar="FILE")
    for action in (preparing, fetching, listing, packing):
        action.add_argument("--mirror", type=Path, metavar="DIR", help="raw files; default: REPOOL_MIRROR, if set")


def _actions(parser: argparse.ArgumentParser) -> argparse._SubParsersAction:
    return parser.add_subparsers(title="actions", metavar="ACTION", required=True)


def _prepare(options: argparse.Namespace) -> None:
    import os

    from repool.datasets.prepare import prepare
    from repool.datasets.sources import declared, find_dataset, load_sources, mirror_folder

    if options.source is None:
        dataset = find_dataset(options.dataset, load_sources(options.sources), options.sources)
    else:
        dataset = declared(options.dataset, _read_source(options.source), "--source")
    affinity = getattr(os, "sched_getaffinity", None)  # Linux: the cores that this process may use
    processes = options.processes or (len(affinity(0)) if affinity else os.cpu_count() or 1)
    prepare(dataset, options.out, mirror_folder(options.mirror), processes)


def _read_source(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise UserError(f"--source is not valid JSON ({error}).") from None


def _fetch(options: argparse.Namespace) -> None:
    from repool.datasets.fetch import fetch_all
    from repool.datasets.sources import find_dataset, load_sources, mirror_folder

    known, mirror = load_sources(options.sources), mirror_folder(options.mirror)
    for dataset in [find_dataset(name, known, options.sources) for name in options.datasets]:
        if dataset.format == "pyg":
            given = dataset.function or f"the class {dataset.class_}"
            raise UserError(f"{dataset.name} has no files to fetch: {given} gives its graphs when it is prepared.")
        for source in fetch_all(dataset, mirror):
            print(f"{dataset.name}: {source.path} ({source.status}, sha256 {source.sha256})")


def _list(options: argparse.Namespace) -> None:
    from repool.datasets.listing import table
    from repool.datasets.sources import load_sources, mirror_folder

    print(table(load_sources(options.sources), mirror_folder(options.mirror)))


def _pack(options: argparse.Namespace) -> None:
    from repool.datasets.mirror import pack
    from repool.datasets.sources import mirror_folder

    pack(_named(options), options.folder, mirror_folder(options.mirror))


def _verify(options: argparse.Namespace) -> None:
    from repool.datasets.mirror import check
    from repool.datasets.sources import mirror_folder

    folder = mirror_folder(options.folder)
    assert folder is not None
    check(_named(options), folder)


def _contents(options: argparse.Namespace) -> None:
    from repool.datasets.mirror import contents
    from repool.datasets.sources import load_sources

    print(contents(load_sources(options.sources).values()))


def _named(options: argparse.Namespace) -> "list[Dataset]":
    """The datasets that were named, all where none was."""
    from repool.datasets.sources import find_dataset, load_sources

    known = load_sources(options.sources)
    return [find_dataset(name, known, options.sources) for name in options.datasets or known]


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"expected a positive number, found {text}")
    return value
