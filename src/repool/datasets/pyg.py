"""Reader of graphs that somebody brings in PyTorch Geometric's form, by a function or by a class of its datasets."""

import hashlib
import importlib
import random
from pathlib import Path

import numpy as np

from repool.datasets import pyg_class, pyg_function
from repool.datasets.brought import PACKAGE, content, package_version
from repool.datasets.card import Source
from repool.datasets.graphs import Graphs
from repool.datasets.pyg_graphs import Brought, assemble
from repool.digests import sha256_of
from repool.errors import UserError
from repool.schemas.brought import split_function
from repool.schemas.sources import Dataset

MOST_FILES = 20  # that a card names one by one


def take(dataset: Dataset, folder: Path, offline: bool) -> tuple[Graphs, list[Source]]:
    """The graphs of a declaration, and what they were made of; raises UserError for what does not fit.

    What draws from the global streams of torch, NumPy or Python draws the same every time.

    Args:
        dataset: of format pyg.
        folder: a mirror folder, or the cache: a class has its raw files in it.
        offline: whether nothing may be downloaded into it.
    """
    random.seed(0)
    np.random.seed(0)
    brought, sources = _of_function(dataset) if dataset.function else _of_class(dataset, folder, offline)
    if brought.split is not None and dataset.split != "fixed":
        raise UserError(f"{brought.giver} gives parts of its own: declare `split: fixed`, or return one list.")
    target = dataset.options.target if "target" in dataset.options.model_fields_set else None
    return assemble(brought, dataset.task, dataset.features.kind, target), sources


def _of_function(dataset: Dataset) -> tuple[Brought, list[Source]]:
    place, _ = split_function(str(dataset.function))
    digest = hashlib.sha256(content(place)).hexdigest()
    brought = pyg_function.bring(str(dataset.function), dataset.arguments)
    remark = f"Made by {dataset.function}, a function that was brought; nothing was compared."
    return brought, [Source(Path(place), place, digest, "unverified", f"this folder, {place}", remark)]


def _of_class(dataset: Dataset, folder: Path, offline: bool) -> tuple[Brought, list[Source]]:
    name = str(dataset.class_)
    by = f"{PACKAGE} {package_version(name)}"
    brought, files = pyg_class.bring(name, dataset.arguments, dataset.split == "fixed", folder, offline)
    remark = f"Read by {brought.giver} of {by}; no checksum of its raw files is declared."
    if len(files) > MOST_FILES:
        remark += f" Of its {len(files):,} raw files the first {MOST_FILES} are named here."
    code = Path(str(importlib.import_module(pyg_class.class_of(name).__module__).__file__))
    where = "mirror folder" if offline else "downloaded by its class"
    return brought, [
        Source(code, code.name, sha256_of(code), "unverified", by, remark),
        *(
            Source(path, path.name, sha256_of(path), "unverified", f"{where}, {_below(path, folder)}")
            for path in files[:MOST_FILES]
        ),
    ]


def _below(path: Path, folder: Path) -> str:
    return (path.relative_to(folder) if path.is_relative_to(folder) else Path(path.name)).as_posix()
