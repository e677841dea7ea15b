"""Work in other processes: the same on many items, with a progress bar on a terminal; and what may kill its process."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context
from typing import Any, TypeVar

from tqdm import tqdm

from repool.errors import UserError

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


def apart(work: Callable[..., Result], *arguments: Any, name: str, memory: int) -> Result:
    """The result of work(*arguments), made in a process of its own that gets so many bytes of memory.

    Raises UserError, saying the file `name`, if that process ends.
    """
    context = get_context("spawn")
    try:
        with ProcessPoolExecutor(1, mp_context=context, initializer=_limit_memory, initargs=(memory,)) as pool:
            return pool.submit(work, *arguments).result()
    except BrokenProcessPool as error:
        raise UserError(
            f"Reading {name} ended its process: the file is not what was published, or the machine ran out of memory. "
            "Get it again from its source, or read it where there is more memory."
        ) from error


def _limit_memory(size: int) -> None:
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (size if most == resource.RLIM_INFINITY else min(size, most), most))
