"""How numbers are printed, in one place; what is not known is None here and gets its own words on the page."""

import math
from dataclasses import dataclass
from decimal import Decimal

from repool.analysis.names import METRICS

MINUS = "\N{MINUS SIGN}"
SMALLEST_P = 0.001


@dataclass(frozen=True)
class Score:
    """A mean and its deviation as printed; the deviation is empty where there is none."""

    mean: str
    deviation: str


def known(value: float | None) -> bool:
    """Whether there is a number at all: tables hold NaN where a number is missing."""
    return value is not None and not math.isnan(value)


def fixed(value: float, decimals: int) -> str:
    """A number with that many decimals, thousands apart, a true minus, and no negative zero."""
    text = f"{abs(value):,.{decimals}f}"
    return MINUS + text if value < 0 and any(digit in text for digit in "123456789") else text


def signed(value: float, decimals: int) -> str:
    """The same with a sign, except for what rounds to zero."""
    text = fixed(value, decimals)
    return text if text.startswith(MINUS) or not any(digit in text for digit in "123456789") else f"+{text}"


def replicated(mean: float, deviation: float, metric: str) -> Score:
    """Our mean with the paper's precision: one decimal for percentages, three for MAE."""
    decimals = METRICS[metric].decimals
    return Score(fixed(mean, decimals), f"± {fixed(deviation, decimals)}" if known(deviation) else "")


def published(mean: float, deviation: float, metric: str) -> Score:
    """The paper's number with the decimals it was printed with."""
    least = min(METRICS[metric].decimals, 2)
    return Score(as_printed(mean, least), f"± {as_printed(deviation, least)}" if known(deviation) else "")


def as_printed(value: float, least: int) -> str:
    """All decimals that a number has, and at least that many."""
    exponent = Decimal(str(value)).as_tuple().exponent
    return fixed(value, max(least, -exponent if isinstance(exponent, int) else least))


def score(value: float, metric: str) -> str:
    """One score with the metric's decimals."""
    return fixed(value, METRICS[metric].decimals)


def difference(value: float, metric: str) -> str:
    """A difference of scores with its sign and in words, so that it does not hang on a colour."""
    text = signed(value, METRICS[metric].decimals)
    if text.startswith("+"):
        return f"{text} higher"
    return f"{text} lower" if text.startswith(MINUS) else f"{text} same"


def p_value(value: float) -> str:
    """A probability with three decimals."""
    return f"< {SMALLEST_P}" if value < SMALLEST_P else fixed(value, 3)


def effect(value: float) -> str:
    """An effect size in [-1, 1]."""
    return signed(value, 2)


def percent(share: float) -> str:
    """A share as a whole percentage."""
    return f"{100 * share:.0f}%"


def count(value: float) -> str:
    """A whole number with thousands apart."""
    return f"{int(value):,}"


def average(value: float) -> str:
    """Table S1's averages, two decimals."""
    return fixed(value, 2)


def runs(number: int, expected: int) -> str:
    """How many runs stand behind a number, and of how many where some are missing."""
    return f"n = {number}" if number == expected else f"n = {number} of {expected}"


def duration(seconds: float) -> str:
    """A time span in the two largest units that it has."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (rest, "s")]
    first = next((index for index, (amount, _) in enumerate(parts) if amount), 3)
    return " ".join(f"{amount} {unit}" for amount, unit in parts[first : first + 2] if amount) or "0 s"


def seeds(numbers: list[int]) -> str:
    """Seeds as ranges: 0-4, 7."""
    ranges: list[list[int]] = []
    for seed in sorted(numbers):
        if ranges and seed == ranges[-1][1] + 1:
            ranges[-1][1] = seed
        else:
            ranges.append([seed, seed])
    return ", ".join(f"{first}" if first == last else f"{first}–{last}" for first, last in ranges)
