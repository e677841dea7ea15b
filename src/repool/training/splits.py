"""Which graphs train, validate and test."""

import numpy as np

from repool.datasets.store import GraphStore
from repool.training.streams import generator

HELD_OUT = 0.1


def split(store: GraphStore, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Training, validation and test graphs of one seed, each sorted, int64.

    80/10/10: fixed where the dataset fixes it, otherwise drawn from the seed alone: stratified by class for
    classification, uniform for regression. The sizes do not depend on the seed.
    """
    if store.split is not None:
        train, validation, test = (np.flatnonzero(store.split == part) for part in range(3))
        return train, validation, test
    strata = store.y if store.card["split"] == "stratified" else np.zeros(store.graphs, np.int64)
    return _stratified(np.asarray(strata), generator(seed, "split"))


def _stratified(strata: np.ndarray, stream: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    classes, counts = np.unique(strata, return_counts=True)
    held_out = _apportion(counts, round(HELD_OUT * strata.size))
    train, validation, test = [], [], []
    for label, count in zip(classes, held_out, strict=True):
        members = stream.permutation(np.flatnonzero(strata == label))
        test.append(members[:count])
        validation.append(members[count : 2 * count])
        train.append(members[2 * count :])
    return tuple(np.sort(np.concatenate(part)) for part in (train, validation, test))  # type: ignore[return-value]


def _apportion(counts: np.ndarray, seats: int) -> np.ndarray:
    """Seats for each class in proportion to its size, by largest remainder."""
    quotas = counts * seats / counts.sum()
    shares = np.floor(quotas).astype(np.int64)
    shares[np.argsort(shares - quotas, kind="stable")[: seats - shares.sum()]] += 1
    return shares
