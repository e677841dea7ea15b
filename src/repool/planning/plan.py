"""A plan: Snakemake's jobs, what of them trains and why, and what all of it takes, as data."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import Any

from repool.digests import digest_file, fault
from repool.planning.costs import Cost, cost
from repool.planning.jobs import FORCED, Job, Jobs
from repool.planning.measured import Measured
from repool.planning.recorded import recorded
from repool.planning.sizes import Standing, dataset_size
from repool.planning.trainings import Training, trainings


@dataclass(frozen=True)
class Plan:
    """What would run and what it takes.

    Attributes:
        folder: of the workflow.
        jobs: all of them; `trainings` those that train, each with the cost of one of its runs.
        others: seconds of the other jobs by rule, None where no benchmark of the rule stands.
        damaged: why Snakemake is forced to make outputs again that are there, a sentence each.
        size: bytes that the outputs take, of those that are known; `unsized` is how many of them are not.
    """

    folder: Path
    jobs: list[Job]
    trainings: list[tuple[Training, Cost]]
    others: dict[str, float | None]
    damaged: list[str]
    size: float
    unsized: int

    @property
    def runs(self) -> int:
        """How many train."""
        return sum(len(training.why) for training, _ in self.trainings)

    @property
    def core_hours(self) -> float:
        """Of the trainings whose cost is known."""
        return sum(_seconds(training, one) * training.job.threads for training, one in self.trainings) / 3600

    @property
    def gpu_hours(self) -> float:
        """The same on the GPUs that they ask for."""
        return sum(_seconds(training, one) * training.gpus for training, one in self.trainings) / 3600

    @property
    def unknown(self) -> list[Training]:
        """The trainings whose cost is not known."""
        return [training for training, one in self.trainings if one.seconds is None and training.why]


def plan(found: Jobs, archive: Path, measured: Mapping[str, Measured]) -> Plan:
    """What the jobs are and take, by what stands in their folder and in an archive, and by what epochs took."""
    training = trainings(found.folder, found.jobs)
    roots = {one.data.parents[2] for one in training}
    known = recorded(roots, archive) if training else []
    sizes = cache(lambda name: dataset_size(name, {one.data.parent for one in training}, archive / "cards"))
    of_spec: dict[str, Cost] = {}
    for one in training:
        if one.spec_sha256 not in of_spec:
            of_spec[one.spec_sha256] = cost(one, known, measured, sizes)
    trained = {path for one in training for path in one.job.output}
    rest = [job for job in found.jobs if not trained.intersection(job.output)]
    standing = Standing(found.folder)
    bytes_of = [standing.bytes_of(path) for job in rest for path in job.output]
    bytes_of += [of_spec[one.spec_sha256].size for one in training for _ in one.why]
    return Plan(
        folder=found.folder,
        jobs=found.jobs,
        trainings=[(one, of_spec[one.spec_sha256]) for one in training],
        others=_benchmarked(found.folder, rest),
        damaged=_damaged(found.folder, rest),
        size=sum(size for size in bytes_of if size is not None),
        unsized=sum(size is None for size in bytes_of),
    )


def _seconds(training: Training, one: Cost) -> float:
    return (one.seconds or 0.0) * len(training.why)


def _damaged(folder: Path, jobs: list[Job]) -> list[str]:
    """What is wrong with outputs that have a digest, of jobs that are forced."""
    outputs = [path for job in jobs if job.reason.startswith(FORCED) for path in job.output]
    digests = [path for path in outputs if digest_file(folder / path).exists()]
    return [f"{path} {wrong}" for path in digests if (wrong := fault(folder / path))]


def _benchmarked(folder: Path, jobs: list[Job]) -> dict[str, float | None]:
    """Seconds of the jobs of each rule, by the benchmarks that stand of it."""
    tops: dict[str, set[Path]] = {}
    for job in jobs:
        if job.benchmark:
            path = folder / job.benchmark
            top = next((parent for parent in path.parents if parent.name == job.rule), path.parent)
            tops.setdefault(job.rule, set()).add(top)
    numbers = Counter(job.rule for job in jobs if job.benchmark)
    seconds: dict[str, float | None] = {}
    for rule, folders in tops.items():
        times = [time for top in folders for path in top.rglob("*.tsv") if (time := _benchmark(path)) is not None]
        seconds[rule] = fmean(times) * numbers[rule] if times else None
    return seconds


def _benchmark(path: Path) -> float | None:
    """Seconds of a job by its benchmark file: a head, and a line that begins with them."""
    try:
        return float(path.read_text(encoding="utf-8").splitlines()[1].split("\t")[0])
    except (OSError, ValueError, IndexError):
        return None


def as_json(plan: Plan) -> dict[str, Any]:
    """All of it, for other programs."""
    return {
        "folder": str(plan.folder),
        "jobs": [
            {"rule": job.rule, "wildcards": job.wildcards, "reason": job.reason, "output": job.output}
            for job in plan.jobs
        ],
        "trainings": [
            {
                "dataset": training.dataset,
                "method": training.method,
                "seeds": list(training.why),
                "why": {str(seed): why for seed, why in training.why.items()},
                "there": training.there,
                "cores": training.job.threads,
                "gpus": training.gpus,
                "seconds_a_run": one.seconds,
                "source": one.source.value,
                "recorded_runs": one.runs,
                "recorded_datasets": list(one.datasets),
                "recorded_devices": list(one.devices),
            }
            for training, one in plan.trainings
        ],
        "runs": plan.runs,
        "core_hours": plan.core_hours,
        "gpu_hours": plan.gpu_hours,
        "unknown_runs": sum(len(training.why) for training in plan.unknown),
        "other_seconds": plan.others,
        "damaged": plan.damaged,
        "bytes": round(plan.size),
        "outputs_of_unknown_size": plan.unsized,
    }
