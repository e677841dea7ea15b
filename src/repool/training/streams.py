"""Random streams: one for each seed and purpose, so that nothing a seed draws depends on anything else."""

import numpy as np

PURPOSES = ("split", "initialisation", "batches", "pooling", "assignment", "permutation", "look")


def generator(seed: int, purpose: str) -> np.random.Generator:
    """The stream of one seed for one of `PURPOSES`."""
    return np.random.default_rng(_sequence(seed, purpose))


def word(seed: int, purpose: str, epoch: int = 0) -> np.uint64:
    """The first state of a compiled stream (`models.kernels.inlined.draws`), or of its own for every epoch."""
    return _sequence(seed, purpose, epoch).generate_state(1, np.uint64)[0]


def _sequence(seed: int, purpose: str, epoch: int = 0) -> np.random.SeedSequence:
    return np.random.SeedSequence([seed, PURPOSES.index(purpose), *([epoch] if epoch else [])])
