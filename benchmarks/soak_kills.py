"""Which processes of a soak are killed, when and how."""

import os
import random
import signal
import subprocess
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import psutil

SECONDS_BETWEEN_LOOKS = 0.004
SECONDS_BETWEEN_LISTS = 0.1
# What is waited for in the life of a training, and at most how many seconds more; all of it is a little longer.
MOMENTS = {"start": 4.0, "checkpoint": 0.4, "record": 0.02}
SIGNALS = ("SIGKILL", "SIGHUP", "SIGTERM")
TARGETS = ("training", "snakemake", "everything")


@dataclass(frozen=True)
class Kill:
    """A signal to a training, to Snakemake alone or to all that runs, a time after a moment in the training's life.

    Attributes:
        spared: how many trainings are let alone before.
    """

    target: str
    signal: str
    moment: str
    delay: float
    spared: int


@dataclass(frozen=True)
class Training:
    """A process that trains a block; `began` by the clock of files."""

    pid: int
    out: Path
    seeds: range
    began: float


def drawn(number: int, kills: int) -> list[Kill]:
    """The kills of a soak; the same for the same number. Every pair of a target and a signal comes up in turn."""
    draw = random.Random(number)
    # Trainings are most of what runs.
    pairs = [(target, kind) for target in (*TARGETS, "training") for kind in SIGNALS]
    found = []
    while len(found) < kills:
        draw.shuffle(pairs)
        for target, kind in pairs:
            moment = draw.choice(list(MOMENTS))
            delay = draw.uniform(0, MOMENTS[moment])
            found.append(Kill(target, kind, moment, delay, draw.choice((0, 0, 1))))
    return found[:kills]


class Killer:
    """Kills by a list while calls of Snakemake run.

    Attributes:
        done: the kills that were made.
        ever: the process numbers of all trainings that were seen.
    """

    def __init__(self, kills: list[Kill], runs: Path):
        self.waiting, self.runs = kills[::-1], runs
        self.done: list[Kill] = []
        self.ever: set[int] = set()
        self.sessions: set[int] = set()
        self.looked_at: set[int] = set()
        self.spared = 0
        self.chosen: Training | None = None
        self.due: float | None = None
        self.listed, self.found = 0.0, []

    def accompany(self, process: subprocess.Popen) -> int:
        """Kill by the list until the call ends; how many kills it had."""
        before = len(self.done)
        self.sessions.add(process.pid)
        self.chosen, self.due = None, None
        while process.poll() is None:
            self._look(process)
            time.sleep(SECONDS_BETWEEN_LOOKS)
        return len(self.done) - before

    def _look(self, process: subprocess.Popen) -> None:
        trainings = self.trainings()
        if not self.waiting:
            return
        kill = self.waiting[-1]
        if self.chosen is None:
            self.chosen = self._next(trainings, kill.spared)
        elif self.chosen not in trainings:
            self.chosen, self.due = None, None
        elif self.due is None:
            self.due = time.monotonic() + kill.delay if self.reached(self.chosen, kill.moment) else None
        elif time.monotonic() >= self.due:
            if self.made(kill, self.chosen, process):
                self.done.append(self.waiting.pop())
                self.spared = 0
            self.chosen, self.due = None, None

    def _next(self, trainings: list[Training], spared: int) -> Training | None:
        """The next training that was not looked at yet, after so many that are let alone."""
        for training in trainings:
            if training.pid not in self.looked_at:
                self.looked_at.add(training.pid)
                if self.spared >= spared:
                    return training
                self.spared += 1
        return None

    def trainings(self) -> list[Training]:
        """The trainings that run, newest last."""
        if time.monotonic() - self.listed > SECONDS_BETWEEN_LISTS:
            self.listed, self.found = time.monotonic(), sorted(self._listed(), key=lambda training: training.began)
            self.ever |= {training.pid for training in self.found}
        return self.found

    def reached(self, training: Training, moment: str) -> bool:
        """Whether a training has come so far."""
        if moment == "start":
            return True
        if moment == "checkpoint":
            name = f"checkpoints/seeds-{training.seeds[0]:02d}-{training.seeds[-1]:02d}-*.pt"
            return any(training.out.glob(name))
        return any(self._is_newer(training.out / f"seed-{seed:02d}.json", training) for seed in training.seeds)

    def made(self, kill: Kill, training: Training, process: subprocess.Popen) -> bool:
        """Send the signal; false where there is nothing any more that it could be sent to."""
        number = signal.Signals[kill.signal]
        try:
            if kill.target == "training":
                os.kill(training.pid, number)
            elif kill.target == "snakemake":
                process.send_signal(number)
            else:
                os.killpg(process.pid, number)
        except ProcessLookupError:
            return False
        return True

    def wait_for_the_last(self) -> None:
        """Until nothing runs any more that outlived its Snakemake."""
        while self._listed():
            time.sleep(SECONDS_BETWEEN_LISTS)

    def end(self) -> None:
        """End what still runs."""
        for process in psutil.process_iter():
            if self._is_ours(process.pid):
                process.kill()

    def _listed(self) -> list[Training]:
        found = []
        for process in psutil.process_iter(["cmdline", "create_time"]):
            words = process.info["cmdline"] or []
            if words[1:4] == ["-m", "repool", "train"] and self._is_ours(process.pid):
                given = dict(pairwise(words))
                first, _, last = given["--seeds"].partition("-")
                out = self.runs / Path(given["--out"]).name
                began = process.info["create_time"]
                found.append(Training(process.pid, out, range(int(first), int(last) + 1), began))
        return found

    def _is_ours(self, pid: int) -> bool:
        try:
            return os.getsid(pid) in self.sessions
        except ProcessLookupError:
            return False

    def _is_newer(self, path: Path, training: Training) -> bool:
        try:
            return path.stat().st_mtime > training.began
        except FileNotFoundError:
            return False
