"""From raw files to the prepared form: fetch, read, count, write."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path

from repool.datasets import arrays, card
from repool.datasets.card import Source
from repool.datasets.fetch import fetch_all
from repool.datasets.graphs import Graphs
from repool.schemas.sources import MADE, Dataset

# Named, not imported: a change in one reader must not touch the datasets of another.
READERS = {
    "tu": "repool.datasets.tu",
    "superpixels": "repool.datasets.superpixels",
    "molecules": "repool.datasets.molecules",
    "ogb": "repool.datasets.ogb",
    "zinc": "repool.datasets.zinc",
    "pyg": "repool.sanity.own_graphs",
}


def prepare(dataset: Dataset, folder: Path, mirror: Path | None, processes: int) -> None:
    """Write the prepared form of a dataset into a folder; raises UserError when files or counts are wrong."""
    sources, graphs = obtained(dataset, mirror, processes)
    contents = arrays.arrays_of(graphs)
    description = card.make_card(dataset, sources, graphs, contents)
    arrays.write(folder, contents, description)
    print(
        f"{dataset.name}: {description['graphs']:,} graphs, {description['avg_nodes']:.2f} nodes and "
        f"{description['avg_edges']:.2f} edges on average ({description['status']}), in {folder}",
        file=sys.stderr,
    )


def obtained(dataset: Dataset, mirror: Path | None, processes: int) -> tuple[list[Source], Graphs]:
    """The graphs of a dataset, and the files that they were read from."""
    if dataset.format == MADE:
        made: tuple[list[Source], Graphs] = importlib.import_module(READERS[MADE]).obtain(dataset, mirror)
        return made
    sources = fetch_all(dataset, mirror)
    return sources, reader(dataset)(dataset, [source.path for source in sources], processes)


def reader(dataset: Dataset) -> Callable[[Dataset, list[Path], int], Graphs]:
    """The reader of a dataset's format."""
    read: Callable[[Dataset, list[Path], int], Graphs] = importlib.import_module(READERS[dataset.format]).read
    return read
