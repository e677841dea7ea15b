"""The words that tables, figures and pages share: metrics with their units, methods as the paper prints them."""

from dataclasses import dataclass

from repool.errors import UserError, nearest

EXACT = "exact"
PENDING = "pending"
QUOTED = "quoted"
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
}

# Which score the paper reports on a dataset that nobody prepared here; every other one has accuracy.
PAPER_METRICS = {"ZINC": "mae", "MOLHIV": "auroc"}

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
    "gmn": "GMN",
    "gmn-distance": "DISTANCE",
    "gmn-random": "RANDOM",
}


def metric(name: str, where: str) -> Metric:
    """The metric of that name; UserError with the nearest one, said to be found at `where`."""
    if name not in METRICS:
        raise UserError(f"{name!r} is not a metric ({where}). {nearest(name, METRICS)}")
    return METRICS[name]


def method_label(method: str) -> str:
    """The paper's name of a method; a method of the configuration's own keeps its id."""
    return METHOD_LABELS.get(method, method)
