"""A sentence about tests: words, and the numbers of tests among them, which have one text and one name on the page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from repool.analysis.claims.asked import Asked


@dataclass(frozen=True)
class Mention:
    """A number of a test in a sentence, by the name that it has in claims.json: `estimate`, `low`, `high`, `margin`."""

    test: Asked
    number: str


Said = tuple[str | Mention, ...]


def joined(parts: Iterable[Said], between: str) -> Said:
    """Parts of a sentence, or sentences, with words between them; empty parts are none."""
    found = [part for part in parts if part]
    return tuple(piece for number, part in enumerate(found) for piece in ((between, *part) if number else part))


def as_json(said: Said, tests: Sequence[Asked]) -> list[str | dict[str, Any]]:
    """Words as they are, neighbours in one; a number by the place of its test among those of the claim, and its name.

    `tests` are all tests of the claim, in the order of claims.json.
    """
    places = {id(test): place for place, test in enumerate(tests)}
    pieces: list[str | dict[str, Any]] = []
    for piece in said:
        if isinstance(piece, Mention):
            pieces.append({"test": places[id(piece.test)], "number": piece.number})
        elif pieces and isinstance(pieces[-1], str):
            pieces[-1] += piece
        elif piece:
            pieces.append(piece)
    return pieces
