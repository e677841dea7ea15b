"""What a file was when it was written: `.table_1.csv.sha256` beside `table_1.csv`, as `sha256sum --check` reads it.

Snakemake goes by time: to it, a file that was emptied or edited since is finished.
"""

import hashlib
from pathlib import Path

from repool.atomic import replacing


def write_digest(path: Path, content: bytes) -> None:
    """Say beside a file, which is in place already, what was written into it."""
    with replacing(digest_file(path)) as temporary:
        temporary.write_text(f"{hashlib.sha256(content).hexdigest()}  {path.name}\n", encoding="utf-8")


def digest_file(path: Path) -> Path:
    """Where the digest of a file stands."""
    return path.with_name(f".{path.name}.sha256")


def written_file(digest: Path) -> Path:
    """The file that a digest is of."""
    return digest.with_name(digest.name.removeprefix(".").removesuffix(".sha256"))


def fault(path: Path) -> str:
    """What is wrong with a file by its digest, in words that go on from its name; empty where nothing is."""
    try:
        found = sha256_of(path)
    except FileNotFoundError:
        return "is gone"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    try:
        named = digest_file(path).read_bytes().split(maxsplit=1)[:1]
    except OSError:
        return f"has no digest ({digest_file(path).name})"
    return "" if named == [found.encode()] else "is not what was written: it was changed since (sha256)"


def sha256_of(path: Path) -> str:
    """sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
