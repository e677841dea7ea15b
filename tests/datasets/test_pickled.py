"""Pickles from the network: what arrays and tensors need is read, anything else is refused and never executed."""

import collections
import io
import os
import pickle
import random
import subprocess
import sys

import numpy as np
import pytest
import torch

from repool.datasets import pickled
from repool.datasets.parallel import apart
from repool.errors import UserError


def loaded(value: object, protocol: int = 4):
    return pickled.load(io.BytesIO(pickle.dumps(value, protocol)), "toy.pickle")


@pytest.mark.parametrize("protocol", range(2, 6))
@pytest.mark.parametrize(
    "tensor",
    [
        torch.arange(12).reshape(3, 4),
        torch.arange(12).reshape(3, 4).T[1:, :2],
        torch.tensor([1.5, -2.25]),
        torch.tensor(3.5, dtype=torch.float64),
        torch.tensor([True, False]),
        torch.tensor([[200, 3]], dtype=torch.uint8),
        torch.zeros(0, 5, dtype=torch.int16),
    ],
)
def test_tensors_are_read_as_by_torch(tensor, protocol):
    found = loaded({"bond_type": tensor}, protocol)["bond_type"].array("toy")
    np.testing.assert_array_equal(found, tensor.numpy(), strict=True)


@pytest.mark.parametrize("protocol", range(2, 6))
@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype=np.int64).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.array([1, 2], dtype=">i4"),
        np.array([], dtype=np.uint8),
        np.array(2.5, dtype=np.float32),
    ],
)
def test_arrays_are_read_as_by_numpy(array, protocol):
    found = loaded([array], protocol)[0].array("toy")
    np.testing.assert_array_equal(found, array)
    assert found.shape == array.shape


def test_plain_values_and_numpy_numbers():
    value = {"a": [1, 2.5, "x", None, True, (3, b"y")], "b": collections.OrderedDict(c=np.float32(0.5))}
    found = loaded(value)
    assert found == value


class Hostile:
    """Writes a file when an ordinary reader meets it."""

    def __init__(self, *call: object) -> None:
        self.call = call

    def __reduce__(self) -> tuple:
        return self.call[0], self.call[1:]


@pytest.mark.parametrize("protocol", range(6))
def test_a_hostile_pickle_is_refused_and_does_nothing(tmp_path, protocol):
    trace = tmp_path / "trace"
    content = pickle.dumps([Hostile(os.system, f"touch {trace}")], protocol)
    with pytest.raises(
        UserError, match=r"toy\.pickle is refused: it asks for posix\.system.*Nothing of it was executed"
    ):
        pickled.load(io.BytesIO(content), "toy.pickle")
    assert not trace.exists()
    pickle.loads(content)
    assert trace.exists()  # the test's own pickle is as hostile as it claims


@pytest.mark.parametrize(
    "call",
    [
        (eval, "1 + 1"),
        (getattr, [], "append"),
        (__import__, "os"),
        (np.load, "x.npy"),
        (np.frombuffer, b"x"),
        (torch.load, "x.pt"),
        (subprocess.run, ["true"]),
        (collections.defaultdict, list),
    ],
)
def test_other_functions_are_refused(call):
    with pytest.raises(UserError, match=r"toy\.pickle is refused: it asks for"):
        loaded(Hostile(*call))


def test_what_hides_in_a_tensor_is_refused_too(tmp_path):
    trace = tmp_path / "trace"
    storage = pickle.dumps(Hostile(os.system, f"touch {trace}"), 2)
    call = (
        torch._utils._rebuild_tensor_v2,
        Hostile(torch.storage._load_from_bytes, storage),
        0,
        (1,),
        (1,),
        False,
        None,
    )
    found = loaded(Hostile(*call))
    with pytest.raises(UserError, match=r"a tensor is refused: it asks for posix\.system"):
        found.array("toy.pickle, molecule 0")
    assert not trace.exists()


@pytest.mark.parametrize(
    "text",
    [
        b"cos\nsystem\n(S'true'\ntR.",  # the oldest opcodes
        b"(S'true'\nios\nsystem\n.",
        b"\x80\x02U\x02aacos\nsystem.\n\x85R.",
        b"\x80\x04\x8c\x0bcollections\x8c\x14OrderedDict.fromkeys\x93)R.",  # an attribute of a known name
    ],
    ids=["a call", "an instance", "a call in protocol 2", "an attribute"],
)
def test_old_and_odd_ways_to_name_a_function(text):
    with pytest.raises(UserError, match=r"toy\.pickle is"):
        pickled.load(io.BytesIO(text), "toy.pickle")


@pytest.mark.parametrize(
    "call",
    [
        (torch.storage._load_from_bytes, 10**15),  # an ordinary `bytes` would reserve a petabyte
        (np.dtype, "O", False, True),
        (pickle.PickleBuffer, b""),
    ],
)
def test_objects_that_are_no_numbers_are_refused(call):
    with pytest.raises(UserError, match=r"toy\.pickle is"):
        loaded(Hostile(*call))


@pytest.mark.parametrize(
    ("offset", "size", "stride"),
    [(0, (5,), (1,)), (2, (3,), (1,)), (0, (2, 2), (2, 2)), (-1, (1,), (1,)), (0, (3,), (0, 1))],
)
def test_a_tensor_beyond_its_storage(offset, size, stride):
    storage = torch.arange(4).untyped_storage()
    typed = torch.storage.TypedStorage(wrap_storage=storage, dtype=torch.int64, _internal=True)
    found = loaded(Hostile(torch._utils._rebuild_tensor_v2, typed, offset, size, stride, False, None))
    with pytest.raises(UserError, match=r"molecule 3 is not a whole array"):
        found.array("molecule 3")


@pytest.mark.parametrize("keep", [0, 1, 20, -1])
def test_a_cut_pickle(keep):
    content = pickle.dumps([torch.arange(3), np.arange(3)])[:keep]
    with pytest.raises(UserError, match=r"toy\.pickle is not a whole pickle"):
        pickled.load(io.BytesIO(content), "toy.pickle")


def test_reading_imports_neither_torch_nor_a_pickled_class():
    content = pickle.dumps([torch.arange(3), np.arange(3)])
    code = (
        "import io, sys; from repool.datasets import pickled\n"
        f"found = pickled.load(io.BytesIO({content!r}), 'x')\n"
        "print([list(map(int, array.array('x'))) for array in found], 'torch' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[[0, 1, 2], [0, 1, 2]] False"


DEEP = b")" + b"\x85" * 200_000  # a tuple in a tuple in a tuple


@pytest.mark.parametrize(
    "content",
    [
        b"\x80\x02cnumpy\ndtype\n" + DEEP + b"\x85R.",
        b"\x80\x02c_codecs\nencode\nX\x01\x00\x00\x00a" + DEEP + b"\x86R.",
        b"\x80\x02ctorch.storage\n_load_from_bytes\n" + DEEP + b"\x85R.",
        b"\x80\x02cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\nX\x02\x00\x00\x00f8\x85R" + DEEP + b"\x86R.",
    ],
)
def test_what_is_nested_without_end_is_refused_in_a_short_sentence(content):
    with pytest.raises(UserError, match=r"toy\.pickle is not a whole pickle") as caught:
        pickled.load(io.BytesIO(content), "toy.pickle")
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("size", [2**63, 2**64 - 1, -(2**63), 2**2000])
def test_sizes_beyond_any_memory(size):
    storage = torch.arange(4).untyped_storage()
    typed = torch.storage.TypedStorage(wrap_storage=storage, dtype=torch.int64, _internal=True)
    for offset, sizes, strides in ((size, (1,), (1,)), (0, (size,), (1,)), (0, (1,), (size,)), (0, (2,), (size,))):
        found = loaded(Hostile(torch._utils._rebuild_tensor_v2, typed, offset, sizes, strides, False, None))
        if (offset, sizes) == (0, (1,)) and size > 0:
            continue  # the stride of a single number does not matter
        with pytest.raises(UserError, match="is not a whole array"):
            found.array("molecule 3")


def mutants(number: int, seed: int) -> list[bytes]:
    """Pickles of arrays and tensors with bytes changed, cut out, or put in."""
    drawn = random.Random(seed)
    whole = [pickle.dumps([{"a": torch.arange(6).reshape(2, 3), "b": np.arange(3.0)}, (1, "x")], n) for n in (2, 3, 4)]
    made = []
    for index in range(number):
        content = bytearray(whole[index % len(whole)])
        for _ in range(drawn.randint(1, 4)):
            place, length = drawn.randrange(len(content)), drawn.choice([0, 1, 1, 1, 4])
            content[place : place + length] = drawn.choice(
                [drawn.randbytes(1), drawn.randbytes(4), b"\xff" * 8, b")\x85"]
            )
        made.append(bytes(content))
    return made


def read_all(contents: list[bytes]) -> tuple[int, int]:
    """How many are read to the last number, and how many are refused."""
    refused = 0
    for content in contents:
        try:
            pending = [pickled.load(io.BytesIO(content), "mutant")]
            while pending:
                value = pending.pop()
                if isinstance(value, pickled.Stored):
                    value.array("mutant")
                elif isinstance(value, list | tuple | dict):
                    pending += value.values() if isinstance(value, dict) else value
        except UserError:
            refused += 1
    return len(contents) - refused, refused


def test_mutants_are_read_or_refused():
    read, refused = apart(read_all, mutants(600, seed=0), name="a mutant", memory=4_000_000_000)
    assert read > 0
    assert refused > 300
