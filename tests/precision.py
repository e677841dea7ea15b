"""How near is near: in double precision, where rounding is far below what a test asks, and in single precision."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import torch
from torch import Tensor

# Of two forms in double precision, relative to the largest entry. The largest seen is a thousandth of it.
EXACT = 1e-9


@contextmanager
def double() -> Iterator[None]:
    """Tensors without a stated type are float64: weights, features and what a batch says of its graphs among them."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


@pytest.fixture
def double_precision() -> Iterator[None]:
    """For the length of a test, everything in double precision; torch's draws are the same in any order of tests."""
    with torch.random.fork_rng(), double():
        torch.manual_seed(0)
        yield


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """As training has it; on matrices of this size more threads only wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def assert_near(found: Tensor, expected: Tensor, what: str, scale: float = 0.0) -> None:
    """Equal up to `EXACT` times the largest expected entry (or `scale`, where that is larger), in double precision."""
    assert found.dtype == expected.dtype == torch.float64, what
    assert found.shape == expected.shape, what
    scale = max(scale, expected.abs().max().item())
    apart = (found - expected).abs().max().item()
    assert apart <= EXACT * scale, f"{what}: {apart:.2e} apart at a scale of {scale:.2e} ({apart / scale:.1e})"
