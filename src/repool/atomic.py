"""Files that are either whole or not there."""

import os
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# After so long, what another machine has half-written belongs to nobody any more.
SECONDS_OF_THE_OLD = 7 * 24 * 3600.0
PART = re.compile(r"\..+\.(?P<host>[^.]+)\.(?P<process>\d+)\.part")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary name beside `path`; what is written there takes the final name at the end, or is removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{_host()}.{os.getpid()}.part")
    try:
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove what killed processes have left half-written in a folder."""
    for path in folder.glob(".*.part"):
        if (match := PART.fullmatch(path.name)) and _abandoned(path, match["host"], int(match["process"])):
            path.unlink(missing_ok=True)


def _abandoned(path: Path, host: str, process: int) -> bool:
    try:
        if time.time() - path.stat().st_mtime > SECONDS_OF_THE_OLD:
            return True
    except FileNotFoundError:
        return False
    return host == _host() and not lives(process)


def _host() -> str:
    return socket.gethostname().partition(".")[0]


def lives(process: int) -> bool:
    """Whether a process of this machine is there, whoever's it is."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
