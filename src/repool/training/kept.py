"""What stands of a block of seeds beside what trains it: its lock, the records there are, and the file that names them.

Snakemake knows the file alone. It removes the outputs of a job before it starts it again, also while a trainer that
outlived a killed Snakemake still works on them: so a block is trained by one process at a time, and the next one finds
the records that this one wrote, and among the checkpoints a copy of the file, which says which of them are the same.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from repool.atomic import replacing, sweep
from repool.canonical import canonical, digest
from repool.digests import sha256_of
from repool.errors import UserError
from repool.fingerprint import training_code
from repool.schemas.block import BlockFile, block_key, block_name, named_seeds, read_block
from repool.schemas.card import read_card
from repool.schemas.progress import BlockProgress, heard_now, write_progress
from repool.schemas.record import Wanted, activations_of, is_whole, read_content
from repool.schemas.timing import read_timing, timing_of

SECONDS_BETWEEN_TRIES = 0.5


@dataclass(frozen=True)
class Place:
    """Where a block leaves what it has: `out` holds the records, and `activations` is the seed that keeps some."""

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

    @property
    def progress(self) -> Path:
        """How far the block is, while it trains or where it was left."""
        return self.checkpoints / f"{self.name}.progress.json"

    def record(self, seed: int) -> Path:
        """The record of a seed."""
        return self.out / f"seed-{seed:02d}.json"

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
            for folder in (self.out, self.checkpoints):
                sweep(folder)
            yield
        finally:
            lock.release()

    @contextmanager
    def telling(self, spec: dict[str, Any]) -> Iterator[None]:
        """Leave the sentence that ends a training where whoever asks how far the block is finds it."""
        try:
            yield
        except UserError as error:
            code = training_code(spec["model"]["family"])
            said = BlockProgress(spec_sha256=digest(spec), code=code, seeds=self.seeds, ended=str(error), **heard_now())
            with suppress(OSError):
                write_progress(self.progress, said)
            raise

    def lacking(self, spec: dict[str, Any], data: Path, device: str) -> list[int]:
        """The seeds without a whole record of this spec, of today's code, of these data and this device.

        An earlier training may have left the others: one that was killed after it wrote them, or of fewer seeds.
        """
        content = read_card(data / "card.json")["content_sha256"]
        wanted = Wanted(spec, code := training_code(spec["model"]["family"]))
        other = self._other_than_trained(block_key(spec, code))
        return [seed for seed in self.seeds if seed in other or not self._holds(seed, wanted, content, device)]

    def conclude(self, spec: dict[str, Any]) -> None:
        """Write the block's file, and remove those of other specs or code whose records these replaced."""
        key = block_key(spec, training_code(spec["model"]["family"]))
        own = block_name(self.seeds, key)
        for folder, ending in ((self.out, f".{key}.json"), (self.checkpoints, own)):
            for other in folder.glob("seeds-*.json"):
                if not other.name.endswith(ending) and set(named_seeds(other.name)) & set(self.seeds):
                    other.unlink(missing_ok=True)
        kept = [self.record(seed) for seed in self.seeds]
        shown = [] if self.activations is None else [activations_of(self.record(self.activations))]
        whole = BlockFile(
            records={path.name: sha256_of(path) for path in kept},
            activations={path.name: sha256_of(path) for path in shown},
        )
        for folder in (self.checkpoints, self.out):
            with replacing(folder / own) as temporary:
                temporary.write_text(canonical(whole.model_dump()) + "\n", encoding="utf-8")

    def _other_than_trained(self, key: str) -> set[int]:
        """Seeds whose record or activations are not what was trained, by the copy of the block's file."""
        try:
            named = read_block(self.checkpoints / block_name(self.seeds, key))
        except UserError:
            return set()
        there = {name: self.out / name for name in named.files if (self.out / name).is_file()}
        changed = {name for name, path in there.items() if sha256_of(path) != named.files[name]}
        return {
            seed for seed in self.seeds if {self.record(seed).name, activations_of(self.record(seed)).name} & changed
        }

    def _holds(self, seed: int, wanted: Wanted, content: str, device: str) -> bool:
        path = self.record(seed)
        try:
            record = read_content(path)
            read_timing(timing_of(path))
        except UserError:
            return False
        if wanted.refuses(record, path) or device not in ("auto", record.device):
            return False
        if (record.seed, record.method, record.data_sha256) != (seed, self.method, content):
            return False
        return seed != self.activations or is_whole(activations_of(path))
