"""Two epochs of each cell of a plan that nothing is recorded of, each in a process of its own."""

import subprocess
import sys
from collections.abc import Iterator

from repool.canonical import canonical
from repool.planning.costs import Source, probe_file
from repool.planning.plan import Plan
from repool.planning.text import counted
from repool.planning.trainings import Training

NOT_MEASURED_HERE = (Source.MEASURED, Source.FAMILY, Source.SCALED, Source.UNKNOWN)


def probed(plan: Plan) -> Iterator[str]:
    """Probe what no run of the same specification tells; a sentence for each cell, measured or not."""
    cells: dict[tuple[str, str], Training] = {}
    for training, cost in plan.trainings:
        if training.why and cost.source in NOT_MEASURED_HERE:
            cells.setdefault((training.dataset, training.method), training)
    missing: dict[str, int] = {}
    for (dataset, _), training in cells.items():
        if (training.data / "card.json").is_file():
            yield _probed(training)
        else:
            missing[dataset] = missing.get(dataset, 0) + 1
    for dataset, number in missing.items():
        yield (
            f"{dataset} is not prepared: {counted(number, 'cell')} of it cannot be probed. The job prepare_dataset "
            "makes its card.json; then give the same command again."
        )


def _probed(training: Training) -> str:
    name, seeds = f"{training.dataset} {training.method}", list(training.why)
    given = ["--spec", canonical(training.spec), "--seeds", f"{seeds[0]}-{seeds[-1]}", "--data", str(training.data)]
    command = [sys.executable, "-m", "repool", "probe", *given, "--out", str(probe_file(training))]
    made = subprocess.run(command, capture_output=True, text=True)
    if made.returncode:
        said = made.stderr.strip().splitlines() or [f"its process ended with {made.returncode} and no word."]
        return f"{name} was not probed: {said[-1]}"
    return f"{name}: two epochs were probed"
