"""What stands in `checkpoints/` beside the records of a block: its lock, and its finished records a second time.

Snakemake removes the outputs of a job before it starts it again, also while a trainer that outlived a killed Snakemake
still works on them. So a block is trained by one process at a time, and its records are kept as hard links under a name
that Snakemake does not know: who comes second finds them there. They take no further room on the disk.
"""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from repool.atomic import replacing, sweep
from repool.errors import UserError
from repool.fingerprint import fingerprint

SECONDS_BETWEEN_TRIES = 0.5


def code_of(spec: dict[str, Any]) -> str:
    """The fingerprint of the code that trains a spec."""
    return fingerprint("training.run", f"models.{spec['model']['family'].replace('-', '_')}")


@dataclass(frozen=True)
class Place:
    """Where a block leaves what it has: `out` holds the records, and `activations` is the seed that has some."""

    out: Path
    seeds: list[int]
    activations: int | None = None

    @property
    def checkpoints(self) -> Path:
        """The folder of everything that is no record."""
        return self.out / "checkpoints"

    @property
    def name(self) -> str:
        """The block's name in there."""
        return f"seeds-{self.seeds[0]:02d}-{self.seeds[-1]:02d}"

    @property
    def method(self) -> str:
        """The method, by the name of the folder."""
        return self.out.absolute().name

    def checkpoint(self, key: str) -> Path:
        """The state of a block in training; its key is that of everything that it depends on."""
        return self.checkpoints / f"{self.name}-{key}.pt"

    def finished(self, key: str) -> Path:
        """The folder of its finished records."""
        return self.checkpoints / f"{self.name}-{key}"

    def files(self) -> list[str]:
        """Every file of a finished block."""
        endings = ["json", "timing.json"]
        names = [f"seed-{seed:02d}.{ending}" for seed in self.seeds for ending in endings]
        return names + ([] if self.activations is None else [f"seed-{self.activations:02d}.activations.npz"])

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until no other process trains these seeds here, and sweep what killed ones left half-written."""
        from filelock import FileLock, Timeout

        self.checkpoints.mkdir(parents=True, exist_ok=True)
        path = self.checkpoints / f"{self.name}.lock"
        lock = FileLock(path, poll_interval=SECONDS_BETWEEN_TRIES, fallback_to_soft=False)
        try:
            try:
                lock.acquire(timeout=0)
            except Timeout:
                print(
                    f"another process trains these seeds here (`fuser {path}` names it): waiting for its records. "
                    "If they are not wanted any more, end it.",
                    flush=True,
                )
                lock.acquire()
        except (OSError, NotImplementedError) as error:
            # A lock that never ends is worse than none.
            print(f"note: this file system has no locks ({error}); start no block twice at a time", file=sys.stderr)
        try:
            for folder in (self.out, self.checkpoints, *self.checkpoints.glob(f"{self.name}-*/")):
                sweep(folder)
            yield
        finally:
            lock.release()

    def already_there(self, spec: dict[str, Any], data: Path, device: str) -> bool:
        """Whether a process has finished this block; its records then stand in `out` again, whoever removed them."""
        folders = [self.out, *sorted(self.checkpoints.glob(f"{self.name}-*/"))]
        if not any(self._complete(folder) for folder in folders):
            return False
        content = _content_of(data)
        for folder in folders:
            if self._complete(folder) and self._holds(folder, spec, content, device):
                self.bring(folder)
                return True
        return False

    def bring(self, folder: Path) -> None:
        """Put the records of a folder into `out`, as new as if they had been made now."""
        if folder == self.out:
            return
        for name in self.files():
            with replacing(self.out / name) as temporary:
                try:
                    temporary.hardlink_to(folder / name)
                except OSError:
                    shutil.copyfile(folder / name, temporary)
            (self.out / name).touch()

    def _complete(self, folder: Path) -> bool:
        return all((folder / name).is_file() for name in self.files())

    def _holds(self, folder: Path, spec: dict[str, Any], content: str, device: str) -> bool:
        """Whether every record here is whole, and of this spec, code, data and device."""
        from repool.schemas.record import Wanted, is_whole, read_content
        from repool.schemas.timing import read_timing

        wanted = Wanted(spec, code_of(spec))
        try:
            for seed in self.seeds:
                record = read_content(folder / f"seed-{seed:02d}.json")
                read_timing(folder / f"seed-{seed:02d}.timing.json")
                if wanted.refuses(record) or device not in ("auto", record.device):
                    return False
                if (record.seed, record.method, record.data_sha256) != (seed, self.method, content):
                    return False
        except UserError:
            return False
        return self.activations is None or is_whole(folder / self.files()[-1])


def _content_of(data: Path) -> str:
    """The hash of a prepared dataset, from its card."""
    from repool.schemas.reading import read_json

    return str(read_json(data / "card.json").get("content_sha256"))
