"""The prepared form on disk: a folder of plain .npy arrays and, written last, its card."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from repool.atomic import replacing
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
        "atoms": graphs.atoms,
        "bonds": graphs.bonds,
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
    """Write folder/arrays and folder/card.json so that neither ever exists half-written, on a full disk neither.

    An older card goes first: a folder without a card is not a dataset, whatever happens in between.
    """
    partial, final, card_path = folder / "arrays.partial", folder / "arrays", folder / "card.json"
    made = not folder.exists()
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        for name, array in arrays.items():
            np.save(partial / f"{name}.npy", array)
        card_path.unlink(missing_ok=True)
        shutil.rmtree(final, ignore_errors=True)
        partial.replace(final)
        with replacing(card_path) as temporary:
            temporary.write_text(json.dumps(card, sort_keys=True, indent=2) + "\n", encoding="utf-8")
    except BaseException:
        for left in [partial] if card_path.is_file() else [partial, final]:
            shutil.rmtree(left, ignore_errors=True)
        if made:
            shutil.rmtree(folder, ignore_errors=True)
        raise
