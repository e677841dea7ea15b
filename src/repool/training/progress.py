"""How far a block is: one line that renews itself on a terminal, plain lines now and then in a log."""

import sys
import time
from typing import TextIO

from tqdm import tqdm

from repool.training.block import Block

SECONDS_BETWEEN_LINES = 10.0


class Progress:
    """Shows epoch, scores and the time that is left at most (a block usually stops early)."""

    def __init__(self, block: Block, title: str, stream: TextIO = sys.stderr):
        self.block, self.title, self.stream = block, title, stream
        self.first_epoch, self.started = block.epoch, time.monotonic()
        self.last_line = -float("inf")
        self.bar = None
        if stream.isatty():
            self.bar = tqdm(total=block.batches, desc=title, unit="step", file=stream, leave=False, mininterval=0.5)

    def step(self) -> None:
        """Count a step."""
        if self.bar is not None:
            self.bar.update()

    def epoch(self) -> None:
        """Tell of an epoch that ended."""
        if self.bar is not None:
            self.bar.reset(total=self.block.batches)
            self.bar.set_description(f"{self.title} {self._state()}")
        elif time.monotonic() - self.last_line > SECONDS_BETWEEN_LINES or not self.block.live:
            print(f"{self.title} {self._state()}", file=self.stream, flush=True)
            self.last_line = time.monotonic()

    def close(self) -> None:
        """Leave the terminal clean."""
        if self.bar is not None:
            self.bar.close()

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
        block = self.block
        if not block.live:
            return "done"
        pace = (time.monotonic() - self.started) / max(block.epoch - self.first_epoch, 1)
        patience = max(block.protocol["stop_patience"] - block.epoch + run.plateau.best_epoch for run in block.live)
        soonest = min(patience, block.protocol["max_epochs"] - block.epoch)
        return f"{pace:.1f} s an epoch, at least {_duration(pace * soonest)} left"


def _range(values: list[float]) -> str:
    low, high = min(values), max(values)
    return f"{low:.4g}" if low == high else f"{low:.4g} to {high:.4g}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
