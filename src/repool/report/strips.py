"""The tests of a claim as a strip: intervals in units of the margin, one below the other."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from repool.analysis.claims.methods import RATIOS, about
from repool.analysis.claims.words import relation
from repool.words.numerals import Kind, known, numeral

# So many margins to either side, and so many rows: what lies beyond is cut, with a mark where it was.
REACH = 5.0
ROWS = 10


@dataclass(frozen=True)
class Interval:
    """One test in margins, from -REACH to REACH.

    Attributes:
        at, low, high: estimate and interval; the ends are those of the estimate where there is no interval.
        hollow: whether a single seed stands behind it.
        decides: whether the claim needs it to hold.
        beyond_low, beyond_high: whether something was cut there.
        words: the test in words.
    """

    at: float
    low: float
    high: float
    hollow: bool
    decides: bool
    beyond_low: bool
    beyond_high: bool
    words: str


@dataclass(frozen=True)
class Strip:
    """The intervals of a claim, and how many more there are than are drawn."""

    intervals: list[Interval]
    more: int

    @property
    def words(self) -> str:
        """All of it for those who cannot see it."""
        count = len(self.intervals)
        rest = f", and {self.more} more below" if self.more else ""
        return f"{count} {'test' if count == 1 else 'tests'} in margins{rest}. " + " ".join(
            f"{one.words}." for one in self.intervals
        )


def strip(tests: Sequence[dict[str, Any]]) -> Strip:
    """The strip of a claim's tests, of those that are about its words, have a margin and may count.

    What the paper prints of single numbers stands in the table below it, unless a number is off.
    """
    drawn = [test for test in tests if test["test"] != "published" or test["holds"] is False]
    intervals = [found for test in drawn if (found := interval(test, repeated(test, drawn))) is not None]
    return Strip(intervals[:ROWS], max(0, len(intervals) - ROWS))


def repeated(test: dict[str, Any], tests: Sequence[dict[str, Any]]) -> bool:
    """Whether it is the one dataset of a test over several that ran on no other: the same numbers once more."""
    same = ("first", "second", "test", "measure", "dataset")
    return not test["decides"] and any(
        other["decides"] and len(other["over"]) == 1 and all(other[key] == test[key] for key in same) for other in tests
    )


def interval(test: dict[str, Any], repeated: bool) -> Interval | None:
    """One test in margins; None where it has no margin to be measured in, or stands there already."""
    at = in_margins(test, test["estimate"])
    if repeated or at is None:
        return None
    ends = [in_margins(test, test[end]) for end in ("low", "high")]
    low, high = sorted(end if end is not None else at for end in ends)
    return Interval(
        *(clipped(at), clipped(low), clipped(high)),
        hollow=test["seeds"] == 1,
        decides=test["decides"],
        beyond_low=low < -REACH,
        beyond_high=high > REACH,
        words=said(test, at, low, high),
    )


def in_margins(test: dict[str, Any], value: float | None) -> float | None:
    """A number of a test where 0 is no difference and 1 the margin; shares are 1 at theirs."""
    margin = test["margin"]
    if value is None or not known(margin) or margin <= 0:
        return None
    if test["test"] in RATIOS:
        return math.log(value) / math.log(margin) if value > 0 and margin > 1 else None
    return float((value - (test["size"] or 0.0)) / margin)


def clipped(value: float) -> float:
    """Within what is drawn."""
    return round(min(REACH, max(-REACH, value)), 3)


def said(test: dict[str, Any], at: float, low: float, high: float) -> str:
    """A test in words, for whoever hovers over it or has it read out."""
    ends = f", {about(test['test']).short} interval {margins(low)} to {margins(high)}" if low < high else ""
    return f"{test['dataset']}, {relation_of(test)}: {margins(at)} margins{ends}, {seeds(test['seeds'])}"


def relation_of(test: dict[str, Any]) -> str:
    """What is compared."""
    return relation(test["test"], test["first"], test["second"], test["measure"], len(test["others"]))


def seeds(number: int) -> str:
    """How many."""
    return f"{number} {'seed' if number == 1 else 'seeds'}"


def margins(value: float) -> str:
    """A number of margins, as tables print those of tests over several datasets."""
    return numeral(value, Kind.EFFECT)
