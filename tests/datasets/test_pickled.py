"""Pickles from the network: what arrays and tensors need is read, anything else is refused and never executed."""

import collections
import io
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
import torch

from repool.datasets import pickled
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
