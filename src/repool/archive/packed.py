"""JSON lines in an xz file, the same bytes for the same lines; from elsewhere they are hostile until read here."""

import json
import lzma
import math
from pathlib import Path
from typing import Any

from repool.atomic import replacing
from repool.canonical import canonical
from repool.errors import UserError

# A cell of the paper, 20 runs of up to 1,000 epochs, has 2 MB.
LARGEST = 64 * 2**20
# What the presets that write need is an eighth of it.
MEMORY = 128 * 2**20
LONGEST_TEXT = 2_000
DEEPEST = 20


def write_lines(path: Path, lines: list[dict[str, Any]]) -> None:
    """Write a line each; a file that has them already keeps its bytes."""
    text = "".join(f"{canonical(line)}\n" for line in lines).encode()
    packed = lzma.compress(text, preset=6 | lzma.PRESET_EXTREME)
    if path.is_file() and path.read_bytes() == packed:
        return
    with replacing(path) as temporary:
        temporary.write_bytes(packed)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a file, each a JSON object.

    Raises UserError where it is a link, cut, would expand absurdly, or a line is not an object of plain values: finite
    numbers, and texts that can be printed and hold no markup.
    """
    text = _expanded(path)
    return [_object(line, f"{path}, line {number}") for number, line in enumerate(text.splitlines(), 1)]


def read_plain(path: Path) -> dict[str, Any]:
    """A file that is one JSON object; raises UserError as `read_lines`."""
    content = _content(path)
    if len(content) > LARGEST:
        raise UserError(f"{path} is refused: it has {len(content):,} bytes, and {LARGEST:,} are the most.")
    return _object(content, str(path))


def _content(path: Path) -> bytes:
    if path.is_symlink():
        raise UserError(f"{path} is refused: it is a link, and an archive holds files alone.")
    try:
        if (size := path.stat().st_size) > LARGEST:
            raise UserError(f"{path} is refused: it has {size:,} bytes, and {LARGEST:,} are the most.")
        return path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"{path} does not exist.") from None


def _expanded(path: Path) -> bytes:
    content = _content(path)
    reader = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY)
    try:
        text = reader.decompress(content, max_length=LARGEST + 1)
    except lzma.LZMAError as error:
        raise UserError(f"{path} is not a whole xz file ({error}). Get it again from its source.") from None
    if len(text) > LARGEST:
        raise UserError(f"{path} is refused: its {len(content):,} bytes expand to more than {LARGEST:,}.")
    if not reader.eof:
        raise UserError(
            f"{path} is cut: its {len(content):,} bytes are no whole xz file. Get it again from its source."
        )
    if reader.unused_data:
        raise UserError(f"{path} is refused: {len(reader.unused_data):,} bytes stand behind its end.")
    return text


def _object(line: bytes, where: str) -> dict[str, Any]:
    try:
        value = json.loads(line.decode(), parse_constant=_finite, parse_float=_finite, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{where} is not valid JSON ({error}).") from None
    if not isinstance(value, dict):
        raise UserError(f"{where} is not an object but a {type(value).__name__}.")
    _check_plain(value, where)
    return value


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError(f"{text} is not a finite number")
    return number


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)!r} stands twice")
    return found


def _check_plain(value: Any, where: str, depth: int = 0) -> None:
    if depth > DEEPEST:
        raise UserError(f"{where} is refused: it is nested more than {DEEPEST} times.")
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT or not value.isprintable() or {"<", ">"} & set(value):
            raise UserError(
                f"{where} is refused: {value[:40]!r} holds markup, or what cannot be printed, or more than "
                f"{LONGEST_TEXT:,} characters."
            )
    elif isinstance(value, dict):
        for key, part in value.items():
            _check_plain(key, where, depth)
            _check_plain(part, where, depth + 1)
    elif isinstance(value, list):
        # Curves hold numbers alone, and most of an archive is curves.
        for part in value:
            if not isinstance(part, int | float):
                _check_plain(part, where, depth + 1)
