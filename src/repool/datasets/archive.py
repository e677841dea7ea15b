"""Zip archives from the network: every member is checked before one is read, nothing is ever extracted to disk."""

import gzip
import io
import lzma
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from repool.errors import UserError

MAX_EXPANDED = 1_000_000_000  # bytes, where a declaration names no other; DD, say, expands to 26 MB
MAX_RATIO = 200  # text of small numbers reaches about 10
UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, OSError)


def read_members(path: Path, wanted: Callable[[str], bool], largest: int = MAX_EXPANDED) -> dict[str, bytes]:
    """Contents of the members whose base name is wanted, by base name, wherever they lie in the archive.

    Raises UserError when the archive is cut or damaged, when any member (wanted or not) has an unsafe name, is a
    symbolic link or would expand absurdly, and when two wanted members have the same base name.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_members(path, members, largest)
            contents: dict[str, bytes] = {}
            for member in members:
                name = PurePosixPath(member.filename).name
                if member.is_dir() or not wanted(name):
                    continue
                if name in contents:
                    raise UserError(f"{path.name} holds {name} more than once. Get the archive anew from its source.")
                contents[name] = archive.read(member)
            return contents
    except UNREADABLE as error:
        raise damaged(path, error) from error


@contextmanager
def open_member(path: Path, name: str, largest: int = MAX_EXPANDED) -> Iterator[tuple[BinaryIO, int]]:
    """A stream over the one member of that base name, and its size; checked as `read_members` does.

    Its own checksum is compared when the context ends.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_members(path, members, largest)
            found = [member for member in members if PurePosixPath(member.filename).name == name]
            if len(found) != 1:
                number = "more than one" if found else "no"
                raise UserError(f"{path.name} holds {number} {name}. Get the archive anew from its source.")
            with archive.open(found[0]) as stream:
                yield cast(BinaryIO, stream), found[0].file_size
                while stream.read(1 << 20):
                    pass
    except UNREADABLE as error:
        raise damaged(path, error) from error


def check_archive(path: Path, largest: int = MAX_EXPANDED) -> None:
    """Read every member of an archive once; raises UserError where it is unsafe, cut or damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_members(path, archive.infolist(), largest)
            broken = archive.testzip()
    except UNREADABLE as error:
        raise damaged(path, error) from error
    if broken is not None:
        raise damaged(path, ValueError(f"{broken} fails its own checksum"))


def gunzip(name: str, content: bytes) -> bytes:
    """The content of a gzip file; raises UserError where it is cut or damaged, or would expand absurdly."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            expanded = stream.read(MAX_EXPANDED + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"{name} is not a whole gzip file ({error}). Get it again from its source.") from error
    if len(expanded) > MAX_EXPANDED:
        raise UserError(f"{name} is refused: its {len(content):,} bytes expand to more than {MAX_EXPANDED:,}.")
    return expanded


def damaged(path: Path, error: Exception) -> UserError:
    """The sentence for an archive that cannot be read."""
    return UserError(
        f"{path.name} is not a whole zip archive ({error}; {path.stat().st_size:,} bytes in {path.parent}). "
        "It was probably cut while it was copied or downloaded: get it again, then run the same command."
    )


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
