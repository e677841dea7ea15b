"""The reason for a verdict: one or two sentences with the numbers, and what the data are.

Numbers of tests are mentioned, never written out: a mention prints what the test's own row prints. How many tests,
seeds or datasets there are is counted in words.
"""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from repool.analysis.claims.asked import Asked, Group, Missing
from repool.analysis.claims.between import BETWEEN
from repool.analysis.claims.grids import LEAST_SEEDS
from repool.analysis.claims.mentions import Mention, Said, joined
from repool.analysis.claims.overall import MARGINS
from repool.analysis.claims.tests import WITHOUT_ERROR
from repool.analysis.statistics import CONFIDENCE, SIGNIFICANCE
from repool.words import phrases
from repool.words.names import EXACT, method_label
from repool.words.numerals import MINUS, Kind

# Tests that a sentence shows; the others are counted.
SHOWN = 2
# Levels of intervals.
WIDE, NARROW = phrases.percent(CONFIDENCE), phrases.percent(1 - 2 * SIGNIFICANCE)
SHARES = ("homogeneous", "lower")
RATIOS = ("similar spread", "no wider spread", "not significantly wider", "faster", "fewer", "wider")
# Tests of a grid.
OF_GRID = ("gap", "trend")
DEVIATIONS = "deviation of {first} over that of {second}"
RELATIONS = {
    "better": "advantage of {first} over {second}",
    "by about": "advantage of {first} over {second}",
    "not worse": "advantage of {first} over {second}",
    "similar spread": DEVIATIONS,
    "no wider spread": DEVIATIONS,
    "not significantly wider": DEVIATIONS,
    "homogeneous": "{first}",
    "below": "{first}",
    "breaks": "{first}",
    "near zero": "{first}",
    "lower": "{first}",
    "trend": "change of the gap",
    "not significantly different": "{first}",
    "wider": "{first}",
    "fewer": "{first} over {second}",
    "faster": "time of {first} over that of {second}",
    "published": f"{{first}} {MINUS} published",
}
# Tests whose interval says within how much of each other two methods were shown to be.
EQUAL_WITHIN = ("equivalent", "not worse")


@dataclass(frozen=True)
class Method:
    """How the numbers of a test came about."""

    estimate: str
    interval: str
    p_value: str
    short: str = f"{NARROW} t"


T_NARROW = f"{NARROW} t interval"
PITMAN_MORGAN = Method(
    "ratio of the deviations",
    f"{NARROW} interval of Pitman and Morgan",
    "Pitman and Morgan's test",
    f"{NARROW} Pitman-Morgan",
)
METHODS = {
    "equivalent": Method("mean paired difference", T_NARROW, "two one-sided paired t tests"),
    "not worse": Method("by how much the first is better", T_NARROW, "one-sided paired t test"),
    "better": Method("by how much the first is better", T_NARROW, "one-sided paired t test"),
    "by about": Method("by how much the first is better", T_NARROW, "two one-sided paired t tests"),
    **dict.fromkeys(("similar spread", "no wider spread", "not significantly wider"), PITMAN_MORGAN),
    "faster": Method(
        "ratio of the seconds per epoch, geometric mean over blocks",
        f"{WIDE} t interval of the logarithms",
        "one-sided t test of the logarithms",
        f"{WIDE} t",
    ),
    "homogeneous": Method("share of variance, mean of the runs", T_NARROW, "one-sided t test"),
    "lower": Method("by how much the share falls, mean of the runs", T_NARROW, "one-sided paired t test"),
    "near zero": Method("mean of the runs", T_NARROW, "two one-sided t tests"),
    **dict.fromkeys(("below", "breaks"), Method("largest size over the runs, computed", "", "")),
    "fewer": Method("ratio of the numbers of learned parameters, computed", "", ""),
    "trend": Method("change of the gap from one end of the grid to the other", T_NARROW, "two one-sided t tests"),
    "not significantly different": Method(
        "mean on the one dataset minus that on the other",
        f"{WIDE} interval of Welch's test",
        "",
        f"{WIDE} Welch",
    ),
    "wider": Method(
        "ratio of the deviations on the one dataset and on the other, geometric mean of the methods",
        f"{NARROW} t interval of the logarithms, jackknife over seeds",
        "one-sided t test of the logarithms, jackknife over seeds",
        f"{NARROW} jackknife",
    ),
    "gap": Method("largest gap of any combination", T_NARROW, "two one-sided paired t tests, the largest p of any"),
    "published": Method(
        "ours minus the paper's", f"{WIDE} interval of Welch's test", "Welch's test, two-sided", f"{WIDE} Welch"
    ),
}


def reason(
    verdict: str, groups: Sequence[Group], deviating: Sequence[Asked], missing: Sequence[Missing], minimum_seeds: int
) -> Said:
    """Why a claim has its verdict."""
    tests = [asked for group in groups for asked in group.tests if asked.counts]
    stand_ins = [asked for group in groups for asked in group.tests if not asked.counts]
    if not tests:
        return not_run(missing, stand_ins)
    sentences = {
        "replicated": lambda: [holds_everywhere(tests)],
        "deviates from the published number": lambda: [holds_everywhere(tests)],
        "not replicated": lambda: [failing(groups)],
        "inconclusive": lambda: undecided(groups, tests, missing, minimum_seeds),
    }[verdict]()
    computed = all(asked.test in WITHOUT_ERROR for asked in tests)
    off: Said = ("Off the published number: ", *listed(deviating), ".") if deviating else ()
    note: Said = ("Computed, not estimated: one run suffices.",) if computed else ()
    return joined([*sentences, about_better(tests), off, note, *about_data(tests)], " ")


def not_run(missing: Sequence[Missing], stand_ins: Sequence[Asked]) -> Said:
    """Without a run on the paper's data there is no verdict, whatever stand-ins show."""
    first = joined(lacking(missing, set()), " ")
    if not stand_ins:
        return first
    names = words(dict.fromkeys(asked.dataset for asked in stand_ins))
    count = ", ".join(
        f"{sum(asked.holds is held for asked in stand_ins)} {verb}"
        for held, verb in ((True, "hold"), (False, "fail"), (None, "stay open"))
    )
    there = f"{names} (embedded data) only stand in, without a verdict: of {len(stand_ins)} tests there {count}."
    return joined([first, (there,)], " ")


def of_failures(failed: dict[tuple[str, str], int]) -> Said:
    """A sentence on the seeds that failed, if any did: how many in which cells."""
    cells = [f"{method_label(method)} on {dataset} {count}" for (dataset, method), count in failed.items()]
    return (f"Seeds that failed and do not count: {', '.join(cells)}.",) if cells else ()


def holds_everywhere(tests: Sequence[Asked]) -> Said:
    """How many tests hold, and the narrowest of them."""
    deciding = [asked for asked in tests if asked.decides]
    names = words(dict.fromkeys(dataset for asked in deciding for dataset in asked.over or (asked.dataset,)))
    count = (
        "The one test holds"
        if len(deciding) == 1
        else f"{sum(asked.holds is True for asked in deciding)} of {len(deciding)} tests hold"
    )
    known = [asked for asked in deciding if not math.isnan(asked.answer.p)]
    nearest = (
        max(known, key=lambda asked: asked.answer.p)
        if known
        else max(deciding, key=lambda asked: abs(asked.answer.estimate))
    )
    return (f"{count} on {names}; {'' if len(deciding) == 1 else 'the narrowest: '}", *sentence(nearest), ".")


def about_better(tests: Sequence[Asked]) -> Said:
    """A sentence on the first methods that are more than not worse."""
    better = [asked for asked in tests if asked.better]
    return ("Better, and not only not worse: ", *listed(better), ".") if better else ()


def failing(groups: Sequence[Group]) -> Said:
    """The tests that fail."""
    failed = [asked for group in groups if group.holds() is False for asked in group.tests if asked.holds is False]
    count = sum(len(group.tests) for group in groups)
    return (f"{len(failed)} of {count} tests fail: ", *listed(failed), ".")


def undecided(
    groups: Sequence[Group], tests: Sequence[Asked], missing: Sequence[Missing], minimum_seeds: int
) -> list[Said]:
    """What is missing, and what the runs leave open: those with too few seeds apart from the others."""
    deciding = [asked for asked in tests if asked.decides]
    left_open = [asked for group in groups if group.holds() is None for asked in group.tests if asked.holds is None]
    left_open = [asked for asked in left_open if asked.counts and asked.decides]
    few = [asked for asked in left_open if asked.seeds < least_seeds(asked, minimum_seeds)]
    rest = [asked for asked in left_open if asked not in few]
    sentences: list[Said] = []
    if few:
        fewest, least = min(asked.seeds for asked in few), max(least_seeds(asked, minimum_seeds) for asked in few)
        sentences.append((f"Too few seeds: {fewest}, where {least} are the least; so far ", *listed(few), "."))
    if rest:
        which = "the one test" if len(deciding) == 1 else f"{len(rest)} of {len(deciding)} tests"
        sentences.append((f"The runs leave {which} open: ", *listed(rest), "."))
    return [*(sentences or [holds_everywhere(tests)]), *lacking(missing, {asked.dataset for asked in tests})]


def least_seeds(asked: Asked, minimum_seeds: int) -> int:
    """With how many seeds a test begins to say something."""
    return max(minimum_seeds, LEAST_SEEDS) if asked.test in OF_GRID else minimum_seeds


def lacking(missing: Sequence[Missing], tested: Collection[str]) -> list[Said]:
    """Sentences on datasets without any run, on methods that others lack there, and on runs that do not meet."""
    partly = {one.dataset for one in missing if one.alone or one.shared} | set(tested)
    whole = list(dict.fromkeys(one.dataset for one in missing if one.dataset not in partly))
    absent, apart = (
        by_methods([one for one in missing if one.dataset in partly and one.shared is shared])
        for shared in (False, True)
    )
    return [
        (f"No run on {words(whole)}.",) if whole else (),
        (f"Not run: {'; '.join(absent)}.",) if absent else (),
        (f"Nothing to compare, for no seed has what is needed: {'; '.join(apart)}.",) if apart else (),
    ]


def by_methods(missing: Sequence[Missing]) -> list[str]:
    """`GIN on NCI1 and ZINC`, methods by methods."""
    parts: dict[str, dict[str, None]] = {}
    for one in missing:
        parts.setdefault(words(map(method_label, one.methods)), {})[one.dataset] = None
    return [f"{methods} on {words(datasets)}" for methods, datasets in parts.items()]


def about_data(tests: Sequence[Asked]) -> list[Said]:
    """A sentence for whatever is not the paper's own data."""
    by_status: dict[str, list[str]] = {}
    for asked in tests:
        if asked.status != EXACT and not asked.over and asked.dataset not in by_status.setdefault(asked.status, []):
            by_status[asked.status].append(asked.dataset)
    return [(f"{status.capitalize()} data: {words(names)}.",) for status, names in sorted(by_status.items())]


def listed(tests: Sequence[Asked]) -> Said:
    """The first few of some tests."""
    rest = len(tests) - SHOWN
    more: Said = (f"and {rest} more",) if rest > 0 else ()
    return joined([*map(sentence, tests[:SHOWN]), more], "; ")


def sentence(asked: Asked) -> Said:
    """One test in words: where, of what, how much."""
    several = len(asked.over) > 1 and asked.test not in BETWEEN
    where = f"over {words(asked.over)}" if several else asked.dataset
    what = relation(asked.test, asked.first, asked.second, asked.measure, len(asked.others))
    return (f"{where}, {what}: ", *amount(asked))


def relation(test: str, first: str, second: str, measure: str, others: int = 0) -> str:
    """What the estimate of a test is of, with its direction; `others` are further pairs of which it is the average."""
    labels = {"first": method_label(first), "second": method_label(second)}
    found = RELATIONS.get(test, f"{{first}} {MINUS} {{second}}").format(**labels)
    if others and test not in OF_GRID:
        kind = "pair" if second else "method"
        found += f", averaged with {others} more {kind if others == 1 else f'{kind}s'}"
    return f"{found}, {measure}" if measure else found


def amount(asked: Asked) -> Said:
    """The estimate of a test with its interval, its margin if that is not a factor, and what it shows all the same."""
    if not math.isfinite(asked.answer.estimate):
        return ("not computed",)
    said: Said = (Mention(asked, "estimate"),)
    if math.isfinite(asked.answer.low) and math.isfinite(asked.answer.high):
        said += (" (", Mention(asked, "low"), " to ", Mention(asked, "high"), ")")
    if asked.metric == MARGINS:
        said += (" margins",)
    elif not math.isnan(asked.margin) and asked.test not in RATIOS:
        said += (", margin ", Mention(asked, "margin"))
    if not math.isnan(asked.size):
        said += (" around ", Mention(asked, "size"))
    if asked.test in EQUAL_WITHIN and asked.holds is None and not math.isnan(asked.within):
        said += (", shown equal within \N{PLUS-MINUS SIGN}", Mention(asked, "within"))
    return said


def numerals(test: str, metric: str) -> Kind:
    """What the estimate of a test is, and its interval: as tables and sentences print both."""
    if metric == MARGINS:
        return Kind.EFFECT
    if test in (*RATIOS, *WITHOUT_ERROR):
        return Kind.SIGNIFICANT
    return Kind.SHARE if test in SHARES else Kind.DIFFERENCE


def metric_of(test: str, metric: str) -> str:
    """The metric that decides the decimals of an estimate: a gap is a share, or MAE, whatever the dataset's score."""
    return "gap" if test in OF_GRID else metric


def about(test: str) -> Method:
    """The method of a test and the level of its interval, in words."""
    return METHODS.get(test, Method("as observed", "", ""))


def words(names: Iterable[str]) -> str:
    """A, B and C."""
    *others, last = list(names)
    return f"{', '.join(others)} and {last}" if others else last
