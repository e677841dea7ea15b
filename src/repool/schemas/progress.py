"""How far a block is, `checkpoints/seeds-00-09.progress.json`: what a training says of itself while it trains.

Who asks how far the runs are reads this file and nothing else, so it is renewed every few seconds and small.
"""

import os
import socket
import time
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from repool.atomic import lives, replacing
from repool.schemas.checked import Checked, checked
from repool.schemas.reading import read_json
from repool.schemas.record import laid_out

# A number of a process may be another's by now, and on another machine nobody sees it: so long without a word, a
# training counts as gone.
SECONDS_OF_SILENCE = 600.0

Count = Annotated[int, Field(ge=0)]
# The lowest and the highest of the seeds in training.
Span = Annotated[list[float], Field(min_length=2, max_length=2)]


class BlockProgress(Checked):
    """A block in training, or as it was left.

    Attributes:
        spec_sha256, code: what trains, by which code.
        seeds: of the block; `training`, `finished` and `failed` are how many of them there are.
        epoch, batch: whole epochs, and batches of the next one, of `batches`.
        validation, best: scores of the seeds in training; None before the first epoch.
        seconds_an_epoch: None before the first epoch.
        seconds_left: at least, by the patience of early stopping; None where it is not known.
        host, process: where it trains.
        heard: when it last said so, seconds since 1970.
        ended: why it trains no more, a sentence; empty while it does.
    """

    spec_sha256: str
    code: str
    seeds: list[Count]
    epoch: Count = 0
    batch: Count = 0
    batches: Count = 0
    training: Count = 0
    finished: Count = 0
    failed: Count = 0
    validation: Span | None = None
    best: Span | None = None
    seconds_an_epoch: float | None = None
    seconds_left: float | None = None
    host: str
    process: Count
    heard: float
    ended: str = ""

    @property
    def is_here(self) -> bool:
        """Whether it trains, or trained, on this machine."""
        return self.host == socket.gethostname()

    @property
    def silence(self) -> float:
        """Seconds since it was last heard of."""
        return max(time.time() - self.heard, 0.0)

    @property
    def runs(self) -> bool:
        """Whether it trains, as far as can be seen from here."""
        if self.ended or self.silence > SECONDS_OF_SILENCE:
            return False
        return not self.is_here or lives(self.process)


def heard_now() -> dict[str, Any]:
    """Where and when this process says something."""
    return {"host": socket.gethostname(), "process": os.getpid(), "heard": time.time()}


def read_progress(path: Path) -> BlockProgress:
    """What a block says of itself; raises UserError where the file is not sound."""
    return checked(BlockProgress, read_json(path), str(path))


def write_progress(path: Path, progress: BlockProgress) -> None:
    """Renew what a block says of itself."""
    with replacing(path) as temporary:
        temporary.write_text(laid_out(progress.model_dump()), encoding="utf-8")
