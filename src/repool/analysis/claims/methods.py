"""How the numbers of each kind of test come about: the estimate, kind and level of its interval, and their texts."""

from dataclasses import dataclass

from repool.analysis.claims.overall import MARGINS
from repool.analysis.claims.tests import WITHOUT_ERROR
from repool.analysis.statistics import CONFIDENCE, SIGNIFICANCE
from repool.words import phrases
from repool.words.numerals import Kind

# Levels of intervals.
WIDE, NARROW = phrases.percent(CONFIDENCE), phrases.percent(1 - 2 * SIGNIFICANCE)
SHARES = ("homogeneous", "lower")
RATIOS = ("similar spread", "no wider spread", "not significantly wider", "faster", "fewer", "wider")
# Tests of a grid.
OF_GRID = ("gap", "trend")


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
