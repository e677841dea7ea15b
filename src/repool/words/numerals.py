"""Numbers as text, in one place: a number has one text wherever it is printed, by its kind and its metric."""

import math
from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from typing import Any

from repool.words import phrases
from repool.words.names import METRICS

MINUS = "\N{MINUS SIGN}"
SMALLEST_P = 0.001
SMALLEST_SHARE = 0.001
# A share that would be printed as 0%.
SMALLEST_PERCENT = 0.005
SMALLEST_FIXED = 1e-4
# Decimals of what is no metric and is compared all the same; three where it does not stand here.
OTHER_DECIMALS = {"ratio": 2, "gap": 2, "descent_epochs": 0}


class Kind(StrEnum):
    """What a number is, as far as its text depends on it."""

    SCORE = "score"
    PUBLISHED = "published"  # with the decimals it was printed with
    DIFFERENCE = "difference"  # of scores: one decimal more than they have, and a sign
    PUBLISHED_DIFFERENCE = "published difference"  # of printed scores: as many as they have, and a sign
    SIZE = "size"  # of a difference, without a sign
    COUNT = "count"
    AVERAGE = "average"
    RANK = "rank"
    ROWS = "rows"
    SHARE = "share"
    PERCENT = "percent"  # a share of what was planned, as a whole percentage
    P_VALUE = "p value"
    EFFECT = "effect"
    MARGIN = "margin"  # as it was written, unless it is next to nothing
    SIGNIFICANT = "significant"  # whose unit differs from row to row
    DURATION = "duration"  # in seconds


def numeral(value: float, kind: Kind, metric: str = "") -> str:
    """The text of a number."""
    return TEXTS[kind](value, metric)


def known(value: Any) -> bool:
    """Whether there is a number at all: tables hold NaN where a number is missing, JSON null."""
    return value is not None and value != "" and not math.isnan(value)


def decimals(metric: str) -> int:
    """With how many decimals a score is printed; three for what is not a score, such as a loss."""
    return METRICS[metric].decimals if metric in METRICS else OTHER_DECIMALS.get(metric, 3)


def fixed(value: float, decimals: int) -> str:
    """A number with that many decimals, thousands apart, a true minus, and no negative zero."""
    text = f"{abs(value):,.{decimals}f}"
    return MINUS + text if value < 0 and any(digit in text for digit in "123456789") else text


def signed(value: float, decimals: int) -> str:
    """The same with a sign, except for what rounds to zero."""
    text = fixed(value, decimals)
    return text if text.startswith(MINUS) or not any(digit in text for digit in "123456789") else f"+{text}"


def as_printed(value: float, least: int) -> str:
    """All decimals that a number has, and at least that many."""
    exponent = Decimal(str(value)).as_tuple().exponent
    return fixed(value, max(least, -exponent if isinstance(exponent, int) else least))


def significant(value: float) -> str:
    """Three significant digits; two of what is next to nothing."""
    if 0 < abs(value) < SMALLEST_FIXED:
        text = f"{abs(value):.1e}".replace("e-0", "e-")
        return MINUS + text if value < 0 else text
    size = math.floor(math.log10(abs(value))) if value else 0
    return fixed(value, min(4, max(0, 2 - size)))


def p_value(value: float) -> str:
    """A probability with three decimals."""
    return f"< {SMALLEST_P}" if value < SMALLEST_P else fixed(value, 3)


def share(value: float) -> str:
    """A share with three decimals; one that is next to nothing is not nothing."""
    return f"< {SMALLEST_SHARE}" if 0 < value < SMALLEST_SHARE else fixed(value, 3)


def percent(value: float) -> str:
    """A share as a whole percentage; one that is next to nothing is not nothing."""
    return "<1%" if 0 < value < SMALLEST_PERCENT else phrases.percent(value)


def duration(seconds: float) -> str:
    """A time span in the two largest units that it has."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (rest, "s")]
    first = next((index for index, (amount, _) in enumerate(parts) if amount), 3)
    return " ".join(f"{amount} {unit}" for amount, unit in parts[first : first + 2] if amount) or "0 s"


TEXTS: dict[Kind, Callable[[float, str], str]] = {
    Kind.SCORE: lambda value, metric: fixed(value, decimals(metric)),
    Kind.PUBLISHED: lambda value, metric: as_printed(value, min(decimals(metric), 2)),
    Kind.DIFFERENCE: lambda value, metric: signed(value, decimals(metric) + 1),
    Kind.PUBLISHED_DIFFERENCE: lambda value, metric: signed(value, decimals(metric)),
    Kind.SIZE: lambda value, metric: fixed(value, decimals(metric) + 1),
    Kind.COUNT: lambda value, _: fixed(value, 0),
    Kind.AVERAGE: lambda value, _: fixed(value, 2),
    Kind.RANK: lambda value, _: fixed(value, 2),
    Kind.ROWS: lambda value, _: fixed(value, 1),
    Kind.SHARE: lambda value, _: share(value),
    Kind.PERCENT: lambda value, _: percent(value),
    Kind.P_VALUE: lambda value, _: p_value(value),
    Kind.EFFECT: lambda value, _: signed(value, 2),
    Kind.MARGIN: lambda value, _: as_printed(value, 0) if abs(value) >= SMALLEST_FIXED else significant(value),
    Kind.SIGNIFICANT: lambda value, _: significant(value),
    Kind.DURATION: lambda value, _: duration(value),
}
