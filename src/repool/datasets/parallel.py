"""The same work on many items, on several cores, with a progress bar on a terminal."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import Any, TypeVar

from tqdm import tqdm

Result = TypeVar("Result")
CHUNK = 100  # items handed to a process at once


def each(work: Callable[..., Result], *columns: Sequence[Any], processes: int, description: str) -> list[Result]:
    """Results of work(a, b, ...) for the items of all columns, in their order, whatever the number of processes."""
    count = len(columns[0])
    processes = min(processes, -(-count // CHUNK))
    bar = partial(tqdm, total=count, desc=description, disable=None, leave=False)
    if processes <= 1:
        return list(bar(map(work, *columns)))
    # Fresh processes: forked ones could inherit the locks of a thread of this one.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        return list(bar(pool.map(work, *columns, chunksize=CHUNK)))
