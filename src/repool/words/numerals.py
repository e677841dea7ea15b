"""How numbers are printed, in one place; what is not known is None here and gets its own words on the page."""

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from repool.words.names import METRICS, method_label

MINUS = "\N{MINUS SIGN}"
SMALLEST_P = 0.001
SMALLEST_FIXED = 1e-4
# A method of a grid is named after its options: graclus-layers-5-hidden-32.
OPTION = re.compile(r"-(layers|hidden)-(\d+)")


@dataclass(frozen=True)
class Score:
    """A mean and its deviation as printed; the deviation is empty where there is none."""

    mean: str
    deviation: str


def method(name: str) -> str:
    """The paper's name of a method, with the options of a grid behind it."""
    options = ", ".join(f"{option} {value}" for option, value in sorted(OPTION.findall(name), reverse=True))
    return f"{base_method(name)} ({options})" if options else method_label(name)


def base_method(name: str) -> str:
    """The paper's name of a method without the options of a grid."""
    return method_label(OPTION.sub("", name))


def known(value: Any) -> bool:
    """Whether there is a number at all: tables hold NaN where a number is missing, JSON null."""
    return value is not None and value != "" and not math.isnan(value)


def decimals(metric: str) -> int:
    """With how many decimals a score is printed; three for what is not a score, such as a loss."""
    return METRICS[metric].decimals if metric in METRICS else 3


def label(metric: str) -> str:
    """A score in words with its unit; a loss or a time by its own name."""
    if metric not in METRICS:
        return metric.replace("_", " ")
    return f"{METRICS[metric].label}, %" if METRICS[metric].unit == "%" else METRICS[metric].label


def better(metric: str) -> str:
    """Which way is better."""
    return "higher is better" if metric in METRICS and METRICS[metric].higher_is_better else "lower is better"


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
    places = decimals(metric)
    return Score(fixed(mean, places), f"± {fixed(deviation, places)}" if known(deviation) else "")


def published(mean: float, deviation: float, metric: str) -> Score:
    """The paper's number with the decimals it was printed with."""
    least = min(decimals(metric), 2)
    return Score(as_printed(mean, least), f"± {as_printed(deviation, least)}" if known(deviation) else "")


def as_printed(value: float, least: int) -> str:
    """All decimals that a number has, and at least that many."""
    exponent = Decimal(str(value)).as_tuple().exponent
    return fixed(value, max(least, -exponent if isinstance(exponent, int) else least))


def score(value: float, metric: str) -> str:
    """One score with the metric's decimals."""
    return fixed(value, decimals(metric))


def difference(value: float, metric: str) -> str:
    """A difference of scores with its sign and in words, so that it does not hang on a colour."""
    text = signed(value, decimals(metric))
    if text.startswith("+"):
        return f"{text} higher"
    return f"{text} lower" if text.startswith(MINUS) else f"{text} same"


def interval(low: float | None, high: float | None, places: int) -> str:
    """Two ends with their signs, or nothing."""
    if low is None or high is None or not known(low) or not known(high):
        return ""
    return f"{signed(low, places)} to {signed(high, places)}"


def significant(value: float) -> str:
    """Three significant digits, for numbers whose unit differs from row to row; two of what is next to nothing."""
    if 0 < abs(value) < SMALLEST_FIXED:
        text = f"{abs(value):.1e}".replace("e-0", "e-")
        return MINUS + text if value < 0 else text
    size = math.floor(math.log10(abs(value))) if value else 0
    return fixed(value, min(4, max(0, 2 - size)))


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
