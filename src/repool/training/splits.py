"""Which graphs train, validate and test."""

import numpy as np

from repool.datasets.parts import check_parts, drawn
from repool.datasets.store import GraphStore
from repool.training.streams import generator


def split(store: GraphStore, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Training, validation and test graphs of one seed, each sorted, int64.

    80/10/10: fixed where the dataset fixes it, otherwise drawn from the seed alone: stratified by class for
    classification, uniform for regression. The sizes do not depend on the seed. Raises UserError where a part is empty,
    or the metric cannot be taken on it.
    """
    card = store.card
    check_parts(card["dataset"], card["metric"], card["split"], store.y, store.split)
    if store.split is not None:
        train, validation, test = (np.flatnonzero(store.split == part) for part in range(3))
        return train, validation, test
    strata = store.y if card["split"] == "stratified" else np.zeros(store.graphs, np.int64)
    return _stratified(np.asarray(strata), generator(seed, "split"))


def _stratified(strata: np.ndarray, stream: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    classes, counts = np.unique(strata, return_counts=True)
    train, validation, test = [], [], []
    for label, (_, validating, testing) in zip(classes, drawn(counts).T, strict=True):
        members = stream.permutation(np.flatnonzero(strata == label))
        test.append(members[:testing])
        validation.append(members[testing : testing + validating])
        train.append(members[testing + validating :])
    return tuple(np.sort(np.concatenate(part)) for part in (train, validation, test))  # type: ignore[return-value]
