"""Graphs of a dataset class of PyTorch Geometric, whose raw files come from a mirror folder, or which downloads them.

Its raw files lie where the class puts them below pyg/CLASS of a mirror folder, or of the cache. What it makes of them
is not kept: another version may make something else of the same files.
"""

import importlib
import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from repool.datasets.brought import package_version, said
from repool.datasets.pyg_graphs import Brought
from repool.errors import UserError, nearest
from repool.schemas.brought import OURS

FOLDER = "pyg"
PARTS = ("train", "val", "test")


def bring(
    name: str, arguments: Mapping[str, Any], fixed: bool, folder: Path, offline: bool
) -> tuple[Brought, list[Path]]:
    """The graphs of a class, and the raw files that it read.

    Args:
        name: of the class.
        arguments: what it is made with, besides its folder.
        fixed: whether its own parts are asked for, by its argument `split`.
        folder: a mirror folder, or the cache; raw files are in pyg/NAME of it.
        offline: whether nothing may be downloaded into it.
    """
    package_version(name)
    importlib.import_module("torch").manual_seed(0)
    found = class_of(name)
    parts = calls(name, found, arguments, fixed)
    graphs, sizes, files = [], [], set()
    for part in parts:
        with made(found, {**arguments, **part}, folder, offline) as dataset:
            graphs += [dataset[index] for index in range(len(dataset))]
            sizes.append(len(dataset))
            files |= raw_files(dataset)
    split = np.repeat(np.arange(3), sizes) if len(parts) == len(PARTS) else None
    return Brought(graphs, split, call_of(name, arguments)), sorted(files)


def call_of(name: str, arguments: Mapping[str, Any]) -> str:
    """The class and its arguments as they are written."""
    return f"{name}({', '.join(f'{key}={value!r}' for key, value in arguments.items())})"


def class_of(name: str) -> type:
    """The class; raises UserError with the nearest name."""
    datasets, data = (importlib.import_module(f"torch_geometric.{module}") for module in ("datasets", "data"))
    known = {
        one: found
        for one, found in vars(datasets).items()
        if inspect.isclass(found) and issubclass(found, data.Dataset) and found.__module__.startswith(datasets.__name__)
    }
    if name not in known:
        raise UserError(f"{name} is no dataset of torch_geometric.datasets. {nearest(name, known)}")
    return known[name]


@contextmanager
def made(found: type, arguments: Mapping[str, Any], folder: Path, offline: bool) -> Iterator[Any]:
    """The dataset, as long as what it made of its raw files is there; raises UserError for what goes wrong inside."""
    root = folder / FOLDER / found.__name__
    with TemporaryDirectory(prefix="repool-") as processed:
        changes = {"processed_dir": property(lambda _: processed), "_download": _download(found, folder, offline)}
        own = type(found.__name__, (found,), {**changes, "__module__": found.__module__})
        placed = {"root": str(root)} if "root" in inspect.signature(found).parameters else {}
        call = call_of(found.__name__, arguments)
        try:
            dataset = own(**placed, **arguments)
        except UserError:
            raise
        except ImportError as error:
            raise UserError(f"{call} needs a package that is not installed: {error}.") from error
        except Exception as error:
            raise UserError(f"{call} raises {said(error)}. Its raw files are in {root}.") from error
        yield dataset


def raw_files(dataset: Any) -> set[Path]:
    """All files of its folder of raw files: some classes read more than they name."""
    if not getattr(dataset, "root", None) or not type(dataset).has_download.fget(dataset):
        return set()
    return {path for path in Path(dataset.raw_dir).rglob("*") if path.is_file()}


def _download(found: Any, folder: Path, offline: bool) -> Any:
    """In place of a class's own way to its raw files: none from the network where there is a mirror folder."""

    def get(self: Any) -> None:
        lacking = [path for path in map(Path, self.raw_paths) if not path.exists()]
        if not lacking:
            return
        raw = Path(self.raw_dir)
        place = raw.relative_to(folder) if raw.is_relative_to(folder) else raw
        names = ", ".join(sorted({path.name for path in lacking}))
        put = f"into a mirror folder as {place.as_posix()}, and name that folder with REPOOL_MIRROR or --mirror"
        if offline:
            raise UserError(
                f"The mirror folder {folder} lacks raw files of {found.__name__}: {names}. Put them {put}. With a "
                "network: run the same command without REPOOL_MIRROR, the class downloads them."
            )
        try:
            found._download(self)
        except Exception as error:
            raise UserError(
                f"The raw files of {found.__name__} could not be downloaded ({said(error)}). "
                f"Without a network put them ({names}) {put}."
            ) from error

    return get


def calls(name: str, found: type, arguments: Mapping[str, Any], fixed: bool) -> list[dict[str, Any]]:
    """What tells the calls apart that give all graphs: nothing, or three parts."""
    parameters = {
        key: one for key, one in inspect.signature(found).parameters.items() if one.kind is not one.VAR_KEYWORD
    }
    takes_more = len(parameters) < len(inspect.signature(found).parameters)
    known = [key for key in parameters if key not in OURS]
    for key in arguments:
        if key not in known and not takes_more:
            raise UserError(
                f"{key} is no argument of {name}. {nearest(key, known)}" if known else f"{name} takes none."
            )
    needed = [key for key in known if parameters[key].default is inspect.Parameter.empty and key not in arguments]
    if needed:
        raise UserError(f"{name} needs {' and '.join(needed)}: say so in arguments, such as {{{needed[0]}: ...}}.")
    in_parts = "split" in parameters and parameters["split"].default == "train" and "split" not in arguments
    if fixed and in_parts:
        return [{"split": part} for part in PARTS]
    if fixed:
        raise UserError(f"{name} has no parts of its own for training, validation and test: leave `split: fixed` out.")
    if in_parts:
        raise UserError(
            f"{name} comes in parts: declare `split: fixed` to keep them, or name one, as in arguments: "
            "{split: train}, and the split is drawn from it."
        )
    if "train" in parameters and isinstance(parameters["train"].default, bool) and "train" not in arguments:
        raise UserError(
            f"{name} comes in a training and a test part, without one for validation: name one, as in arguments: "
            "{train: true}, and the split is drawn from it."
        )
    return [{}]
