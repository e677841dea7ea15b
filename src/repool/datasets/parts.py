"""The three parts of a dataset: how many graphs train, validate and test, and whether its metric fits them."""

import numpy as np
import numpy.typing as npt

from repool.errors import UserError

PARTS = ("training", "validation", "test")
HELD_OUT = 0.1


def apportion(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Graphs of each class that test, a tenth of all: in proportion to the classes, by largest remainder."""
    seats = round(HELD_OUT * int(counts.sum()))
    quotas = counts * seats / counts.sum()
    shares = np.floor(quotas).astype(np.int64)
    shares[np.argsort(shares - quotas, kind="stable")[: seats - shares.sum()]] += 1
    return shares


def drawn(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Graphs of each class in each part of a drawn split, int64 [3, classes], the same for every seed."""
    test = apportion(counts)
    validation = np.minimum(test, counts - test)
    return np.stack([counts - test - validation, validation, test])


def check_parts(name: str, metric: str, split: str, y: npt.NDArray, fixed: npt.NDArray[np.int8] | None) -> None:
    """Raise UserError where a part is empty, or AUROC cannot be taken on it: it compares two classes.

    Args:
        name: the dataset.
        metric, split: as declared.
        y: classes or targets of the graphs, [graphs].
        fixed: part of each graph (0, 1, 2), or None for a drawn split.
    """
    if not len(y):
        raise UserError(f"The files of {name} hold no graph.")
    counts = _sizes(y if y.dtype.kind in "iu" and split != "shuffled" else np.zeros(len(y), np.int64), fixed)
    for part, size in zip(PARTS, counts.sum(axis=1), strict=True):
        if not size and fixed is not None:
            raise UserError(f"The split of {name} has no graph in its {part} part: the files are not whole.")
        if not size:
            few = round(HELD_OUT * len(y)) == 0
            reason = f"{HELD_OUT:.0%} held out of {len(y):,} graphs is none" if few else "most classes have one graph"
            raise UserError(
                f"{name} cannot be split: {reason}, and its {part} part would be empty. It needs more graphs."
            )
    if metric != "auroc":
        return
    if counts.shape[1] != 2:
        raise UserError(
            f"auroc compares two classes, but {name} has {counts.shape[1]}. Declare `metric: accuracy` for it."
        )
    for part, of_class in zip(PARTS, counts, strict=True):
        if not of_class.all():
            raise UserError(
                f"The {part} part of {name} has no graph of class {int(of_class.argmin())}: auroc compares two classes "
                "and needs both in every part. Declare `metric: accuracy` for it, or another split."
            )


def _sizes(classes: npt.NDArray, fixed: npt.NDArray[np.int8] | None) -> npt.NDArray[np.int64]:
    """Graphs of each class in each part, [3, classes]."""
    width = int(classes.max()) + 1
    if fixed is None:
        return drawn(np.bincount(classes, minlength=width))
    return np.stack([np.bincount(classes[fixed == part], minlength=width) for part in range(len(PARTS))])
