"""The prepared form on disk: a folder of plain .npy arrays and, written last, its card."""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from repool.datasets.graphs import Graphs


def arrays_of(graphs: Graphs) -> dict[str, npt.NDArray]:
    """The arrays to be written, by name, in the types of the format."""
    arrays: dict[str, npt.NDArray | None] = {
        "node_ptr": graphs.node_ptr,
        "in_ptr": graphs.in_ptr,
        "in_idx": graphs.in_idx,
        "out_ptr": graphs.out_ptr,
        "out_idx": graphs.out_idx,
        "labels": graphs.labels,
        "x": graphs.x,
        "y": graphs.y,
        "split": graphs.split,
    }
    return {name: np.ascontiguousarray(array) for name, array in arrays.items() if array is not None}


def content_sha256(arrays: Mapping[str, npt.NDArray]) -> str:
    """One sha256 over names, types, shapes and bytes of all arrays, in the order of their names."""
    digest = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {list(array.shape)}\n".encode())
        digest.update(array.data if array.size else b"")
    return digest.hexdigest()


def write(folder: Path, arrays: Mapping[str, npt.NDArray], card: Mapping[str, Any]) -> None:
    """Write folder/arrays and folder/card.json so that neither ever exists half-written.

    An older card goes first: a folder without a card is not a dataset, whatever happens in between.
    """
    folder.mkdir(parents=True, exist_ok=True)
    partial, final, card_path = folder / "arrays.partial", folder / "arrays", folder / "card.json"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    try:
        for name, array in arrays.items():
            np.save(partial / f"{name}.npy", array)
        card_path.unlink(missing_ok=True)
        shutil.rmtree(final, ignore_errors=True)
        partial.replace(final)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    temporary = folder / f"card.json.{os.getpid()}"
    temporary.write_text(json.dumps(card, sort_keys=True, indent=2) + "\n", encoding="utf-8")
    temporary.replace(card_path)
