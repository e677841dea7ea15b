"""Some keys of a record, or of its sidecar, by a look at its lines: a record has a key a line, and its curves are long.

A look finds no mistake in what it does not read; `read_record` does.
"""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any


def glimpse(content: bytes, keys: Collection[str]) -> dict[str, Any] | None:
    """The values of some keys, those that are there; None where the content was not written to its end."""
    if not content.endswith(b"\n}\n"):
        return None
    found = {}
    for line in content.split(b"\n"):
        name, _, value = line.removeprefix(b' "').partition(b'": ')
        if line.startswith(b' "') and (key := name.decode(errors="replace")) in keys:
            try:
                found[key] = json.loads(value.removesuffix(b","))
            except ValueError:
                return None
    return found


def glimpse_of(path: Path, keys: Collection[str]) -> dict[str, Any] | None:
    """The same of a file; None also where there is none."""
    try:
        return glimpse(path.read_bytes(), keys)
    except OSError:
        return None
