"""Zip archives from the network: every member is checked before one is read, nothing is ever extracted to disk."""

import lzma
import stat
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from repool.errors import UserError

MAX_EXPANDED = 1_000_000_000  # bytes; the largest archive of the paper (DD) expands to 26 MB
MAX_RATIO = 200  # text of small numbers reaches about 10
UNREADABLE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, OSError)


def read_members(path: Path, wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """Contents of the members whose base name is wanted, by base name, wherever they lie in the archive.

    Raises UserError when the archive is cut or damaged, when any member (wanted or not) has an unsafe name, is a
    symbolic link or would expand absurdly, and when two wanted members have the same base name.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check_members(path, members)
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


def check_archive(path: Path) -> None:
    """Read every member of an archive once; raises UserError where it is unsafe, cut or damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_members(path, archive.infolist())
            broken = archive.testzip()
    except UNREADABLE as error:
        raise damaged(path, error) from error
    if broken is not None:
        raise damaged(path, ValueError(f"{broken} fails its own checksum"))


def damaged(path: Path, error: Exception) -> UserError:
    """The sentence for an archive that cannot be read."""
    return UserError(
        f"{path.name} is not a whole zip archive ({error}; {path.stat().st_size:,} bytes in {path.parent}). "
        "It was probably cut while it was copied or downloaded: get it again, then run the same command."
    )


def _check_members(path: Path, members: list[zipfile.ZipInfo]) -> None:
    for member in members:
        parts = member.filename.replace("\\", "/").split("/")
        if parts[0] == "" or ":" in parts[0] or ".." in parts:
            raise _refused(path, f"its member {member.filename!r} points outside of the archive")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise _refused(path, f"its member {member.filename!r} is a symbolic link")
    expanded, packed = sum(member.file_size for member in members), path.stat().st_size
    if expanded > min(MAX_EXPANDED, MAX_RATIO * packed):
        raise _refused(path, f"its {packed:,} bytes would expand to {expanded:,}")


def _refused(path: Path, reason: str) -> UserError:
    return UserError(f"{path.name} is refused: {reason}. This is not the published archive: get it from its source.")
