"""Graphs from a function that somebody wrote: its file is imported, it is called once, each mistake is a sentence."""

import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from repool.datasets.brought import INSTALL, PACKAGE, content, package_version, said
from repool.datasets.graphs import IntArray
from repool.datasets.pyg_graphs import Brought
from repool.errors import UserError, nearest
from repool.schemas.brought import split_function

PARTS = ("train", "validation", "test")
# As libraries call them.
ALSO = {"training": "train", "val": "validation", "valid": "validation"}
EXPECTED = "a list of torch_geometric.data.Data, or a mapping of train, validation and test"


def bring(function: str, arguments: Mapping[str, Any]) -> Brought:
    """The graphs that a function gives, and their parts where it says them.

    It gives a list of `Data`; or a mapping of train, validation and test to such lists; or one of these names to
    indices or masks, and of `graphs` to the list.
    """
    package_version(function)
    importlib.import_module("torch").manual_seed(0)
    called = _function(function)
    _check_arguments(function, called, arguments)
    with_place = f"{function} raises"
    given = _said(lambda: called(**arguments), with_place, Path(split_function(function)[0]))
    graphs, split = _parts(function, given) if isinstance(given, Mapping) else (_listed(function, given), None)
    return Brought(graphs, split, function)


def _function(function: str) -> Callable[..., Any]:
    place, name = split_function(function)
    content(place)
    module = _said(lambda: _module(Path(place)), f"{place} does not import:", Path(place))
    if not hasattr(module, name):
        known = [one for one, value in vars(module).items() if not one.startswith("_") and callable(value)]
        raise UserError(f"{place} has no {name}. {nearest(name, known)}")
    found = getattr(module, name)
    if not callable(found):
        raise UserError(f"{function} is no function but a {type(found).__name__}: write one that returns {EXPECTED}.")
    return found  # type: ignore[no-any-return]


def _module(path: Path) -> ModuleType:
    name = f"brought_{path.stem}"
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module  # dataclasses and pickles look themselves up
    specification.loader.exec_module(module)
    return module


def _said(call: Callable[[], Any], before: str, path: Path) -> Any:
    """What a call gives; raises UserError in place of what the code of whoever wrote it raises, with its line there."""
    try:
        return call()
    except UserError:
        raise
    except (Exception, SystemExit) as error:
        lines = [
            frame.lineno
            for frame in traceback.extract_tb(error.__traceback__)
            if Path(frame.filename).name == path.name
        ]
        where = f" (line {lines[-1]} of {path.name})" if lines else ""
        missing = isinstance(error, ModuleNotFoundError) and error.name == PACKAGE
        raise UserError(f"{before} {said(error)}{where}.{' ' + INSTALL if missing else ''}") from error


def _check_arguments(function: str, called: Callable[..., Any], arguments: Mapping[str, Any]) -> None:
    try:
        inspect.signature(called).bind(**arguments)
    except TypeError as error:
        raise UserError(f"{function} cannot be called with what `arguments` has: {error}.") from None
    except ValueError:  # of compiled functions nothing is known
        pass


def _listed(function: str, given: Any) -> list[Any]:
    """The graphs of a list, a tuple or a dataset of PyTorch Geometric."""
    data = importlib.import_module("torch_geometric.data")
    if inspect.isgenerator(given):
        raise UserError(f"{function} gives a generator, which can be walked only once: return list(...) of it.")
    if not isinstance(given, list | tuple | data.Dataset):
        kind = "one graph (Data)" if isinstance(given, data.Data) else f"a {type(given).__name__}"
        raise UserError(f"{function} gives {'nothing' if given is None else kind}, expected {EXPECTED}.")
    return [given[index] for index in range(len(given))]


def _parts(function: str, given: Mapping[Any, Any]) -> tuple[list[Any], IntArray]:
    """The graphs and their parts, of a mapping in either form."""
    named = {ALSO.get(str(name), str(name)): value for name, value in given.items()}
    graphs = named.pop("graphs", None)
    if set(named) != set(PARTS):
        found = ", ".join(map(str, given)) or "nothing"
        raise UserError(
            f"{function} gives a mapping of {found}, expected train, validation and test, each a list of Data; or with "
            "`graphs`, each the indices or the mask of a part."
        )
    if graphs is None:
        lists = [_listed(f"{function}, {part},", named[part]) for part in PARTS]
        return [graph for part in lists for graph in part], np.repeat(np.arange(3), [len(part) for part in lists])
    listed = _listed(f"{function}, graphs,", graphs)
    return listed, _of_indices(function, {part: named[part] for part in PARTS}, len(listed))


def _of_indices(function: str, parts: Mapping[str, Any], graphs: int) -> IntArray:
    """Part of every graph, each of which stands in exactly one."""
    split = np.full(graphs, -1, np.int64)
    for part, name in enumerate(PARTS):
        indices = _indices(f"{function}, {name}", parts[name], graphs)
        repeated = indices[np.flatnonzero(np.bincount(indices, minlength=graphs)[indices] > 1)]
        for bad in (*repeated, *indices[split[indices] >= 0]):
            raise UserError(f"{function}, {name}: graph {bad} is listed more than once. A graph has one part.")
        split[indices] = part
    if (split < 0).any():
        raise UserError(f"{function}: graph {int((split < 0).argmax())} is in no part ({', '.join(PARTS)}).")
    return split


def _indices(where: str, value: Any, graphs: int) -> IntArray:
    try:
        listed = np.asarray(value)
    except (TypeError, ValueError, RuntimeError):
        listed = np.array(None)
    if listed.ndim == 1 and not listed.size:
        return np.zeros(0, np.int64)
    if listed.ndim != 1 or listed.dtype.kind not in "iub":
        raise UserError(f"{where} is neither a list of indices nor a mask (a truth value a graph).")
    if listed.dtype.kind == "b":
        if len(listed) != graphs:
            raise UserError(f"{where} is a mask of {len(listed):,} values, for {graphs:,} graphs.")
        return np.flatnonzero(listed)
    outside = listed[(listed < 0) | (listed >= graphs)]
    if len(outside):
        raise UserError(f"{where} has the index {outside[0]}, but graphs are 0 to {graphs - 1:,}.")
    return listed.astype(np.int64)
