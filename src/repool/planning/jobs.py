"""The jobs that Snakemake would run, asked of Snakemake: a dry run whose log is read, so that no rule is known here."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from repool.errors import UserError
from repool.places import project

SNAKEFILES = ("Snakefile", "snakefile", "workflow/Snakefile", "workflow/snakefile")
PLUGINS = "workflow/lib"
FOLLOWS = "Input files updated by another job"
FORCED = "Forced execution"
# Of a message: where in code, and the head that says so.
PLACE = re.compile(r"  File |\w+(?:Error|Exception)(?: in .*)?:$")
SHOWN = 2_000


@dataclass(frozen=True)
class Job:
    """A job as Snakemake tells it.

    Attributes:
        rule, wildcards: which it is.
        reason: why it would run, in Snakemake's words.
        output: files, relative to the workflow's folder; `benchmark` one more, or None.
        threads, resources: what it asks for.
        command: what the shell would be given, or None.
    """

    rule: str
    wildcards: dict[str, str]
    reason: str
    output: list[str]
    benchmark: str | None
    threads: int
    resources: dict[str, Any]
    command: str | None

    @property
    def why(self) -> str:
        """The reason without files and values, and without what follows from other jobs where there is more."""
        kinds = [part.partition(": ")[0] for part in self.reason.split("; ") if part[:1].isupper()]
        return "; ".join([kind for kind in kinds if kind != FOLLOWS] or kinds)


@dataclass(frozen=True)
class Jobs:
    """All of them, and the folder that their paths start from."""

    folder: Path
    jobs: list[Job]


def planned(given: list[str]) -> Jobs:
    """What `snakemake` with these arguments would run; nothing is run or locked, so that a run may go on meanwhile.

    Raises UserError with what Snakemake says where it cannot plan.
    """
    ours = ["--logger", "repool", *_snakefile(given), "--dry-run", "--nolock"]
    command = [sys.executable, "-m", "snakemake", *ours, *given]
    path = os.pathsep.join([str(project() / PLUGINS), *filter(None, [os.environ.get("PYTHONPATH")])])
    made = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path})
    lines = [json.loads(line) for line in made.stdout.splitlines() if line.startswith('{"')]
    if made.returncode:
        raise UserError(f"Snakemake does not plan this. {_said(lines, made.stderr)}")
    folder = next((Path(line["folder"]) for line in lines if "folder" in line), Path.cwd())
    return Jobs(folder, [Job(**line["job"]) for line in lines if "job" in line])


def _snakefile(given: list[str]) -> list[str]:
    """This project's workflow, where none is given and the working folder has none of its own."""
    if {"--snakefile", "-s"} & set(given) or any(Path(name).is_file() for name in SNAKEFILES):
        return []
    return ["--snakefile", str(project() / "workflow" / "Snakefile")]


def _said(lines: list[dict[str, Any]], stderr: str) -> str:
    """What Snakemake says of a mistake, to its logger or before it has one, without places in code and usage."""
    text = "\n".join(line["mistake"] for line in lines if "mistake" in line) or stderr
    if (start := text.rfind(": error: ")) >= 0:
        return text[start:].removeprefix(": error: ").strip()
    said = [line for line in text.splitlines() if line.strip() and not PLACE.match(line)]
    # Of a traceback the last line says what is wrong; the lines above it are indented code.
    return (said[-1] if "Traceback" in text else "\n".join(said)).strip()[:SHOWN]
