"""Short phrases that tables, page and PDF share: metrics, methods of a grid, levels, seeds."""

import re
from collections.abc import Iterable

from repool.schemas.block import consecutive
from repool.words.names import EXACT, FAILED, METRICS, NOT_CONFIGURED, PENDING, QUOTED, method_label

# A method of a grid is named after its options: graclus-layers-5-hidden-32.
OPTION = re.compile(r"-(layers|hidden)-(\d+)")
# Statuses that say nothing of what the data are.
NO_DATA = (EXACT, PENDING, FAILED, NOT_CONFIGURED, QUOTED)


def method(name: str) -> str:
    """The paper's name of a method, with the options of a grid behind it."""
    options = ", ".join(f"{option} {value}" for option, value in sorted(OPTION.findall(name), reverse=True))
    return f"{base_method(name)} ({options})" if options else method_label(name)


def slug(words: str) -> str:
    """Words as a name or a place: `Not run yet` is not-run-yet."""
    return "-".join(re.findall(r"[a-z0-9]+", words.casefold()))


def base_method(name: str) -> str:
    """The paper's name of a method without the options of a grid."""
    return method_label(OPTION.sub("", name))


def label(metric: str) -> str:
    """A score in words with its unit; a loss or a time by its own name."""
    if metric not in METRICS:
        return metric.replace("_", " ")
    return f"{METRICS[metric].label}, %" if METRICS[metric].unit == "%" else METRICS[metric].label


def better(metric: str) -> str:
    """Which way is better."""
    return "higher is better" if metric in METRICS and METRICS[metric].higher_is_better else "lower is better"


def data_words(statuses: Iterable[str]) -> str:
    """What data are where they are not the paper's own: `Data: embedded, no verdict`; nothing where they are."""
    other = ", ".join(sorted(set(statuses) - set(NO_DATA)))
    return f"Data: {other}{', no verdict' if 'embedded' in other else ''}" if other else ""


def percent(share: float) -> str:
    """A share as a whole percentage."""
    return f"{100 * share:.0f}%"


def seeds(numbers: list[int]) -> str:
    """Seeds as ranges: 0-4, 7."""
    ranges = [(part[0], part[-1]) for part in consecutive(numbers)]
    return ", ".join(f"{first}" if first == last else f"{first}–{last}" for first, last in ranges)
