"""Activations of a run as the archive keeps them: half precision, which no figure shows the difference of."""

import hashlib
import io
import math
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from repool.datasets.archive import UNREADABLE
from repool.errors import UserError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

LARGEST = 64 * 2**20
MEMBER = re.compile(r"(graphs|activations_\d{1,3}_\d{1,3})\.npy")


def halved(path: Path) -> tuple[bytes, str]:
    """A file of activations with its decimals as float16, and its sha256; raises UserError where it is not sound.

    An array that half precision cannot hold stays as it is.
    """
    import numpy as np

    arrays = {}
    for name, array in _arrays(path):
        with np.errstate(over="ignore"):
            half = array.astype(np.float16) if array.dtype.kind == "f" else array
        arrays[name] = half if np.isfinite(half).all() else array
    return _packed(arrays)


def whole(path: Path) -> bytes:
    """An archived file of activations in the precision of training; raises UserError where it is not sound."""
    import numpy as np

    return _packed(
        {name: array.astype(np.float32) if array.dtype.kind == "f" else array for name, array in _arrays(path)}
    )[0]


def _packed(arrays: "dict[str, npt.NDArray[np.generic]]") -> tuple[bytes, str]:
    import numpy as np

    file = io.BytesIO()
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue(), hashlib.sha256(file.getvalue()).hexdigest()


def _arrays(path: Path) -> "Iterator[tuple[str, npt.NDArray[np.generic]]]":
    """The arrays of a file by name: numbers of two dimensions, and the graphs that they are of."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > LARGEST:
                raise UserError(f"{path} is refused: it would expand to more than {LARGEST:,} bytes.")
            for member in members:
                yield member.filename.removesuffix(".npy"), _array(archive.read(member), member.filename, path)
    except UNREADABLE as error:
        raise UserError(f"{path} is not a whole file of activations ({error}).") from None


def _array(content: bytes, name: str, path: Path) -> "npt.NDArray[np.generic]":
    """One array, once its name, type and size are as they may be: nothing is made as large as it claims to be."""
    import numpy as np

    if not MEMBER.fullmatch(name):
        raise UserError(f"{path} is refused: {name[:40]!r} is no array of activations.")
    file = io.BytesIO(content)
    np.lib.format.read_magic(file)
    shape, by_column, dtype = np.lib.format.read_array_header_1_0(file)
    wrong = dtype.kind not in "fi" or len(shape) != (1 if name == "graphs.npy" else 2)
    if wrong or math.prod(shape) * dtype.itemsize != len(content) - file.tell():
        raise UserError(f"{path} is refused: {name} is {dtype} {list(shape)}, of {len(content):,} bytes.")
    return np.frombuffer(content, dtype, offset=file.tell()).reshape(shape, order="F" if by_column else "C")
