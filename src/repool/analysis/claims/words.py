"""The reason for a verdict: one or two sentences with the numbers, and what the data are.

Numbers of tests are mentioned, never written out: a mention prints what the test's own row prints. How many tests,
seeds or datasets there are is counted in words.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from repool.analysis.claims.mentions import Mention, Said, joined
from repool.analysis.claims.questions import Asked, Group
from repool.analysis.claims.tests import COMPUTED
from repool.analysis.statistics import CONFIDENCE, SIGNIFICANCE
from repool.words import phrases
from repool.words.names import EXACT, method_label
from repool.words.numerals import MINUS, Kind

# Tests that a sentence shows; the others are counted.
SHOWN = 2
# Levels of intervals.
WIDE, NARROW = phrases.percent(CONFIDENCE), phrases.percent(1 - 2 * SIGNIFICANCE)
SHARES = ("homogeneous",)
RATIOS = ("similar spread", "no wider spread", "faster")
RELATIONS = {
    "better": "advantage of {first} over {second}",
    "not worse": "advantage of {first} over {second}",
    "some higher": "advantage of {first} over {second}",
    "similar spread": "deviation of {first} over that of {second}",
    "no wider spread": "deviation of {first} over that of {second}",
    "homogeneous": "{first}",
    "below": "{first}",
    "faster": "time of {first} over that of {second}",
}


@dataclass(frozen=True)
class Method:
    """How the numbers of a test came about."""

    estimate: str
    interval: str
    p_value: str


METHODS = {
    "equivalent": Method("mean paired difference", f"{NARROW} t interval", "two one-sided paired t tests"),
    "not worse": Method("by how much the first is better", f"{NARROW} t interval", "one-sided paired t test"),
    "better": Method("by how much the first is better", f"{WIDE} bootstrap interval", "Wilcoxon's signed-rank test"),
    "some higher": Method("by how much the best of the firsts is better", f"{WIDE} bootstrap interval", ""),
    **dict.fromkeys(
        ("similar spread", "no wider spread"),
        Method("ratio of the deviations", f"{NARROW} interval of Pitman and Morgan", "Pitman and Morgan's test"),
    ),
    "faster": Method(
        "ratio of the seconds per epoch, geometric mean over blocks",
        f"{WIDE} t interval of the logarithms",
        "one-sided t test of the logarithms",
    ),
    "homogeneous": Method("share of variance, mean of the runs", f"{NARROW} t interval", "one-sided t test"),
    "below": Method("largest size over the runs, computed", "", ""),
    "gap": Method("largest gap of any combination, as observed", "", ""),
    "published": Method("ours minus the paper's", f"{WIDE} interval of Welch's test", "Welch's test, two-sided"),
}


def reason(
    verdict: str,
    groups: Sequence[Group],
    deviating: Sequence[Asked],
    missing: Sequence[tuple[str, str]],
    minimum_seeds: int,
) -> Said:
    """Why a claim has its verdict."""
    tests = [asked for group in groups for asked in group.tests if asked.counts]
    stand_ins = [asked for group in groups for asked in group.tests if not asked.counts]
    if not tests:
        return not_run(missing, stand_ins)
    sentences = {
        "replicated": lambda: [holds_everywhere(tests)],
        "deviates from the published number": lambda: [holds_everywhere(tests), off(deviating)],
        "not replicated": lambda: [failing(groups)],
        "inconclusive": lambda: undecided(groups, tests, missing, minimum_seeds),
    }[verdict]()
    computed = all(asked.test in COMPUTED for asked in tests)
    note: Said = ("Computed, not estimated: one run suffices.",) if computed else ()
    return joined([*sentences, note, *about_data(tests)], " ")


def not_run(missing: Sequence[tuple[str, str]], stand_ins: Sequence[Asked]) -> Said:
    """Without a run on the paper's data there is no verdict, whatever stand-ins show."""
    first = f"No run on {words(dict.fromkeys(dataset for dataset, _ in missing))}."
    if not stand_ins:
        return (first,)
    names = words(dict.fromkeys(asked.dataset for asked in stand_ins))
    count = ", ".join(
        f"{sum(asked.holds is held for asked in stand_ins)} {verb}"
        for held, verb in ((True, "hold"), (False, "fail"), (None, "stay open"))
    )
    there = f"{names} (embedded data) only stand in, without a verdict: of {len(stand_ins)} tests there {count}."
    return (f"{first} {there}",)


def of_failures(failed: dict[tuple[str, str], int]) -> Said:
    """A sentence on the seeds that failed, if any did: how many in which cells."""
    cells = [f"{method_label(method)} on {dataset} {count}" for (dataset, method), count in failed.items()]
    return (f"Seeds that failed and do not count: {', '.join(cells)}.",) if cells else ()


def holds_everywhere(tests: Sequence[Asked]) -> Said:
    """How many tests hold, and the narrowest of them."""
    names = words(dict.fromkeys(asked.dataset for asked in tests))
    count = (
        "The one test holds"
        if len(tests) == 1
        else f"{sum(asked.holds is True for asked in tests)} of {len(tests)} tests hold"
    )
    known = [asked for asked in tests if not math.isnan(asked.answer.p)]
    nearest = (
        max(known, key=lambda asked: asked.answer.p)
        if known
        else max(tests, key=lambda asked: abs(asked.answer.estimate))
    )
    return (f"{count} on {names}; the narrowest: ", *sentence(nearest), ".")


def off(deviating: Sequence[Asked]) -> Said:
    """Which numbers are not the paper's."""
    return ("Off the published number: ", *listed(deviating), ".")


def failing(groups: Sequence[Group]) -> Said:
    """The tests that fail."""
    failed = [asked for group in groups if group.holds() is False for asked in group.tests if asked.holds is False]
    count = sum(len(group.tests) for group in groups)
    return (f"{len(failed)} of {count} tests fail: ", *listed(failed), ".")


def undecided(
    groups: Sequence[Group], tests: Sequence[Asked], missing: Sequence[tuple[str, str]], minimum_seeds: int
) -> list[Said]:
    """What is missing, and what the runs leave open."""
    sentences: list[Said] = []
    seeds = min(asked.seeds for asked in tests)
    open_tests = [asked for group in groups if group.holds() is None for asked in group.tests if asked.holds is None]
    open_tests = [asked for asked in open_tests if asked.counts]
    if open_tests and seeds < minimum_seeds:
        few = f"Too few seeds: {seeds}, where {minimum_seeds} are the least; so far "
        sentences.append((few, *listed(open_tests), "."))
    elif open_tests:
        count = f"The runs leave {len(open_tests)} of {len(tests)} tests open: "
        sentences.append((count, *listed(open_tests), "."))
    else:
        sentences.append(holds_everywhere(tests))
    if missing:
        sentences.append((f"Not run: {lacking(missing, tests)}.",))
    return sentences


def lacking(missing: Sequence[tuple[str, str]], tests: Sequence[Asked]) -> str:
    """Datasets without any test, then the methods that others lack."""
    tested = {asked.dataset for asked in tests}
    whole = dict.fromkeys(dataset for dataset, _ in missing if dataset not in tested)
    parts: dict[str, dict[str, None]] = {}
    for dataset, pair in missing:
        if dataset in tested:
            parts.setdefault(" and ".join(map(method_label, pair.split(":"))), {})[dataset] = None
    return "; ".join(
        [*([words(whole)] if whole else []), *(f"{pair} on {words(datasets)}" for pair, datasets in parts.items())]
    )


def about_data(tests: Sequence[Asked]) -> list[Said]:
    """A sentence for whatever is not the paper's own data."""
    by_status: dict[str, list[str]] = {}
    for asked in tests:
        if asked.status != EXACT and asked.dataset not in by_status.setdefault(asked.status, []):
            by_status[asked.status].append(asked.dataset)
    return [(f"{status.capitalize()} data: {words(names)}.",) for status, names in sorted(by_status.items())]


def listed(tests: Sequence[Asked]) -> Said:
    """The first few of some tests."""
    rest = len(tests) - SHOWN
    more: Said = (f"and {rest} more",) if rest > 0 else ()
    return joined([*map(sentence, tests[:SHOWN]), more], "; ")


def sentence(asked: Asked) -> Said:
    """One test in words: where, of what, how much."""
    first, second = method_label(asked.first), method_label(asked.second)
    if asked.test == "published":
        what = f"{first} {MINUS} published"
    else:
        what = RELATIONS.get(asked.test, "{first} \N{MINUS SIGN} {second}").format(first=first, second=second)
    if asked.measure:
        what += f", {asked.measure}"
    return (f"{asked.dataset}, {what}: ", *amount(asked))


def amount(asked: Asked) -> Said:
    """The estimate of a test with its interval, and with its margin if that is not a factor."""
    if not math.isfinite(asked.answer.estimate):
        return ("not computed",)
    said: Said = (Mention(asked, "estimate"),)
    if math.isfinite(asked.answer.low) and math.isfinite(asked.answer.high):
        said += (" (", Mention(asked, "low"), " to ", Mention(asked, "high"), ")")
    if not math.isnan(asked.margin) and asked.test not in RATIOS:
        said += (", margin ", Mention(asked, "margin"))
    return said


def numerals(test: str) -> Kind:
    """What the estimate of a test is, and its interval: as tables and sentences print both."""
    if test in (*RATIOS, *COMPUTED):
        return Kind.SIGNIFICANT
    return Kind.SHARE if test in SHARES else Kind.DIFFERENCE


def metric_of(test: str, metric: str) -> str:
    """The metric that decides the decimals of an estimate: a gap is a share, or MAE, whatever the dataset's score."""
    return "gap" if test == "gap" else metric


def about(test: str) -> Method:
    """The method of a test and the level of its interval, in words."""
    return METHODS.get(test, Method("as observed", "", ""))


def words(names: Iterable[str]) -> str:
    """A, B and C."""
    *others, last = list(names)
    return f"{', '.join(others)} and {last}" if others else last
