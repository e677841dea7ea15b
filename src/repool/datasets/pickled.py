"""Pickles from the network, read without executing what is in them: plain values, numpy arrays and torch tensors.

A pickle names the functions that rebuild its objects, and an ordinary reader calls whatever is named. Here the few
names that arrays and tensors need lead to functions of this module, any other name refuses the file. Neither torch nor
a pickled class is imported.
"""

import collections
import io
import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from repool.errors import UserError

SHOWN = 200  # characters of a message that quotes the file
NUMBERS = "biuf"  # kinds of numpy types: booleans, whole numbers, decimals
STORAGES = {
    "ByteStorage": "u1",
    "CharStorage": "i1",
    "ShortStorage": "i2",
    "IntStorage": "i4",
    "LongStorage": "i8",
    "HalfStorage": "f2",
    "FloatStorage": "f4",
    "DoubleStorage": "f8",
    "BoolStorage": "b1",
}


def load(stream: BinaryIO, name: str) -> Any:
    """The value of a pickle: lists, dictionaries, texts, numbers; arrays and tensors come as `Stored`.

    Raises UserError when it is damaged, or names anything but plain arrays and tensors; `name` is its file's. A key
    that is nested some ten thousand times ends the process: a file of unknown bytes is read apart (`parallel.apart`).
    """
    try:
        return _Unpickler(stream, name, OUTER).load()
    except UserError:
        raise
    except Exception as error:  # a damaged pickle makes the reader raise whatever it likes
        raise UserError(f"{name} is not a whole pickle ({_said(error)}). Get it again from its source.") from error


def _said(error: Exception) -> str:
    return str(error)[:SHOWN] or type(error).__name__


@dataclass
class Stored:
    """An array or a tensor of the file; its numbers are read when `array` is called."""

    read: Callable[[], npt.NDArray[Any]]
    state: tuple[Any, ...] = field(default=(), repr=False)

    def array(self, name: str) -> npt.NDArray[Any]:
        """The numbers; raises UserError where they do not fit together, saying `name`, where the array stands."""
        try:
            return self.read()
        except UserError:
            raise
        except Exception as error:  # as above
            raise UserError(
                f"{name} is not a whole array ({_said(error)}). Get its file again from its source."
            ) from error

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        """The content of a numpy array, as pickled: version, shape, type, whether in Fortran's order, bytes."""
        _, shape, dtype, fortran, content = state
        self.read = partial(_numpy, content, dtype, shape, "F" if fortran else "C")


class _Type:
    """A numpy type of numbers; its state is the order of its bytes."""

    def __init__(self, code: str, *_: Any) -> None:
        self.dtype = np.dtype(str(code))
        if self.dtype.kind not in NUMBERS:
            raise pickle.UnpicklingError(f"{code} is not a type of numbers")

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        if state[1] in ("<", ">"):
            self.dtype = self.dtype.newbyteorder(state[1])


class _Unpickler(pickle.Unpickler):
    """Finds nothing but the known names."""

    def __init__(self, stream: BinaryIO, name: str, known: Mapping[tuple[str, str], Any]) -> None:
        super().__init__(stream, encoding="latin1")
        self.name, self.known = name, known

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self.known:
            raise UserError(
                f"{self.name} is refused: it asks for {module}.{name}, which no array needs. Nothing of it was "
                "executed. This is not the published file: get it from its source."
            )
        return self.known[module, name]

    def persistent_load(self, identity: Any) -> Any:
        """A storage inside the bytes of a tensor: (storage, its type, key, place, count, view)."""
        kind, dtype, key, _, count, *view = identity
        if kind != "storage" or any(part is not None for part in view) or not isinstance(dtype, str):
            raise pickle.UnpicklingError("a storage of an unknown kind")
        return dtype, key, int(count)


def _tensor(storage: bytes, offset: int, size: tuple[int, ...], stride: tuple[int, ...], *_: Any) -> Stored:
    return Stored(partial(_strided, storage, offset, size, stride))


def _strided(storage: bytes, offset: int, size: tuple[int, ...], stride: tuple[int, ...]) -> npt.NDArray[Any]:
    """A tensor out of the bytes of its storage."""
    flat = _storage(storage)
    if len(size) != len(stride) or min((offset, *size, *stride)) < 0 or np.prod(size, dtype=np.float64) > len(flat):
        raise ValueError(f"a tensor of size {size} with strides {stride}")
    last = offset + sum((length - 1) * step for length, step in zip(size, stride, strict=True))
    if 0 not in size and last >= len(flat):
        raise ValueError(f"a tensor reaches beyond the {len(flat):,} numbers of its storage")
    steps = [step * flat.itemsize for step in stride]
    start = flat[offset:] if 0 not in size else flat[:0]
    return np.lib.stride_tricks.as_strided(start, size, steps, writeable=False).copy()


def _storage(content: bytes) -> npt.NDArray[Any]:
    """The numbers of a storage in torch's old format: five pickles, then a count and the numbers."""
    stream = io.BytesIO(content)
    _, _, system, (dtype, key, count), keys = (_Unpickler(stream, "a tensor", INNER).load() for _ in range(5))
    if list(keys) != [key]:
        raise ValueError("a storage with other storages")
    order = "<" if system.get("little_endian", True) else ">"
    stored = int(np.frombuffer(stream.read(8), f"{order}i8")[0])
    numbers = np.frombuffer(stream.read(), f"{order}{dtype}")
    if not stored == count == len(numbers):
        raise ValueError(f"a storage of {count:,} numbers holds {len(numbers):,}")
    return numbers


def _numpy(content: bytes | str, dtype: _Type, shape: tuple[int, ...], order: Any = "C") -> npt.NDArray[Any]:
    raw = content.encode("latin1") if isinstance(content, str) else content
    return np.frombuffer(raw, dtype.dtype).reshape(shape, order=order)


def _bytes(content: Any = b"") -> bytes:
    if not isinstance(content, bytes | bytearray):
        raise pickle.UnpicklingError(f"{type(content).__name__} where bytes are expected")
    return bytes(content)


def _reconstruct(*_: Any) -> Stored:
    return Stored(partial(_numpy, b"", _Type("f8"), (0,)))


def _from_buffer(content: bytes, dtype: _Type, shape: tuple[int, ...], order: str) -> Stored:
    return Stored(partial(_numpy, _bytes(content), dtype, shape, order))


def _scalar(dtype: _Type, content: bytes) -> Any:
    return _numpy(content, dtype, ()).item()


def _encode(text: str, encoding: str) -> bytes:
    if encoding != "latin1":
        raise pickle.UnpicklingError(f"bytes in the encoding {encoding}")
    return text.encode("latin1")


OUTER: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch.storage", "_load_from_bytes"): _bytes,
    ("_codecs", "encode"): _encode,
    ("__builtin__", "bytes"): _bytes,
    ("numpy", "ndarray"): None,
    ("numpy", "dtype"): _Type,
}
for _module in ("numpy.core", "numpy._core"):  # before numpy 2, and since
    OUTER[f"{_module}.multiarray", "_reconstruct"] = _reconstruct
    OUTER[f"{_module}.multiarray", "scalar"] = _scalar
    OUTER[f"{_module}.numeric", "_frombuffer"] = _from_buffer
INNER: dict[tuple[str, str], Any] = {("torch", name): code for name, code in STORAGES.items()}
