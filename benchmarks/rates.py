"""How fast this machine multiplies matrices of a shape and moves numbers, the best of all tries.

Seconds are those of the processor on this process, so that other work on the machine takes little from them.
"""

import time
from collections.abc import Callable

import numpy as np
import torch
from counting import Work

# Of the operands of a product; more matrices of the same shape multiply no faster.
MOST_NUMBERS = 2**22
SECONDS_OF_A_TRY = 0.01
MOST_CALLS = 100
BYTES = 4
# Weight, gradient and Adam's two moments, each read and written.
PASSES_OF_A_WEIGHT = 8

seconds_of_processor = time.process_time


class Rates:
    """Best seconds so far of each product and each copy that was tried."""

    def __init__(self) -> None:
        self._products: dict[tuple[int, ...], float] = {}
        self._copies: dict[int, float] = {}

    def try_once(self, work: Work, weights: int, seeds: int) -> None:
        """Time everything that the work of so many seeds needs once more."""
        for shape in {measured(product.shape, seeds) for product in work.products}:
            self._products[shape] = min(self._products.get(shape, np.inf), product_seconds(*shape))
        size = moved(work, weights) * seeds
        self._copies[size] = min(self._copies.get(size, np.inf), copy_seconds(size))

    def products(self, work: Work, seeds: int) -> float:
        """Seconds of the products of one seed, at the rate of their shape."""
        seconds = 0.0
        for product in work.products:
            count, rows, inner, columns = shape = measured(product.shape, seeds)
            seconds += product.operations * self._products[shape] / (2 * count * rows * inner * columns)
        return seconds

    def copies(self, work: Work, weights: int, seeds: int) -> float:
        """Seconds of moving what one seed must move, in a block of so many."""
        return self._copies[moved(work, weights) * seeds] / seeds


def moved(work: Work, weights: int) -> int:
    """Bytes that a step moves at least: weights and their moments, and features, each written and read once."""
    return round(BYTES * (PASSES_OF_A_WEIGHT * weights + 2 * work.kept))


def measured(shape: tuple[int, int, int, int], seeds: int) -> tuple[int, int, int, int]:
    """The products of so many seeds side by side, or as many of them as are tried."""
    count, rows, inner, columns = shape
    numbers = rows * inner + inner * columns + rows * columns
    return max(1, min(count * seeds, MOST_NUMBERS // numbers)), rows, inner, columns


def product_seconds(count: int, rows: int, inner: int, columns: int) -> float:
    """Best seconds of a product by torch.bmm or by numpy's BLAS, alternately."""
    left, right = (torch.rand(count, *shape) for shape in ((rows, inner), (inner, columns)))
    result = torch.empty(count, rows, columns)
    arrays = left.numpy(), right.numpy(), np.empty((count, rows, columns), np.float32)
    return best(lambda: torch.bmm(left, right, out=result), lambda: np.matmul(arrays[0], arrays[1], out=arrays[2]))


def copy_seconds(size: int) -> float:
    """Best seconds of reading half of so many bytes and writing the other half."""
    source = np.ones(max(1, size // 2 // BYTES), np.float32)
    target = np.empty_like(source)
    return best(lambda: np.copyto(target, source))


def best(*calls: Callable[[], object]) -> float:
    """Least seconds of any call, one after the other."""
    least = np.inf
    stop = seconds_of_processor() + SECONDS_OF_A_TRY
    for _ in range(MOST_CALLS):
        for call in calls:
            started = seconds_of_processor()
            call()
            ended = seconds_of_processor()
            least = min(least, ended - started)
        if ended > stop:
            break
    return float(least)
