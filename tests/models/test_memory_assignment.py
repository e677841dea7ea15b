"""The compiled assignment to keys of memories equals its form in torch operations, in value and gradient."""

import numpy as np
import pytest
import torch
from torch import Tensor

from precision import assert_near
from repool.models.kernels.memory_assignment import (
    ROWS,
    memory_assignment,
    memory_assignment_reference,
)
from repool.models.kernels.ranges import Ranges

pytestmark = pytest.mark.usefixtures("double_precision")

# Nodes of each graph, of each seed: a single node, more than are computed at a time, and a batch of single nodes.
SIZES = ((1, 7, 2 * ROWS, 30), (3, 1, 1, ROWS), (1, 1, 1, 1))
MEMORIES = ((1, 1), (1, 6), (5, 1), (5, 10), (3, 32))


def rows_of_graphs(padding: int) -> tuple[Ranges, Tensor]:
    """The rows of each graph, and what is no padding."""
    rows = max(map(sum, SIZES)) + padding
    ptr = np.array([np.cumsum((seed * rows, *sizes)) for seed, sizes in enumerate(SIZES)], np.int32)
    ranges = Ranges(ptr, rows, torch.device("cpu"))
    return ranges, ranges.inside


def random_leaves(*shapes: tuple[int, ...]) -> list[Tensor]:
    return [torch.randn(shape).requires_grad_() for shape in shapes]


def assert_same(Q: Tensor, K: Tensor, merge: Tensor | None, ranges: Ranges, by_distance: bool) -> None:
    inputs = [Q, K] if merge is None else [Q, K, merge]
    forms = (memory_assignment, memory_assignment_reference)
    inside = ranges.inside
    found, expected = (form(Q, K, merge, ranges, by_distance) for form in forms)
    assert_near(found, expected, "S")
    assert not found[(inside == 0).expand_as(found)].any()
    weights = torch.randn(found.shape)
    ours, theirs = (torch.autograd.grad((side * weights).sum(), inputs) for side in (found, expected))
    for one, other, name in zip(ours, theirs, ("Q", "K", "merge"), strict=False):
        assert_near(one, other, f"gradient of {name}")
    assert not ours[0][(inside == 0).expand_as(Q)].any()


@pytest.mark.parametrize("by_distance", [False, True], ids=["kernel", "distance"])
@pytest.mark.parametrize(("heads", "keys"), MEMORIES)
@pytest.mark.parametrize("padding", [0, 4])
def test_graphs_of_any_size(by_distance, heads, keys, padding):
    ranges, inside = rows_of_graphs(padding)
    Q, K, merge = random_leaves((3, inside.size(1), 5), (3, heads * keys, 5), (3, heads, 1))
    assert_same(Q, K, merge if heads > 1 else None, ranges, by_distance)


@pytest.mark.parametrize("by_distance", [False, True], ids=["kernel", "distance"])
def test_logits_that_differ_by_hundreds(by_distance):
    ranges, inside = rows_of_graphs(1)
    Q, K, merge = random_leaves((3, inside.size(1), 5), (3, 12, 5), (3, 4, 1))
    assert_same(30 * Q, 30 * K, 300 * merge, ranges, by_distance)


@pytest.mark.parametrize("by_distance", [False, True], ids=["kernel", "distance"])
def test_queries_on_a_key_give_it_no_gradient(by_distance):
    """Small whole numbers, whose products are exact: squared distances of 0 are, and others are 1 or more."""
    ranges, inside = rows_of_graphs(1)
    Q = torch.randint(2, (3, inside.size(1), 3)).double().requires_grad_()
    K = torch.randint(2, (3, 8, 3)).double().requires_grad_()
    assert (torch.cdist(Q, K) == 0).any()
    assert_same(Q, K, random_leaves((3, 2, 1))[0], ranges, by_distance)


def test_gradients_that_are_not_asked_for_change_no_other():
    ranges, inside = rows_of_graphs(1)
    Q, K, merge = random_leaves((3, inside.size(1), 5), (3, 8, 5), (3, 2, 1))
    weights = torch.randn(3, inside.size(1), 4)

    def gradient(of: int) -> Tensor:
        inputs = [tensor.detach().requires_grad_(position == of) for position, tensor in enumerate((Q, K, merge))]
        return torch.autograd.grad((memory_assignment(*inputs, ranges, False) * weights).sum(), inputs[of])[0]

    together = torch.autograd.grad((memory_assignment(Q, K, merge, ranges, False) * weights).sum(), [Q, K, merge])
    for position, expected in enumerate(together):
        assert torch.equal(gradient(position), expected)


def test_a_query_that_is_no_number_makes_its_own_row_none():
    ranges, inside = rows_of_graphs(1)
    Q, K = torch.randn(3, inside.size(1), 5), torch.randn(3, 4, 5)
    Q[0, 3, 0] = torch.nan
    S = memory_assignment(Q, K, None, ranges, False)
    assert S[0, 3].isnan().all()
    assert S.isnan().sum() == 4


def test_keys_that_are_no_numbers_make_every_row_none():
    ranges, inside = rows_of_graphs(1)
    Q, K = torch.randn(3, inside.size(1), 5), torch.full((3, 4, 5), torch.nan)
    S = memory_assignment(Q, K, None, ranges, True)
    assert torch.equal(S.isnan().any(dim=2, keepdim=True), inside == 1)
