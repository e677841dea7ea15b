"""Errors that tell a person what is wrong, where, and what to do."""

import difflib
from collections.abc import Iterable


class UserError(Exception):
    """A mistake that its reader can mend: the command line prints the message alone and exits with 1."""


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence that names the nearest known name, if one is near, and all known ones."""
    known = sorted(known)
    by_folded = {candidate.casefold(): candidate for candidate in known}
    near = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    suggestion = f"Did you mean {by_folded[near[0]]}? " if near else ""
    return f"{suggestion}Known: {', '.join(known)}."
