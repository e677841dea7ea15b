"""How fast this machine multiplies matrices of a shape and moves numbers, the best of all tries.

Seconds are those of the processor on this process, so that other work on the machine takes little from them.
"""

import time
from collections.abc import Callable
from math import prod

import numpy as np
import torch
from counting import Product, Work

# Of the operands of a product; more matrices of the same shape multiply no faster.
MOST_NUMBERS = 2**22
SECONDS_OF_A_TRY = 0.01
MOST_CALLS = 100
BYTES = 4
# Weight, gradient and Adam's two moments, each read and written.
PASSES_OF_A_WEIGHT = 8

Shape = tuple[int, int, int, int]
seconds_of_processor = time.process_time


class Rates:
    """Best seconds so far of each product and each copy that was tried.

    A seed of a block needs no longer than one alone, so both are tried and the faster counts: side by side, large
    matrices of ten seeds leave the cache.
    """

    def __init__(self) -> None:
        self._products: dict[Shape, float] = {}
        self._copies: dict[int, float] = {}

    def try_once(self, work: Work, weights: int, seeds: int) -> None:
        """Time everything that the work of so many seeds needs once more."""
        for shape in {shape for product in work.products for shape in tried(product, seeds)}:
            self._products[shape] = min(self._products.get(shape, np.inf), product_seconds(*shape))
        for size in {moved(work, weights) * together for together in (1, seeds)}:
            self._copies[size] = min(self._copies.get(size, np.inf), copy_seconds(size))

    def products(self, work: Work, seeds: int) -> float:
        """Seconds of the products of one seed, at the rate of their shape."""
        return sum(
            product.operations * min(self._products[shape] / (2 * prod(shape)) for shape in tried(product, seeds))
            for product in work.products
        )

    def copies(self, work: Work, weights: int, seeds: int) -> float:
        """Seconds of moving what one seed must move."""
        return min(self._copies[moved(work, weights) * together] / together for together in (1, seeds))


def moved(work: Work, weights: int) -> int:
    """Bytes that a step moves at least: weights and their moments, and features, each written and read once."""
    return round(BYTES * (PASSES_OF_A_WEIGHT * weights + 2 * work.kept))


def tried(product: Product, seeds: int) -> set[Shape]:
    """The products of one seed and of so many side by side, or as many of them as are tried."""
    count, rows, inner, columns = product.shape
    most = max(1, MOST_NUMBERS // (rows * inner + inner * columns + rows * columns))
    return {(min(count * together, most), rows, inner, columns) for together in (1, seeds)}


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
