"""Random draws inside compiled code, one independent stream for each seed.

A stream is one 64-bit word (SplitMix64: Steele, Lea and Flood, 2014), so that a checkpoint holds it as a number
and a plain reference repeats it exactly.
"""

import numba
import numpy as np

INCREMENT = np.uint64(0x9E3779B97F4A7C15)
FIRST_MULTIPLIER = np.uint64(0xBF58476D1CE4E5B9)
SECOND_MULTIPLIER = np.uint64(0x94D049BB133111EB)


@numba.njit(inline="always")
def draw_below(limit: int, streams: np.ndarray, seed: int) -> np.int64:
    """A uniform integer in 0..limit-1 from one seed's stream, which it advances.

    Args:
        limit: at least 1, below 2^31.
        streams: state of every stream, uint64 [seeds], advanced in place.
        seed: which stream.
    """
    streams[seed] += INCREMENT
    word = streams[seed]
    word = (word ^ (word >> np.uint64(30))) * FIRST_MULTIPLIER
    word = (word ^ (word >> np.uint64(27))) * SECOND_MULTIPLIER
    word = word ^ (word >> np.uint64(31))
    return np.int64(((word >> np.uint64(32)) * np.uint64(limit)) >> np.uint64(32))
