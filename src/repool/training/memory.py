"""The sentence for a training that does not fit into memory, wherever it ran out."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from repool.errors import UserError

# How torch, CUDA, numba and the loader of libraries say it; each names it in its own words and by its own class.
WORDS = re.compile(
    r"out of memory|(can't|cannot|could not|unable to) allocate|not enough memory|bad.?alloc|failed to map segment"
    r"|can't start new thread|ALLOC_FAILED",
    re.IGNORECASE,
)
SHOWN = 120


@contextmanager
def explained(spec: dict[str, Any], seeds: list[int], data: Path) -> Iterator[None]:
    """Raise UserError in place of whatever says that memory ran out."""
    try:
        yield
    except (MemoryError, RuntimeError, OSError, ImportError) as error:
        if not ran_out(error):
            raise
        said = str(error).strip().splitlines()[:1]
        raise UserError(
            f"memory ran out{f' ({said[0][:SHOWN]})' if said else ''}. Seeds {seeds[0]}-{seeds[-1]} train together on "
            f"batches of {spec['training'].get('batch')} graphs{_largest(data)}. Give the job more memory (mem_mb in "
            "the profile, or a larger GPU), let fewer seeds train in one job (seeds_per_job), or take a smaller batch, "
            "which is another specification. Then give the same command again: it goes on from its last checkpoint."
        ) from error


def ran_out(error: BaseException) -> bool:
    """Whether an error says that memory ran out."""
    return isinstance(error, MemoryError) or WORDS.search(str(error)) is not None


def _largest(data: Path) -> str:
    try:
        import numpy as np

        return f", the largest of {np.diff(np.load(data / 'arrays' / 'node_ptr.npy')).max()} nodes"
    except (MemoryError, OSError, ValueError, ImportError):
        return ""
