"""Errors that tell a person what is wrong, where, and what to do."""

import difflib
from collections.abc import Iterable


class UserError(Exception):
    """A mistake that its reader can mend: the command line prints the message alone and exits with 1."""


# So many names hide the one that was meant.
MANY = 60


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence that names the nearest known name, if one is near, and all known ones unless those are very many."""
    known = sorted(known)
    by_folded = {candidate.casefold(): candidate for candidate in known}
    near = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    listed = f"Known: {', '.join(known)}."
    if not near:
        return listed
    suggestion = f"Did you mean {by_folded[near[0]]}?"
    return suggestion if len(known) > MANY else f"{suggestion} {listed}"
