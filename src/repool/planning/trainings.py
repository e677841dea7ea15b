"""Which runs the planned jobs would train, and why: read off their commands and what stands where they write."""

import argparse
import os
import shlex
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from repool.canonical import digest
from repool.errors import UserError
from repool.fingerprint import training_code
from repool.planning.jobs import Job
from repool.schemas.record import Wanted, read_record
from repool.training.kept import Place

TRAIN = ["python", "-m", "repool", "train"]
NEW = "no record yet"
DAMAGED = "its record is damaged"
CHANGED = "its files are not what was trained on these data"
# The records of a paper take one process some ten seconds.
JOBS_AT_A_TIME = 16


@dataclass(frozen=True)
class Training:
    """A job that trains: its cell, the seeds that it would train with why, and those whose records it would find."""

    job: Job
    method: str
    spec: dict[str, Any]
    data: Path
    why: dict[int, str]
    there: list[int]

    @property
    def dataset(self) -> str:
        """Of the cell."""
        return str(self.spec["dataset"])

    @property
    def family(self) -> str:
        """Of its models."""
        return str(self.spec["model"]["family"])

    @cached_property
    def spec_sha256(self) -> str:
        """By which records know it."""
        return digest(self.spec)

    @property
    def gpus(self) -> int:
        """GPUs that it asks for."""
        return int(self.job.resources.get("gpu", 0))


def trainings(folder: Path, jobs: Iterable[Job]) -> list[Training]:
    """Those of some jobs that train, with what stands in their folders.

    What a command means is asked of the command line itself, and which seeds it would train of what decides it there.
    """
    found = [(job, options) for job in jobs if (options := _options(job.command)) is not None]
    if len(found) <= JOBS_AT_A_TIME or not any((folder / options.out).is_dir() for _, options in found):
        return [_training(folder, job, options) for job, options in found]
    with ProcessPoolExecutor() as pool:
        folders, works, given = [folder] * len(found), *zip(*found, strict=True)
        return list(pool.map(_training, folders, works, given, chunksize=JOBS_AT_A_TIME))


def _options(command: str | None) -> argparse.Namespace | None:
    """The options of a command that trains; None of any other."""
    if command is None or not command.startswith(f"{' '.join(TRAIN)} "):
        return None
    words = shlex.split(command)
    return _parser().parse_args(words[len(TRAIN) - 1 : words.index(">")])


@cache
def _parser() -> argparse.ArgumentParser:
    from repool.cli import parser

    return parser()


def _training(folder: Path, job: Job, options: argparse.Namespace) -> Training:
    from repool.training.command import read_spec

    spec = read_spec(options.spec)
    place = Place(folder / options.out, options.seeds, options.activations)
    data = folder / options.data
    lacking = _lacking(place, spec, data)
    there = [seed for seed in options.seeds if seed not in lacking]
    return Training(job, place.method, spec, data, {seed: _why(place, seed, spec) for seed in lacking}, there)


def _lacking(place: Place, spec: dict[str, Any], data: Path) -> list[int]:
    if not any(place.record(seed).exists() for seed in place.seeds):
        return place.seeds
    try:
        return place.lacking(spec, data, os.environ.get("REPOOL_DEVICE", "auto"))
    except UserError:  # the data have no card yet: what they will be decides
        return place.seeds


def _why(place: Place, seed: int, spec: dict[str, Any]) -> str:
    path = place.record(seed)
    if not path.exists():
        return NEW
    try:
        record = read_record(path)
    except UserError:
        return DAMAGED
    if refused := Wanted(spec, training_code(spec["model"]["family"])).refuses(record, path):
        return f"its record is of {refused}"
    return CHANGED
