"""The reason for a verdict: one or two sentences with the numbers, and what the data are.

Numbers of tests are mentioned, never written out: a mention prints what the test's own row prints. How many tests,
seeds or datasets there are is counted in words.
"""

import math
from collections.abc import Collection, Iterable, Sequence

from repool.analysis.claims.asked import Asked, Group, Missing
from repool.analysis.claims.between import BETWEEN
from repool.analysis.claims.grids import LEAST_SEEDS
from repool.analysis.claims.mentions import Mention, Said, joined
from repool.analysis.claims.methods import OF_GRID, RATIOS, about
from repool.analysis.claims.overall import MARGINS
from repool.analysis.claims.tests import WITHOUT_ERROR
from repool.words import phrases
from repool.words.names import EXACT, method_label
from repool.words.numerals import MINUS

# Tests that a sentence shows; the others are counted.
SHOWN = 2
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


def reason(
    verdict: str,
    groups: Sequence[Group],
    deviating: Sequence[Asked],
    missing: Sequence[Missing],
    minimum_seeds: int,
    remark: str = "",
) -> Said:
    """Why a claim has its verdict; `remark` is what `config/claims.yaml` adds about how it is judged."""
    tests = [asked for group in groups for asked in group.tests if asked.counts]
    stand_ins = [asked for group in groups for asked in group.tests if not asked.counts]
    if not tests:
        return not_run(missing, stand_ins)
    sentences = {
        "replicated": lambda: [holds_everywhere(tests)],
        "deviates from the published number": lambda: [holds_everywhere(tests)],
        "not replicated": lambda: [failing(groups), *lacking(missing, {asked.dataset for asked in tests})],
        "inconclusive": lambda: undecided(groups, tests, missing, minimum_seeds),
    }[verdict]()
    computed = all(asked.test in WITHOUT_ERROR for asked in tests)
    off: Said = ("Off the published number: ", *listed(deviating), ".") if deviating else ()
    note: Said = ("Computed, not estimated: one run suffices.",) if computed else ()
    return joined([*sentences, about_better(tests), off, note, (remark,) if remark else (), *about_data(tests)], " ")


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
    return (
        f"{count} on {names}; {'' if len(deciding) == 1 else 'the narrowest: '}",
        *sentence(narrowest(deciding)),
        ".",
    )


def narrowest(tests: Sequence[Asked]) -> Asked:
    """The test that holds least clearly: by its p value, or where none has one, as the nearest to its bound."""
    if known := [asked for asked in tests if not math.isnan(asked.answer.p)]:
        return max(known, key=lambda asked: asked.answer.p)
    return max(tests, key=lambda asked: abs(asked.answer.estimate) * (-1 if asked.test == "breaks" else 1))


def about_better(tests: Sequence[Asked]) -> Said:
    """A sentence on the first methods that are more than not worse."""
    better = [asked for asked in tests if asked.better]
    return ("Better, and not only not worse: ", *listed(better), ".") if better else ()


def failing(groups: Sequence[Group]) -> Said:
    """The tests that fail."""
    tests = [(group.holds(), asked) for group in groups for asked in group.tests if asked.counts]
    failed = [asked for holds, asked in tests if holds is False and asked.holds is False]
    which = f"{len(failed)} of {len(tests)} tests {'fails' if len(failed) == 1 else 'fail'}"
    return (f"{which if len(tests) > 1 else 'The one test fails'}: ", *listed(failed), ".")


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
    labels = {"first": phrases.method(first), "second": phrases.method(second)}
    found = RELATIONS.get(test, f"{{first}} {MINUS} {{second}}").format(**labels)
    if others and test not in OF_GRID:
        kind = "pair" if second else "method"
        found += f", averaged with {others} more {kind if others == 1 else f'{kind}s'}"
    return f"{found}, {measure}" if measure else found


def amount(asked: Asked) -> Said:
    """The estimate of a test with its interval, its margin if that is not a factor, and what it shows all the same."""
    if not math.isfinite(asked.answer.estimate):
        return ("not computed",)
    said: Said = (Mention(asked, "estimate"), *((" margins",) if asked.metric == MARGINS else ()))
    if math.isfinite(asked.answer.low) and math.isfinite(asked.answer.high):
        ends = Mention(asked, "low"), " to ", Mention(asked, "high")
        said += (f" ({about(asked.test).short} ", *ends, *count(asked), ")")
    if asked.metric != MARGINS and not math.isnan(asked.margin) and asked.test not in RATIOS:
        said += (", margin ", Mention(asked, "margin"))
    if not math.isnan(asked.size):
        said += (" around ", Mention(asked, "size"))
    if asked.test in EQUAL_WITHIN and asked.holds is None and not math.isnan(asked.within):
        said += (", shown equal within \N{PLUS-MINUS SIGN}", Mention(asked, "within"))
    return said


def count(asked: Asked) -> Said:
    """How many measurements stand behind a test: seeds, blocks of them, or seeds on the dataset that has the fewest."""
    if asked.blocks:
        return (", n = ", Mention(asked, "blocks"), " blocks")
    return (", n \N{GREATER-THAN OR EQUAL TO} " if len(asked.over) > 1 else ", n = ", Mention(asked, "seeds"))


def words(names: Iterable[str]) -> str:
    """A, B and C."""
    *others, last = list(names)
    return f"{', '.join(others)} and {last}" if others else last
