"""How far a block is: one line that renews itself on a terminal, plain lines now and then in a log, and a small file.

The file is for whoever asks how far all blocks are (`repool status`); a training goes on where it cannot be written.
"""

import contextlib
import math
import sys
import time
from pathlib import Path
from typing import Any, TextIO

from tqdm import tqdm

from repool.schemas.progress import BlockProgress, heard_now, write_progress
from repool.training.block import Block

SECONDS_BETWEEN_LINES = 10.0
SECONDS_BETWEEN_FILES = 5.0


class Progress:
    """Shows epoch, scores and the time that is left if no score improves any more.

    Args:
        block: in training.
        title: what the lines begin with.
        file: renewed every few seconds.
        said: what stands in the file of the block whatever its epoch.
        stream: of the lines.
    """

    def __init__(self, block: Block, title: str, file: Path, said: BlockProgress, stream: TextIO = sys.stderr):
        self.block, self.title, self.file, self.said, self.stream = block, title, file, said, stream
        self.first_epoch, self.started = block.epoch, time.monotonic()
        self.last_epoch = self.started
        self.last_line = self.last_file = -math.inf
        self.bar = None
        if stream.isatty():
            self.bar = tqdm(total=block.batches, desc=title, unit="step", file=stream, leave=False, mininterval=0.5)
        self._write()

    def step(self) -> None:
        """Count a step."""
        if self.bar is not None:
            self.bar.update()
        if time.monotonic() - self.last_file > SECONDS_BETWEEN_FILES:
            self._write()

    def epoch(self) -> None:
        """Tell of an epoch that ended."""
        self.last_epoch = time.monotonic()
        if self.bar is not None:
            self.bar.reset(total=self.block.batches)
            self.bar.set_description(f"{self.title} {self._state()}")
        elif time.monotonic() - self.last_line > SECONDS_BETWEEN_LINES or not self.block.live:
            print(f"{self.title} {self._state()}", file=self.stream, flush=True)
            self.last_line = time.monotonic()

    def close(self, ended: str = "") -> None:
        """Leave the terminal clean, and in the file why the training ended before its end, if it did."""
        if self.bar is not None:
            self.bar.close()
        self._write(ended)

    def _write(self, ended: str = "") -> None:
        self.last_file = time.monotonic()
        with contextlib.suppress(OSError):
            write_progress(self.file, self.said.model_copy(update={**self._numbers(), "ended": ended, **heard_now()}))

    def _numbers(self) -> dict[str, Any]:
        block = self.block
        runs = [run for run in block.live if run.curves["validation"]]
        pace = self._pace()
        return {
            "epoch": block.epoch,
            "batch": block.batch,
            "batches": block.batches,
            "training": len(block.live),
            "finished": sum(not run.failure for run in block.finished),
            "failed": sum(run.failure is not None for run in block.finished),
            "validation": _span([run.curves["validation"][-1] for run in runs]),
            "best": _span([abs(run.plateau.best_score) for run in runs]),
            "seconds_an_epoch": pace,
            "seconds_left": None if pace is None else max(pace * self._epochs_left() - self._since_epoch(), 0.0),
        }

    def _state(self) -> str:
        block = self.block
        scored = [run for run in block.finished if not run.failure]
        failed = len(block.finished) - len(scored)
        counts = f"{len(block.live)} training, {len(scored)} finished" + (f", {failed} failed" if failed else "")
        runs = block.live or scored
        if not runs:
            return f"epoch {block.epoch}: {counts}"
        validation = [run.curves["validation"][-1] for run in runs]
        best = [abs(run.plateau.best_score) for run in runs]
        return f"epoch {block.epoch}: {counts}; validation {_range(validation)}, best {_range(best)}; {self._left()}"

    def _left(self) -> str:
        pace = self._pace()
        if not self.block.live or pace is None:
            return "done"
        return f"{pace:.1f} s an epoch, at least {_duration(pace * self._epochs_left())} left"

    def _pace(self) -> float | None:
        """Seconds an epoch since this process began; None where it has not ended one."""
        epochs = self.block.epoch - self.first_epoch
        return (self.last_epoch - self.started) / epochs if epochs else None

    def _since_epoch(self) -> float:
        return time.monotonic() - self.last_epoch

    def _epochs_left(self) -> int:
        """After which the last seed may stop, if no score improves any more."""
        block, protocol = self.block, self.block.protocol
        patience = [protocol["stop_patience"] - block.epoch + run.plateau.best_epoch for run in block.live]
        return min(max(patience, default=0), protocol["max_epochs"] - block.epoch)


def _span(values: list[float]) -> list[float] | None:
    finite = [value for value in values if math.isfinite(value)]
    return [min(finite), max(finite)] if finite else None


def _range(values: list[float]) -> str:
    low, high = min(values), max(values)
    return f"{low:.4g}" if low == high else f"{low:.4g} to {high:.4g}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
