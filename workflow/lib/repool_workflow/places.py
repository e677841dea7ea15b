"""The project's own files as the rules name them: neither a plan nor a command may know where the project lies."""

import hashlib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]


def here(path: str) -> str:
    """A file of the project, to be read while the rules are read."""
    return path if runs_in_the_project() else str(PROJECT / path)


def own(*patterns: str) -> list[str]:
    """Files of the project as inputs, so that newer ones count; none from elsewhere, where `content` alone tells."""
    return files(*patterns) if runs_in_the_project() else []


def content(*patterns: str) -> str:
    """A digest of files of the project, for `params`: the same wherever they lie; 16 hexadecimal digits."""
    joined = hashlib.sha256()
    for path in files(*patterns):
        joined.update(f"{path} ".encode())
        joined.update(hashlib.sha256((PROJECT / path).read_bytes()).digest())
    return joined.hexdigest()[:16]


def files(*patterns: str) -> list[str]:
    """The files that some patterns name, relative to the project."""
    found = {path for pattern in patterns for path in PROJECT.glob(pattern) if path.is_file()}
    return sorted(path.relative_to(PROJECT).as_posix() for path in found)


def runs_in_the_project() -> bool:
    """Whether the working folder is the project, whatever links lead there."""
    return Path.cwd().resolve() == PROJECT
