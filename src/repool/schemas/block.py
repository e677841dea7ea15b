"""What a training leaves for its block of seeds: which records it has, each by its content.

The file stands beside the records, `seeds-00-09.KEY.json`; the key says what was trained by which code, so that records
of another configuration never stand for this one's, also where nothing else remembers how they were made.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from repool.canonical import digest
from repool.digests import sha256_of
from repool.errors import UserError
from repool.schemas.checked import Checked, checked
from repool.schemas.reading import read_json
from repool.schemas.record import activations_of as kept_activations
from repool.schemas.timing import timing_of

NAME = re.compile(r"seeds-(\d+)-(\d+)\.([0-9a-f]{12})\.json")


class BlockFile(Checked):
    """Files of a block by name, each with the sha256 of its bytes; `activations` of the seeds that keep some."""

    records: dict[str, str]
    activations: dict[str, str]

    @property
    def files(self) -> dict[str, str]:
        """Both."""
        return self.records | self.activations


def block_key(spec: dict[str, Any], code: str) -> str:
    """The key of a spec under a training code, 12 hexadecimal digits."""
    return digest([spec, code])[:12]


def block_name(seeds: list[int], key: str) -> str:
    """The name of a block's file: its first and last seed, and the key."""
    return f"seeds-{seeds[0]:02d}-{seeds[-1]:02d}.{key}.json"


def named_seeds(name: str) -> range:
    """The seeds of a block's file by its name; none for any other file."""
    match = NAME.fullmatch(name)
    return range(int(match[1]), int(match[2]) + 1) if match else range(0)


def read_block(path: Path) -> BlockFile:
    """A block's file; raises UserError where it is not one, or names other files than those of its seeds."""
    block = checked(BlockFile, read_json(path), str(path))
    records = [path.with_name(f"seed-{seed:02d}.json") for seed in named_seeds(path.name)]
    shown = {kept_activations(record).name for record in records}
    if set(block.records) != {record.name for record in records} or not shown.issuperset(block.activations):
        raise UserError(f"{path} names other files than those of its seeds. Train it again: rm {path}, then snakemake.")
    return block


def is_as_trained(path: Path) -> bool:
    """Whether all that a block's file names stands as it was trained, each record with its timing."""
    try:
        block = read_block(path)
        same = all(sha256_of(path.with_name(name)) == sha256 for name, sha256 in block.files.items())
    except (UserError, OSError):
        return False
    return same and all(timing_of(path.with_name(name)).is_file() for name in block.records)


def records_of(paths: Iterable[Path]) -> list[Path]:
    """Records, for some of which their block's file may stand; raises UserError where one is not the block's."""
    found: list[Path] = []
    for path in paths:
        found += _own(path, read_block(path).records) if NAME.fullmatch(path.name) else [path]
    return found


def activations_of(paths: Iterable[Path]) -> list[Path]:
    """Activations, for some of which their block's file may stand; raises UserError where one is not the block's."""
    found: list[Path] = []
    for path in paths:
        found += _own(path, read_block(path).activations) if NAME.fullmatch(path.name) else [path]
    return found


def _own(block: Path, files: dict[str, str]) -> list[Path]:
    for name, sha256 in files.items():
        path = block.with_name(name)
        if not path.is_file():
            raise UserError(f"{path} is gone, which {block.name} names. {_again(block)}")
        if sha256_of(path) != sha256:
            raise UserError(f"{path} is not what was trained: it was changed since (sha256). {_again(block, path)}")
    return [block.with_name(name) for name in files]


def _again(block: Path, *others: Path) -> str:
    return f"Train it again: rm {' '.join(map(str, [block, *others]))}, then the same command."


def consecutive(seeds: Iterable[int]) -> list[list[int]]:
    """Seeds, sorted, in ranges without a gap."""
    found: list[list[int]] = []
    for seed in sorted(seeds):
        if found and found[-1][-1] == seed - 1:
            found[-1].append(seed)
        else:
            found.append([seed])
    return found
