"""Whether two records of one run say the same, and from which epoch not."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from repool.schemas.archived import Entry
from repool.schemas.record import LOWER_IS_BETTER
from repool.schemas.replay import Verdict

# What is no number of the run: by which code and packages, and what follows from that.
BY_WHAT = ("code", "versions")
# On another kind of processor sums round otherwise, and from some step on two trainings are different draws: the first
# steps agree so well, or within so many times what rounding alone does to them, and scores as two draws of the same
# distribution do.
RELATIVE = 1e-4
TIMES_ROUNDING = 2.0
STANDARD_ERRORS = 3.0
SHARE_OF_ERROR = 0.1


@dataclass(frozen=True)
class Comparison:
    """What came of it, in a word and in words.

    Attributes:
        verdict: the word.
        words: what differs, and from where on.
        far_step: the first step, from 1, whose training loss is too far apart; 0 where none is.
    """

    verdict: Verdict
    words: str
    far_step: int = 0


def compare(archived: Entry, replayed: Entry, rounding: Sequence[float] = ()) -> Comparison:
    """Compare a run that has a score, whose record is sound, with the same one trained again.

    On the same kind of processor, by the same packages, every number must be the same; elsewhere the training loss of
    the first steps (of the first epoch where a sidecar does not have them), and roughly the scores.

    Args:
        archived: the run that is kept.
        replayed: what trained again.
        rounding: how far rounding alone parts the run, of each first step (`repool.training.rounding`), if it was
            measured.
    """
    old, new = _numbers(archived), _numbers(replayed)
    if old == new:
        return Comparison("equal", "equal to the last bit")
    epoch, name = first_difference(old, new)
    where = f"from epoch {epoch} ({name})" if epoch else f"in {name}"
    if old["outcome"] != new["outcome"]:
        return Comparison("differs", f"{old['outcome']}, and now {new['outcome']}")
    if same_machine(archived, replayed):
        return Comparison("differs", f"differs {where}, on the same kind of processor")
    losses = _first_losses(archived, replayed)
    if far := far_step(losses, rounding):
        beyond = ", which is further than rounding alone parts it" if rounding else ""
        return Comparison("differs", f"differs {where}: {_said(losses, far)}{beyond}", far)
    if reason := ("" if losses else _far_epoch(archived, replayed)) or _far(old, new):
        return Comparison("differs", f"differs {where}: {reason}")
    if far := far_step(losses):
        return Comparison("near", f"differs {where} as rounding alone parts it: {_said(losses, far)}")
    return Comparison("near", f"differs {where} as another processor or other packages round")


def same_machine(first: Entry, second: Entry) -> bool:
    """Whether two runs are known to be of the same packages on the same kind of processor."""
    ours, theirs = first.timing, second.timing
    return (
        ours.device_name == theirs.device_name
        and ours.processor is not None
        and ours.processor == theirs.processor
        and first.record.get("versions") == second.record.get("versions")
        and (ours.packages == theirs.packages or None in (ours.packages, theirs.packages))
    )


def first_difference(old: dict[str, Any], new: dict[str, Any]) -> tuple[int, str]:
    """The first epoch, from 1, in which a curve differs, and which; (0, key) where no curve does."""
    ours, theirs = old.get("curves", {}), new.get("curves", {})
    found: list[tuple[int, str]] = []
    for name in sorted({*ours, *theirs}):
        one, other = ours.get(name) or [], theirs.get(name) or []
        same = next((place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
        if same is None and len(one) != len(other):
            same = min(len(one), len(other))
        if same is not None:
            found.append((same + 1, name))
    if found:
        return min(found)
    return 0, next(key for key in sorted({*old, *new}) if old.get(key) != new.get(key))


def _numbers(entry: Entry) -> dict[str, Any]:
    return {name: value for name, value in entry.numbers.items() if name not in BY_WHAT}


def far_step(losses: Sequence[tuple[float, float]], rounding: Sequence[float] = ()) -> int:
    """The first step, from 1, whose two training losses are further apart than rounding explains; 0 where none is."""
    for step, (one, other) in enumerate(losses, 1):
        # Before a weight has moved, nothing lets rounding grow.
        grown = TIMES_ROUNDING * rounding[step - 1] if 1 < step <= len(rounding) else 0.0
        if not math.isclose(one, other, rel_tol=max(RELATIVE, grown)):
            return step
    return 0


def _first_losses(archived: Entry, replayed: Entry) -> list[tuple[float, float]]:
    return list(zip(archived.timing.first_losses or [], replayed.timing.first_losses or [], strict=False))


def _said(losses: Sequence[tuple[float, float]], step: int) -> str:
    one, other = losses[step - 1]
    return f"the training loss of step {step} is {one:g}, and now {other:g}"


def _far_epoch(archived: Entry, replayed: Entry) -> str:
    """What differs in the mean training loss of the first epoch, in words; empty where nothing does."""
    one, other = (entry.record["curves"]["train_loss"][0] for entry in (archived, replayed))
    return (
        ""
        if math.isclose(one, other, rel_tol=RELATIVE)
        else f"the training loss of epoch 1 is {one:g}, and now {other:g}"
    )


def _far(old: dict[str, Any], new: dict[str, Any]) -> str:
    """Which score is further apart than chance explains, in words; empty where none is."""
    for place, name in ((1, "validation"), (2, "test")):
        allowed = _allowed(old["metric"], old[name], new[name], old["split_sizes"][place])
        if abs(old[name] - new[name]) > allowed:
            return f"{name} is {old[name]:g}, and now {new[name]:g}, which chance does not explain"
    return ""


def _allowed(metric: str, one: float, other: float, graphs: int) -> float:
    """How far two scores on the same graphs may be apart."""
    if metric in LOWER_IS_BETTER:
        return SHARE_OF_ERROR * max(one, other)
    middle = (one + other) / 2
    return STANDARD_ERRORS * math.sqrt(2 * middle * (1 - middle) / max(graphs, 1))
