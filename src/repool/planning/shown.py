"""A plan as text that fits on a screen."""

from collections import Counter
from collections.abc import Iterator, Sequence

from repool.planning.costs import Cost, Source
from repool.planning.jobs import Job
from repool.planning.plan import Plan
from repool.planning.text import counted, number_of, size_of, table
from repool.planning.trainings import Training
from repool.words.numerals import duration

NAMED = 3
REMARKS = {
    Source.SCALED: ", an order of magnitude",
    Source.FAMILY: ", about as much",
    Source.MEASURED: ", as many as runs of the family took",
}


def lines(plan: Plan, everything: bool = False) -> Iterator[str]:
    """What would run, why and what it takes; every job if asked to."""
    if not plan.jobs:
        yield "Nothing to be done: all that was asked for is there, and as it should be."
        return
    yield f"{counted(len(plan.jobs), 'job')} would run in {plan.folder}, for Snakemake's reasons:"
    yield from _jobs(plan.jobs, everything)
    yield from (f"  {sentence}" for sentence in plan.damaged)
    if plan.trainings:
        yield ""
        yield from _trainings(plan, everything)
        yield ""
        yield from _hours(plan)
    yield from _rest(plan)


def _jobs(jobs: list[Job], everything: bool) -> Iterator[str]:
    if everything:
        rows = [(job.rule, " ".join(job.wildcards.values()), job.reason) for job in jobs]
        yield from table(("rule", "of", "reason"), rows)
        return
    counted = Counter((job.rule, job.why) for job in jobs)
    yield from table(("jobs", "rule", "reason"), [(f"{number:,}", *key) for key, number in counted.items()])


def _trainings(plan: Plan, everything: bool) -> Iterator[str]:
    cells = {(training.dataset, training.method) for training, _ in plan.trainings if training.why}
    there = sum(len(training.there) for training, _ in plan.trainings)
    found = f"; {counted(there, 'run')} found whole, not trained again" if there else ""
    yield f"{len(plan.trainings):,} of them train: {counted(plan.runs, 'run')} of {counted(len(cells), 'cell')}{found}."
    rows: dict[tuple[str, str], list[tuple[Training, float | None, int]]] = {}
    for training, cost in plan.trainings:
        for why, number in Counter(training.why.values()).items():
            name = f"{training.dataset} {training.method}" if everything else training.dataset
            seconds = None if cost.seconds is None else cost.seconds * training.job.threads * number
            rows.setdefault((name, why), []).append((training, seconds, number))
    head = ("cell" if everything else "dataset", "methods", "runs", "core-hours", "why")
    yield from table(head, [_row(name, why, parts) for (name, why), parts in rows.items()])


def _row(name: str, why: str, parts: Sequence[tuple[Training, float | None, int]]) -> tuple[str, ...]:
    methods = list(dict.fromkeys(training.method for training, _, _ in parts))
    known = [seconds for _, seconds, _ in parts if seconds is not None]
    hours = number_of(sum(known) / 3600) if known else "?"
    shown = ", ".join(methods) if len(methods) <= NAMED else str(len(methods))
    return name, shown, f"{sum(number for *_, number in parts):,}", hours + "+?" * (0 < len(known) < len(parts)), why


def _hours(plan: Plan) -> Iterator[str]:
    known = any(cost.seconds is not None for training, cost in plan.trainings if training.why)
    if known or not plan.runs:
        yield f"Training takes {number_of(plan.core_hours)} core-hours{', judged by' if plan.runs else ''}"
    for source in Source:
        of_source = [(training, cost) for training, cost in plan.trainings if cost.source is source and training.why]
        if of_source and source is not Source.UNKNOWN:
            yield f"  {_source(source, of_source)}"
    if unknown := [training for training in plan.unknown if training.why]:
        cells = list(dict.fromkeys(f"{training.dataset} {training.method}" for training in unknown))
        shown = ", ".join(cells[:NAMED]) + (f" and {len(cells) - NAMED:,} more" if len(cells) > NAMED else "")
        number = sum(len(training.why) for training in unknown)
        yield f"How long it takes is recorded nowhere, not even of a like, for {counted(number, 'run')} ({shown})."
    if plan.gpu_hours:
        yield (
            f"Jobs that ask for a GPU, {number_of(plan.gpu_hours)} of these hours, hold it as long; without one they "
            "train on the CPU."
        )
    if any(cost.source not in (Source.SAME, Source.PROBE) for training, cost in plan.trainings if training.why):
        yield "`python -m repool plan --probe` with the same words first trains two epochs of what never ran as it is."


def _source(source: Source, parts: Sequence[tuple[Training, Cost]]) -> str:
    number = sum(len(training.why) for training, _ in parts)
    recorded = {name for _, cost in parts for name in cost.datasets}
    devices = sorted({name for _, cost in parts for name in cost.devices})
    of = f" ({', '.join(sorted(recorded))})" if recorded and source is Source.SCALED else ""
    return f"{source.value}{of}, for {counted(number, 'run')}; on {', '.join(devices)}{REMARKS.get(source, '')}"


def _rest(plan: Plan) -> Iterator[str]:
    known = [seconds for seconds in plan.others.values() if seconds is not None]
    lacking = len(plan.others) - len(known)
    if known:
        more = f", and those of {lacking} rules that were never run here" if lacking else ""
        yield f"The other jobs take about {duration(sum(known))} of a core by their benchmarks{more}."
    if plan.size:
        more = f", and {counted(plan.unsized, 'file')} of which none like them stands here" if plan.unsized else ""
        yield f"Disk: {size_of(plan.size)}, by what stands already{more}."
    elif plan.unsized:
        yield f"Disk: nothing like the {counted(plan.unsized, 'file')} that would be written stands here to judge by."
