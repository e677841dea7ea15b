"""Zip archives from the network: every member is checked before one is read, nothing is ever extracted to disk."""

import gzip
import io
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from repool.errors import UserError
from repool.schemas.sources import MAX_EXPANDED

MAX_RATIO = 200  # text of small numbers reaches about 10
# ValueError and struct.error: sizes and places in a damaged directory of members.
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, OSError, ValueError,
    OverflowError, struct.error,
)  # fmt: skip


def read_members(path: Path, wanted: Callable[[str], bool], largest: int = MAX_EXPANDED) -> dict[str, bytes]:
    """Contents of the members whose base name is wanted, by base name, wherever they lie in the archive.

    Raises UserError when the archive is cut or damaged, when any member (wanted or not) has an unsafe name, is a
    symbolic link or would expand absurdly, and when two wanted members have the same base name.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(path, archive, wanted, largest)
            return {name: archive.read(member) for name, member in members.items()}
    except UNREADABLE as error:
        raise damaged(path, error) from error


@contextmanager
def open_member(path: Path, name: str, largest: int = MAX_EXPANDED) -> Iterator[tuple[BinaryIO, int]]:
    """A stream over the one member of that base name, and its size; checked as `read_members` does.

    Its own checksum is compared when the context ends.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(path, archive, lambda found: found == name, largest)
            if name not in members:
                raise UserError(f"{path.name} holds no {name}. Get the archive anew from its source.")
            with archive.open(members[name]) as stream:
                yield cast(BinaryIO, stream), members[name].file_size
                while stream.read(1 << 20):
                    pass
    except UNREADABLE as error:
        raise damaged(path, error) from error


def check_archive(path: Path, wanted: Callable[[str], bool], largest: int = MAX_EXPANDED) -> tuple[str, ...]:
    """Read every member of an archive once; the base names of the wanted ones. Raises UserError as `read_members`."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = tuple(_members(path, archive, wanted, largest))
            broken = archive.testzip()
    except UNREADABLE as error:
        raise damaged(path, error) from error
    if broken is not None:
        raise damaged(path, ValueError(f"{broken} fails its own checksum"))
    return names


def gunzip(name: str, content: bytes, largest: int = MAX_EXPANDED) -> bytes:
    """The content of a gzip file; raises UserError where it is cut or damaged, or would expand absurdly."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            expanded = stream.read(largest + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"{name} is not a whole gzip file ({error}). Get it again from its source.") from error
    if len(expanded) > largest:
        raise UserError(f"{name} is refused: its {len(content):,} bytes expand to more than {largest:,}.")
    return expanded


def damaged(path: Path, error: Exception) -> UserError:
    """The sentence for an archive that cannot be read."""
    return UserError(
        f"{path.name} is not a whole zip archive ({error}; {path.stat().st_size:,} bytes in {path.parent}). "
        "It was probably cut while it was copied or downloaded: get it again, then run the same command."
    )


def _members(
    path: Path, archive: zipfile.ZipFile, wanted: Callable[[str], bool], largest: int
) -> dict[str, zipfile.ZipInfo]:
    """The wanted files of an archive by base name, without what a Mac adds of its own; checked as `read_members`."""
    _check_members(path, archive.infolist(), largest)
    members: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        parts = PurePosixPath(member.filename).parts
        if member.is_dir() or not parts or "__MACOSX" in parts or parts[-1].startswith("._"):
            continue
        if not wanted(parts[-1]):
            continue
        if parts[-1] in members:
            raise UserError(f"{path.name} holds {parts[-1]} more than once. Get the archive anew from its source.")
        members[parts[-1]] = member
    return members


def _check_members(path: Path, members: list[zipfile.ZipInfo], largest: int) -> None:
    for member in members:
        parts = member.filename.replace("\\", "/").split("/")
        if parts[0] == "" or ":" in parts[0] or ".." in parts:
            raise _refused(path, f"its member {member.filename!r} points outside of the archive")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise _refused(path, f"its member {member.filename!r} is a symbolic link")
    expanded, packed = sum(member.file_size for member in members), path.stat().st_size
    if expanded > min(largest, MAX_RATIO * packed):
        raise _refused(path, f"its {packed:,} bytes would expand to {expanded:,}")


def _refused(path: Path, reason: str) -> UserError:
    return UserError(f"{path.name} is refused: {reason}. This is not the published archive: get it from its source.")
