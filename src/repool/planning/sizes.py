"""How much of what there is: of datasets for what is scaled, and the bytes of files for what is to come."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import Any

from repool.datasets.sources import load_sources
from repool.errors import UserError
from repool.places import project_file
from repool.schemas.card import read_card


def dataset_size(name: str, folders: Iterable[Path], cards: Path) -> float | None:
    """Nodes and arcs of all graphs of a dataset: by a card of it, or by the counts that its declaration expects.

    Args:
        name: of the dataset.
        folders: of prepared datasets.
        cards: of the archive.
    """
    for path in [*(folder / name / "card.json" for folder in folders), *sorted(cards.glob(f"{name}.*.json"))]:
        try:
            card = read_card(path)
        except UserError:
            continue
        return float(card["nodes"] + card["arcs"])
    return _expected(name)


def _expected(name: str) -> float | None:
    source = _sources().get(name)
    if source is None:
        return None
    counts = source.expected
    if counts.graphs is None or counts.avg_nodes is None or counts.avg_edges is None:
        return None
    return float(counts.graphs * (counts.avg_nodes + 2 * counts.avg_edges))


@cache
def _sources() -> dict[str, Any]:
    return load_sources(project_file("config/datasets.yaml"))


class Standing:
    """The files below a folder, asked for the bytes of one that may not be there yet."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._means: dict[str, float | None] = {}

    def bytes_of(self, path: str) -> float | None:
        """What a file takes, or else what those like it take on average; None where there are none.

        Alike are those of the same name in other configurations, then those of its ending beside it, then in the
        folders beside its own. A folder is like none but its own in other configurations.
        """
        if (own := _bytes(self.folder / path)) is not None:
            return own
        if len(parts := Path(path).parts) < 3:
            return None
        (top, _, *below), name = parts[:-1], parts[-1]
        beside = "/".join([top, "*", *below])
        patterns = [f"{beside}/{name}"]
        if ending := Path(name).suffix:
            patterns += [f"{beside}/*{ending}", *([f"{Path(beside).parent}/*/*{ending}"] if below else [])]
        means = (self._mean(pattern) for pattern in patterns)
        return next((mean for mean in means if mean is not None), None)

    def _mean(self, pattern: str) -> float | None:
        if pattern not in self._means:
            found = [size for path in self.folder.glob(pattern) if (size := _bytes(path)) is not None]
            self._means[pattern] = fmean(found) if found else None
        return self._means[pattern]


def _bytes(path: Path) -> float | None:
    if path.is_dir():
        return float(sum(one.stat().st_size for one in path.rglob("*") if one.is_file()))
    return float(path.stat().st_size) if path.is_file() else None
