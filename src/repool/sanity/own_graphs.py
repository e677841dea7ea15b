"""Graphs that PyTorch Geometric gives: a class of torch_geometric.datasets, or a function that returns Data objects.

A class finds its raw files in the folder pyg/DATASET of a mirror, which is its `root`. Without a mirror it downloads
them by itself, and they are kept in the cache under the same place.
"""

import inspect
import random
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from repool.canonical import digest
from repool.datasets.card import Source
from repool.datasets.data_objects import graphs_of
from repool.datasets.fetch import cache_folder
from repool.datasets.graphs import Graphs
from repool.digests import sha256_of
from repool.errors import UserError
from repool.models.operators.found import find, version_of
from repool.schemas.sources import Dataset

# What a part is called, by classes and by people.
PARTS = (("train", "training"), ("val", "valid", "validation"), ("test",))
UNVERIFIED = "Nothing says what its graphs should be."


def obtain(dataset: Dataset, mirror: Path | None) -> tuple[list[Source], Graphs]:
    """The graphs of a dataset, and what they were made from.

    Random numbers that are drawn on the way are those of seed 0. Raises UserError: what does not import, cannot be
    made, has no raw files, or gives something else than graphs.
    """
    found = find(dataset.place, dataset.version or None)
    _seed()
    if dataset.is_class:
        return _of_class(dataset, found, mirror)
    path = Path(dataset.place.partition(":")[0])
    given = _called(dataset, lambda: found(**dataset.arguments))
    source = Source(path, path.name, sha256_of(path), "unverified", dataset.place, UNVERIFIED)
    return [source], _graphs(dataset, given)


def _of_class(dataset: Dataset, found: type, mirror: Path | None) -> tuple[list[Source], Graphs]:
    kept = (mirror or cache_folder()) / "pyg" / dataset.name
    if mirror is not None and not kept.is_dir() and _takes(found, "root"):
        raise UserError(
            f"The mirror folder {mirror} has no pyg/{dataset.name} (for {dataset.name}): put there the folder that "
            f"torch_geometric.datasets.{dataset.made_by} made as its root, with the raw files."
        )
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        _link(kept, root)
        made = found if mirror is None else _offline(found, kept)
        given = _called(dataset, lambda: _instances(dataset, made, root))
        graphs = _graphs(dataset, given)
        if mirror is None:
            _keep(root, kept)
        raw = {str(path.relative_to(root)): sha256_of(path) for path in _raw(root)}
    origin = f"{version_of(dataset.place)}, {dataset.place}({_words(dataset.arguments)})"
    return [Source(kept, dataset.name, digest(raw), "unverified", origin, UNVERIFIED)], graphs


def _instances(dataset: Dataset, found: Callable[..., Any], root: Path) -> Any:
    """The dataset, or its parts by name where its split is fixed."""
    arguments = {**({"root": str(root)} if _takes(found, "root") else {}), **dataset.arguments}
    if dataset.split != "fixed":
        return found(**arguments)
    if not _takes(found, "split"):
        raise UserError(
            f"{dataset.name} is declared with a fixed split, but {dataset.made_by} takes no `split`. Declare another, "
            "or return its parts from a function of your own."
        )
    return {names[0]: found(**arguments, split=names[0]) for names in PARTS}


def _graphs(dataset: Dataset, given: Any) -> Graphs:
    target = dataset.options.target if dataset.task == "regression" else None
    with_features = dataset.features.kind != "constant"
    if not isinstance(given, Mapping):
        return graphs_of(_listed(dataset, given), None, target, with_features)
    parts = [_part(dataset, given, names) for names in PARTS]
    if others := sorted(set(given) - {name for names in PARTS for name in names}):
        raise UserError(f"{dataset.place} gives a part {others[0]!r}. Parts are train, val and test.")
    split = np.repeat(np.arange(len(parts), dtype=np.int8), [len(part) for part in parts])
    return graphs_of([data for part in parts for data in part], split, target, with_features)


def _part(dataset: Dataset, given: Mapping[str, Any], names: Sequence[str]) -> list[Any]:
    found = [given[name] for name in names if name in given]
    if len(found) != 1:
        raise UserError(f"{dataset.place} gives parts {', '.join(map(str, given))}: {names[0]} must be one of them.")
    return _listed(dataset, found[0])


def _listed(dataset: Dataset, given: Any) -> list[Any]:
    try:
        return list(given)
    except TypeError:
        raise UserError(
            f"{dataset.place} gives a {type(given).__name__}, expected Data objects: a list of them, or "
            "{'train': [...], 'val': [...], 'test': [...]}."
        ) from None


def _called(dataset: Dataset, call: Callable[[], Any]) -> Any:
    """What it gives; raises UserError for whatever goes wrong inside."""
    try:
        return call()
    except UserError:
        raise
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        raise UserError(
            f"{dataset.place}({_words(dataset.arguments)}) for {dataset.name} stops with {said}."
        ) from error


def _words(arguments: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in arguments.items())


def _takes(found: Callable[..., Any], name: str) -> bool:
    return name in inspect.signature(found).parameters


def _offline(found: type, kept: Path) -> type:
    """The class, which says what a mirror lacks rather than to download it."""

    def download(self: Any) -> None:
        root = Path(self.root)
        lacking = [str(Path(path).relative_to(root)) for path in self.raw_paths if not Path(path).exists()]
        raise UserError(f"The mirror folder lacks {', '.join(lacking)} in {kept}.")

    return type(found.__name__, (found,), {"download": download, "__module__": found.__module__})


def _raw(root: Path) -> list[Path]:
    """Files that a class did not make by itself, sorted."""
    return sorted(
        path for path in root.rglob("*") if path.is_file() and "processed" not in path.relative_to(root).parts
    )


def _link(kept: Path, root: Path) -> None:
    """Raw files under another root, where they can be processed anew."""
    for path in _raw(kept) if kept.is_dir() else []:
        place = root / path.relative_to(kept)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(path.resolve())


def _keep(root: Path, kept: Path) -> None:
    """Copy what was downloaded into the cache."""
    for path in _raw(root):
        place = kept / path.relative_to(root)
        if not path.is_symlink():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, partial := place.with_name(f".{place.name}.part"))
            partial.replace(place)


def _seed() -> None:
    import torch

    torch.manual_seed(0)
    np.random.seed(0)
    random.seed(0)
