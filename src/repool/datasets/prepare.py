"""From raw files to the prepared form: fetch, read, count, write."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path

from repool.datasets import arrays, card
from repool.datasets.fetch import cache_folder, fetch_all
from repool.datasets.graphs import Graphs
from repool.schemas.sources import Dataset

# Named, not imported: a change in one reader must not touch the datasets of another.
READERS = {
    "tu": "repool.datasets.tu",
    "superpixels": "repool.datasets.superpixels",
    "molecules": "repool.datasets.molecules",
    "ogb": "repool.datasets.ogb",
    "zinc": "repool.datasets.zinc",
}


def prepare(dataset: Dataset, folder: Path, mirror: Path | None, processes: int) -> None:
    """Write the prepared form of a dataset into a folder; raises UserError when files or counts are wrong."""
    graphs, sources = _taken(dataset, mirror, processes)
    contents = arrays.arrays_of(graphs)
    description = card.make_card(dataset, sources, graphs, contents)
    arrays.write(folder, contents, description)
    print(
        f"{dataset.name}: {description['graphs']:,} graphs, {description['avg_nodes']:.2f} nodes and "
        f"{description['avg_edges']:.2f} edges on average ({description['status']}), in {folder}",
        file=sys.stderr,
    )


def _taken(dataset: Dataset, mirror: Path | None, processes: int) -> tuple[Graphs, list[card.Source]]:
    """The graphs of a dataset, and the raw files that they were read from."""
    if dataset.format == "pyg":
        folder = mirror or (cache_folder() if dataset.class_ else Path())
        taken: tuple[Graphs, list[card.Source]] = importlib.import_module("repool.datasets.pyg").take(
            dataset, folder, offline=mirror is not None
        )
        return taken
    read = reader(dataset)
    sources = fetch_all(dataset, mirror)
    return read(dataset, [source.path for source in sources], processes), sources


def reader(dataset: Dataset) -> Callable[[Dataset, list[Path], int], Graphs]:
    """The reader of a dataset's format."""
    read: Callable[[Dataset, list[Path], int], Graphs] = importlib.import_module(READERS[dataset.format]).read
    return read
