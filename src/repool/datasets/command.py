"""`repool data`: fetch raw files, prepare datasets, list what is known. Imports what is heavy only when it runs."""

import argparse
from pathlib import Path


def add_commands(commands: argparse._SubParsersAction) -> None:
    """Register `data prepare`, `data fetch` and `data list`."""
    actions = commands.add_parser("data", help="raw archives to prepared datasets").add_subparsers(
        title="actions", metavar="ACTION", required=True
    )
    preparing = actions.add_parser("prepare", help="write a dataset's arrays and its card")
    preparing.add_argument("dataset", metavar="DATASET")
    preparing.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for arrays/ and card.json")
    preparing.add_argument("--processes", type=_positive, metavar="N", help="default: one a core")
    preparing.set_defaults(run=_prepare)
    fetching = actions.add_parser("fetch", help="download and verify raw files into the cache")
    fetching.add_argument("datasets", nargs="+", metavar="DATASET")
    fetching.set_defaults(run=_fetch)
    listing = actions.add_parser("list", help="known datasets, and which raw files are here")
    listing.set_defaults(run=_list)
    for action in (preparing, fetching, listing):
        action.add_argument("--sources", type=Path, default=Path("config/datasets.yaml"), metavar="FILE")
        action.add_argument("--mirror", type=Path, metavar="DIR", help="raw files; default: REPOOL_MIRROR, if set")


def _prepare(options: argparse.Namespace) -> None:
    import os

    from repool.datasets.prepare import prepare
    from repool.datasets.sources import find_dataset, load_sources, mirror_folder

    dataset = find_dataset(options.dataset, load_sources(options.sources), options.sources)
    affinity = getattr(os, "sched_getaffinity", None)  # Linux: the cores that this process may use
    processes = options.processes or (len(affinity(0)) if affinity else os.cpu_count() or 1)
    prepare(dataset, options.out, mirror_folder(options.mirror), processes)


def _fetch(options: argparse.Namespace) -> None:
    from repool.datasets.fetch import fetch
    from repool.datasets.sources import find_dataset, load_sources, mirror_folder

    known, mirror = load_sources(options.sources), mirror_folder(options.mirror)
    for dataset in [find_dataset(name, known, options.sources) for name in options.datasets]:
        for file in dataset.files:
            source = fetch(file, dataset, mirror)
            print(f"{dataset.name}: {source.path} ({source.status}, sha256 {source.sha256})")


def _list(options: argparse.Namespace) -> None:
    from repool.datasets.listing import table
    from repool.datasets.sources import load_sources, mirror_folder

    print(table(load_sources(options.sources), mirror_folder(options.mirror)))


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"expected a positive number, found {text}")
    return value
