"""The words that tables, figures and pages share: metrics with their units, methods as the paper prints them."""

from collections.abc import Iterable
from dataclasses import dataclass

from repool.errors import UserError, nearest

EXACT = "exact"
EMBEDDED = "embedded"
PENDING = "pending"
FAILED = "failed"
# What data can be, from those that say least about the paper.
DATA = (EMBEDDED, "substitute", "unverified", "rebuilt", EXACT)
QUOTED = "quoted"
YES, NO = "yes", "no"
NOT_CONFIGURED = "not-configured"


@dataclass(frozen=True)
class Metric:
    """A score: how a record's value becomes the paper's, and how it is printed."""

    label: str
    unit: str
    scale: float
    decimals: int
    higher_is_better: bool


METRICS = {
    "accuracy": Metric("Accuracy", "%", 100.0, 1, True),
    "auroc": Metric("AUROC", "%", 100.0, 1, True),
    "mae": Metric("MAE", "target units", 1.0, 3, False),
    "rmse": Metric("RMSE", "target units", 1.0, 3, False),
    "validation_loss": Metric("Validation loss", "loss", 1.0, 3, False),
    "matrix_share_before": Metric("Variance within columns, before pooling", "share", 1.0, 3, False),
    "matrix_share_after": Metric("Variance within columns, after pooling", "share", 1.0, 3, False),
    "seconds_per_epoch": Metric("Seconds per epoch", "s", 1.0, 3, False),
}

# Which score the paper reports on a dataset that nobody prepared here; every other one has accuracy.
PAPER_METRICS = {"ZINC": "mae", "MOLHIV": "auroc"}
# The paper's datasets that come with their splits; on the others each seed draws its own.
FIXED_SPLITS = ("SMNIST", "ZINC", "MOLHIV")
# The curves of a record, and what the paired tests of an artifact that shows one compare of each run.
LOSS, PERMUTED = "validation_loss", "permuted"
CURVE_MEASURES = {LOSS: "validation_loss", PERMUTED: "permuted_mean"}
# How methods end that have a single convolution before the first pooling, in table 2, and those of `released_code`.
ONE, AS_RELEASED = "-one", "-as-released"

METHOD_LABELS = {
    "graphsage": "GraphSAGE",
    "gin": "GIN",
    "graclus": "GRACLUS",
    "complement": "COMPLEMENT",
    "global-mean": "Global mean",
    "diffpool": "DiffPool",
    "diffpool-uniform": "U-DiffPool",
    "diffpool-normal": "N-DiffPool",
    "diffpool-bernoulli": "B-DiffPool",
    "diffpool-invariant": "Invariant DiffPool",
    "diffpool-lambda-1000": "DiffPool, λ = 1000",
    "diffpool-v2": "DiffPool v2",
    "diffpool-v2-normal": "N-DiffPool v2",
    "gmn": "GMN",
    "gmn-distance": "DISTANCE",
    "gmn-random": "RANDOM",
    "gmn-period-2": "GMN, p = 2",
    "mincut": "MinCutPool",
    "mincut-random": "N-MinCutPool",
    "mincut-two": "MinCutPool, two convolutions",
    "mincut-random-two": "N-MinCutPool, two convolutions",
}


def curve_label(curve: str, metric: str) -> str:
    """What a curve shows: the loss by its own name, another curve as a score of the dataset."""
    if curve in METRICS:
        return METRICS[curve].label
    about = METRICS[metric]
    return f"{about.label}{' (%)' if about.unit == '%' else ''}, nodes {curve}"


def layer_label(layer: int) -> str:
    """Where an embedding stands: before the first pooling, after it, after the second one, ..."""
    return "before" if layer == 0 else "after" if layer == 1 else f"after {layer}"


def metric(name: str, where: str) -> Metric:
    """The metric of that name; UserError with the nearest one, said to be found at `where`."""
    if name not in METRICS:
        raise UserError(f"{name!r} is not a metric ({where}). {nearest(name, METRICS)}")
    return METRICS[name]


def method_label(method: str) -> str:
    """The paper's name of a method; a method of the configuration's own keeps its id."""
    for suffix, said in ((ONE, "one convolution"), (AS_RELEASED, "as released")):
        network = method.removesuffix(suffix)
        if network != method and network in METHOD_LABELS:
            return f"{METHOD_LABELS[network]}, {said}"
    return METHOD_LABELS.get(method, method)


def allows_verdict(status: str) -> bool:
    """Whether runs on such data count for or against the paper; what is not exact is named wherever they do."""
    return status not in (EMBEDDED, PENDING, FAILED)


def worst(statuses: Iterable[str]) -> str:
    """The status, of several, that says least about the paper; pending if there is none."""
    found = set(statuses)
    return next((status for status in DATA if status in found), PENDING)
