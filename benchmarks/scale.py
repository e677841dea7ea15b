"""What the workflow itself costs at 1, 4 and 16 times the paper's runs: planning, and trainings that do nothing.

    python benchmarks/scale.py --out benchmarks/results/scale.csv

Planning is a dry run of everything; the soak runs every data and training job with `touch` in place of its command, so
that what remains is Snakemake's own time for a job. Both grow with `seeds`, as a user would grow them.
"""

import argparse
import csv
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
SEEDS = 20
FIELDS = ("kind", "times", "seeds", "seeds_per_job", "options", "jobs", "seconds", "ms_a_job", "peak_mb")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, nargs="+", default=[1, 4, 16], help="multiples of the paper's 20 seeds")
    parser.add_argument("--soak", type=int, nargs="*", default=[1, 4], help="multiples that also run, with two cores")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        project = copy(Path(folder) / "project")
        for times in options.times:
            rows.append(plan(project, times, 10))
            if times > 1:
                rows.append(plan(project, times, 10 * times))
        rows.append(plan(project, max(options.times), 10, "results/paper/claims.json"))
        rows.append(plan(project, max(options.times), 10, "results/paper/claims.json", "--batch", "judge_claims=1/8"))
        for times in options.soak:
            rows += soak(project, times)
        if options.soak:
            rows += soak(project, min(options.soak), "--persistence-backend", "db")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with options.out.open("w", newline="") as file:
        writer = csv.DictWriter(file, FIELDS)
        writer.writeheader()
        writer.writerows(rows)


def copy(project: Path) -> Path:
    """The workflow with commands that do nothing."""
    for part in ("workflow", "config", "report", "docs"):
        shutil.copytree(ROOT / part, project / part, ignore=shutil.ignore_patterns("__pycache__", "*.html", "*.pdf"))
    for part in ("src", "envs"):
        (project / part).symlink_to(ROOT / part)
    replace(project / "workflow/rules/train.smk", "touch {output}")
    replace(project / "workflow/rules/data.smk", "mkdir -p {output.arrays}; touch {output.card}")
    return project


def replace(path: Path, command: str) -> None:
    text = path.read_text()
    new = re.sub(r"(shell:\n\s+)(\".*\"\n?\s*)+", rf'\1"{command}"\n', text)
    assert new != text, f"{path} has no command to replace"
    path.write_text(new)


def plan(project: Path, times: int, seeds_per_job: int, *extra: str) -> dict[str, object]:
    return measured("plan", project, times, seeds_per_job, extra, ["--dry-run", "--quiet", "rules"])


def soak(project: Path, times: int, *extra: str) -> list[dict[str, object]]:
    """Every data and training job, then the same again with nothing to do."""
    until = ["--until", "train_block"]
    for name in ("results", ".snakemake"):
        shutil.rmtree(project / name, ignore_errors=True)
    return [measured(kind, project, times, 10, extra, until) for kind in ("run", "nothing to do")]


def measured(
    kind: str, project: Path, times: int, seeds_per_job: int, extra: tuple[str, ...], arguments: list[str]
) -> dict[str, object]:
    output, seconds, peak = snakemake(project, times, seeds_per_job, [*extra, *arguments])
    totals = re.findall(r"^total +(\d+)", output, re.MULTILINE)
    jobs = int(totals[0]) if totals else 0
    values = (kind, times, SEEDS * times, seeds_per_job, " ".join(extra), jobs, round(seconds, 1))
    row = dict(zip(FIELDS, (*values, round(1000 * seconds / jobs, 1) if jobs else "", peak), strict=True))
    print(", ".join(f"{name} {value}" for name, value in row.items()), flush=True)
    return row


def snakemake(project: Path, times: int, seeds_per_job: int, arguments: list[str]) -> tuple[str, float, int]:
    """What a call says, its seconds, and its peak memory in MB."""
    command = [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]
    command += ["--config", f"seeds={SEEDS * times}", f"seeds_per_job={seeds_per_job}"]
    with tempfile.TemporaryFile("w+") as said:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=project, stdout=said, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        said.seek(0)
        output = said.read()
    assert status == 0, output[-3000:]
    return output, seconds, usage.ru_maxrss // 1024


if __name__ == "__main__":
    main()
