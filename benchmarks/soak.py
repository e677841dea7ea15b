"""Thousands of tiny runs through the real workflow, while its trainings and Snakemake are killed at random moments.

    python benchmarks/soak.py --out benchmarks/results/soak.json

In a copy of the project MUTAG trains in blocks of a few seeds, two blocks at a time; in the copy a checkpoint is
renewed ten times a second, and the loss of every ninth seed is not a number. A kill waits for a moment in the life of a
training (its start, its first checkpoint, the first of its records) and a random time more. Whatever was killed, the
same command is given again, after `--unlock` where Snakemake asks for it. At the end every record is there once, equal
in bytes to that of the same block trained in one go; what does not hold stands under `wrong` and is the exit status.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from soak_kills import Kill, Killer, drawn
from soak_project import SoakProject


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--methods", type=int, default=16, help="the first so many; eight are one of each family")
    parser.add_argument("--seeds", type=int, default=125, help="runs of each method")
    parser.add_argument("--seeds-per-job", type=int, default=25)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument(
        "--random", type=int, default=None, help="what the kills are drawn from (default: another each)"
    )
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    number = random.randrange(10**6) if options.random is None else options.random
    with tempfile.TemporaryDirectory() as folder:
        found = soak(
            Path(folder) / "project", options.methods, options.seeds, options.seeds_per_job, options.kills, number
        )
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(found, indent=1) + "\n")
    return int(bool(found["wrong"]))


def soak(folder: Path, methods: int, seeds: int, seeds_per_job: int, kills: int, number: int) -> dict:
    """Train everything under fire, then look at what there is.

    Returns:
        counts, and under `wrong` a sentence for everything that is not as it should be.
    """
    started = time.monotonic()
    say(f"the kills are drawn from --random {number}")
    project = SoakProject(folder, methods, seeds, seeds_per_job)
    killer = Killer(drawn(number, kills), project.runs)
    calls, unlocks, rewritten, before = 0, 0, set(), {}
    try:
        while True:
            calls += 1
            process = project.start()
            killed = killer.accompany(process)
            after = project.written()
            rewritten |= {path for path, stamp in before.items() if after.get(path) != stamp}
            before = after
            say(f"call {calls} ended with {process.returncode}: {len(after)} records, {len(killer.done)} kills")
            if process.returncode == 0:
                break
            if project.locked():
                unlocks += 1
                project.unlock()
            elif not killed:
                raise SystemExit(f"Snakemake failed by itself:\n{project.said()}")
        killer.wait_for_the_last()
    finally:
        killer.end()
    seconds = round(time.monotonic() - started)
    wrong = [*(f"{path} was written again" for path in sorted(rewritten)), *project.wrongs()]
    found = {
        "random": number,
        "runs": methods * seeds,
        "records": len(project.written()),
        "failed_seeds": project.failed(),
        "blocks": project.blocks(),
        "trainings": len(killer.ever),
        "kills": counted(killer.done),
        "moments": dict(sorted(Counter(kill.moment for kill in killer.done).items())),
        "calls_of_snakemake": calls,
        "unlocks": unlocks,
        **project.resumed(),
        "compared_in_bytes": methods * seeds,
        "seconds": seconds,
        "wrong": wrong,
    }
    say(json.dumps(found, indent=1))
    return found


def counted(done: list[Kill]) -> dict[str, int]:
    """How many kills of each kind there were."""
    kinds = Counter(f"{kill.signal} of {kill.target}" for kill in done)
    return {"all": len(done), **dict(sorted(kinds.items()))}


def say(words: str) -> None:
    print(words, flush=True)


if __name__ == "__main__":
    sys.exit(main())
