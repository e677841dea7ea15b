"""The runs of a cell: records against the files of their blocks and themselves, with timings and activations."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from repool.digests import sha256_of
from repool.errors import UserError
from repool.schemas.adoption import adopted_as
from repool.schemas.block import BlockFile, block_key, named_seeds, read_block
from repool.schemas.record import NAME, Run, activations_of, is_whole, read_record
from repool.schemas.timing import read_timing, timing_of

AGAIN = "The next call of snakemake trains that seed again."


@dataclass(frozen=True)
class Blocks:
    """The files of a cell's blocks that can be read; what one of them names as it is stands, whatever others say."""

    read: dict[Path, BlockFile]

    @property
    def names(self) -> set[str]:
        """Every file that one of them names."""
        return {name for block in self.read.values() for name in block.files}

    def fault(self, path: Path) -> str:
        """What is wrong with a file by the blocks that name it; empty where nothing is, and where none does."""
        naming = {block: files.files[path.name] for block, files in self.read.items() if path.name in files.files}
        if not naming:
            return ""
        if not path.is_file():
            return f"{path} is gone, which {next(iter(naming)).name} names. {AGAIN}"
        if sha256_of(path) not in naming.values():
            return f"{path} is not what was trained: it was changed since (sha256). {AGAIN}"
        return ""

    def fault_of_key(self, path: Path, record: Run) -> str:
        """Whether the block's name is that of the record's spec and code, or of the code that it was adopted for."""
        codes = [record.code, *filter(None, [adopted_as(path, record.sha256)])]
        endings = tuple(f".{block_key(record.spec, code)}.json" for code in codes)
        for block, files in self.read.items():
            if path.name in files.records and not block.name.endswith(endings):
                return f"{path} was trained by another spec or code than {block.name} is named after. {AGAIN}"
        return ""


def check_cell(folder: Path) -> list[tuple[str, str]]:
    """(kind, what is wrong or nothing) of each file of a cell, by its name."""
    return list(_checked(folder))


def _checked(folder: Path) -> Iterator[tuple[str, str]]:
    read: dict[Path, BlockFile] = {}
    for path in sorted(path for path in folder.glob("seeds-*.json") if named_seeds(path.name)):
        try:
            read[path] = read_block(path)
            yield "blocks", ""
        except UserError as error:
            yield "blocks", f"{error} The next call of snakemake makes it again."
    blocks = Blocks(read)
    records = {path for path in folder.glob("seed-*.json") if NAME.fullmatch(path.name)}
    for path in sorted(records | {folder / name for name in blocks.names if NAME.fullmatch(name)}):
        yield "records", blocks.fault(path) or _record_fault(path, blocks)
        if path.is_file():
            yield "timings", _timing_fault(path)
        shown = activations_of(path)
        if shown.exists() or shown.name in blocks.names:
            yield "activations", blocks.fault(shown) or ("" if is_whole(shown) else f"{shown} is damaged. {AGAIN}")


def _record_fault(path: Path, blocks: Blocks) -> str:
    try:
        return blocks.fault_of_key(path, read_record(path))
    except UserError as error:
        return str(error)


def _timing_fault(record: Path) -> str:
    try:
        read_timing(timing_of(record))
    except UserError as error:
        return str(error)
    return ""
