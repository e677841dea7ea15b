"""What the benchmark measures: a row of its table each."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from repool.overlays import merged
from repool.spec import spec

CONFIGURATION = Path(__file__).parents[1] / "config/paper.yaml"


@dataclass(frozen=True)
class Case:
    """A method of config/paper.yaml, with its hyper-parameters for the dataset.

    Attributes:
        method: its name.
        seeds: trained in lockstep.
        target: ratio to reach against the plain trainer, by dataset.
        batch: graphs a step, where not the configuration's.
        only: the dataset that it is measured on, where not any.
        model: what it is called in the table, where not by its method.
        options: of the model, over the configuration's.
        steps: of the plain trainer, by dataset, where a whole epoch would take minutes and more memory than there is.
    """

    method: str
    seeds: int = 1
    target: dict[str, float] = field(default_factory=dict)
    batch: int | None = None
    only: str | None = None
    model: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    steps: dict[str, int] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """Name in the table and on the command line."""
        return self.model or self.method

    def spec(self, dataset: str, epochs: int) -> dict[str, Any]:
        """What is trained, as the pipeline has it."""
        found = spec(merged([CONFIGURATION]), dataset, self.method)
        found["model"] |= self.options
        found["training"] |= {"batch": self.batch or found["training"]["batch"], "max_epochs": epochs}
        return found


SUPERVISED, UNSUPERVISED = {"period": 0}, {"period": 1}
FEW_STEPS = {"PROTEINS": 2}

CASES = [
    Case("graclus", target={"NCI1": 3.0}, batch=8),
    Case("graclus", target={"NCI1": 2.5}, batch=64),
    Case("complement", target={"NCI1": 10.0}, batch=8),
    Case("complement", target={"NCI1": 18.0}, batch=64),
    Case("complement", batch=8, only="NCI1", model="complement-dense"),
    Case("complement", batch=64, only="NCI1", model="complement-dense"),
    Case("global-mean", batch=8, only="NCI1"),
    Case("global-mean", batch=64),
    Case("diffpool", target={"NCI1": 1.9, "PROTEINS": 4.0}),
    Case("diffpool-uniform"),
    Case("diffpool-v2", target={"NCI1": 1.9}),
    Case("gmn", target={"NCI1": 20.0, "PROTEINS": 50.0}, options=SUPERVISED, steps=FEW_STEPS),
    Case("gmn", model="gmn-unsupervised", options=UNSUPERVISED, only="NCI1"),
    Case("gmn-distance", target={"NCI1": 20.0}, steps=FEW_STEPS),
    Case("gmn-random"),
    Case("mincut", target={"NCI1": 1.8, "PROTEINS": 3.0}),
    Case("mincut-random"),
    Case("graclus", seeds=10, target={"NCI1": 5.5}, batch=8),
    Case("complement", seeds=10, batch=8, only="NCI1"),
    Case("diffpool", seeds=10, target={"NCI1": 5.0}),
    Case("diffpool-v2", seeds=10, target={"NCI1": 5.0}),
    Case("mincut", seeds=10, target={"NCI1": 3.5}),
]


def chosen(dataset: str, names: list[str] | None) -> list[Case]:
    """The cases of a dataset, or those among them with these names; `diffpool:10` is the one with ten seeds."""
    cases = [case for case in CASES if case.only in (None, dataset)]
    if names is None:
        return cases
    known = {name for case in cases for name in (case.shown, f"{case.shown}:{case.seeds}")}
    if unknown := sorted(set(names) - known):
        raise SystemExit(f"No case is called {', '.join(unknown)}. There are {', '.join(sorted(known))}.")
    return [case for case in cases if case.shown in names or f"{case.shown}:{case.seeds}" in names]
