"""What trainings will take, from what runs or epochs took: of the same specification, the family, or scaled."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from statistics import fmean

from repool.errors import UserError
from repool.planning.measured import Measured
from repool.planning.recorded import Recorded
from repool.planning.trainings import Training
from repool.schemas.probe import Probe, read_probe

# Of a dataset the nodes and arcs of all graphs; None where nobody knows them.
Sizes = Callable[[str], float | None]


class Source(StrEnum):
    """Where the seconds of a run come from, from the surest to none."""

    SAME = "runs of the same specification"
    PROBE = "two epochs that were probed"
    MEASURED = "two epochs of the same specification in benchmarks/results/paper_cost.csv"
    FAMILY = "runs of the same family on the dataset, of other specifications"
    SCALED = "runs of the family on the dataset that is nearest in size, scaled by nodes and arcs"
    UNKNOWN = "nothing"


@dataclass(frozen=True)
class Cost:
    """What a run takes; None where nothing says it.

    Attributes:
        seconds: of one core.
        source: what says so; `runs` of `datasets`, on `devices`.
        size: bytes of its record and sidecar.
    """

    seconds: float | None
    source: Source
    size: float | None = None
    runs: int = 0
    datasets: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()


def probe_file(training: Training) -> Path:
    """Where the probe of a cell stands: beside the folders data and runs."""
    return training.data.parents[1] / "probes" / training.dataset / f"{training.method}.json"


def cost(training: Training, known: list[Recorded], measured: Mapping[str, Measured], sizes: Sizes) -> Cost:
    """What a run of a training takes, by the surest that is known."""
    if same := [run for run in known if run.spec_sha256 == training.spec_sha256]:
        return _cost(fmean(run.seconds for run in same), Source.SAME, same)
    family = [run for run in known if run.family == training.family]
    epochs = _epochs(training, family)
    if probe := _probe(training):
        return Cost(probe.seconds_an_epoch * epochs, Source.PROBE, _size(family or known), devices=(probe.device_name,))
    if of_cell := measured.get(training.spec_sha256):
        seconds = of_cell.seconds_an_epoch * epochs
        return Cost(seconds, Source.MEASURED, _size(family or known), devices=(of_cell.device_name,))
    if own := [run for run in family if run.dataset == training.dataset]:
        return _cost(fmean(map(_an_epoch, own)) * epochs, Source.FAMILY, own)
    own_size = sizes(training.dataset)
    shares = {name: own_size / size for name in {run.dataset for run in family} if own_size and (size := sizes(name))}
    if not shares:
        return Cost(None, Source.UNKNOWN, _size(known))
    # Small datasets are mostly overhead: the one that is nearest in size tells more than all.
    nearest = min(sorted(shares), key=lambda name: abs(math.log(shares[name])))
    other_runs = [run for run in family if run.dataset == nearest]
    return _cost(fmean(map(_an_epoch, other_runs)) * shares[nearest] * epochs, Source.SCALED, other_runs)


def _cost(seconds: float, source: Source, runs: list[Recorded]) -> Cost:
    datasets, devices = ({getattr(run, name) for run in runs} for name in ("dataset", "device_name"))
    return Cost(seconds, source, _size(runs), len(runs), tuple(sorted(datasets)), tuple(sorted(devices)))


def _size(runs: list[Recorded]) -> float | None:
    return fmean(run.size for run in runs) if runs else None


def _probe(training: Training) -> Probe | None:
    try:
        probe = read_probe(probe_file(training))
    except UserError:
        return None
    return probe if probe.spec_sha256 == training.spec_sha256 else None


def _an_epoch(run: Recorded) -> float:
    return run.seconds / run.epochs


def _epochs(training: Training, family: Iterable[Recorded]) -> float:
    """How many a run trains: as those of its family that ended by themselves, on its dataset if there are any.

    Where none did, its patience and as many before it.
    """
    protocol = training.spec["training"]
    ended = [run for run in family if run.epochs < run.longest or run.longest >= protocol["max_epochs"]]
    own = [run for run in ended if run.dataset == training.dataset] or ended
    expected = fmean(run.epochs for run in own) if own else 2 * protocol["stop_patience"]
    return float(min(expected, protocol["max_epochs"]))
