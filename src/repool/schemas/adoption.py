"""That a record of earlier code counts for later code, which a replay has shown: it stands in the record's sidecar.

The record itself stays as it was written, its own code with it. A seed that trains again gets another sidecar, so that
an adoption never outlives its record.
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from repool.errors import UserError
from repool.schemas.checked import Checked, checked
from repool.schemas.reading import read_json

Word = Annotated[str, Field(min_length=1)]


class Adoption(Checked):
    """For which code a record counts, and the replay that says so.

    Attributes:
        record: sha256 of the record that was adopted.
        code: the later code.
        replay: the file of the replay in the archive.
        date, processor: when and on what it ran.
        runs: how many runs were trained again.
        equal: how many of them to the last bit; the others within what another processor rounds otherwise.
    """

    record: Word
    code: Word
    replay: Word
    date: Word
    processor: Word
    runs: Annotated[int, Field(ge=1)]
    equal: Annotated[int, Field(ge=0)]


def adopted_as(record: Path, sha256: str) -> str | None:
    """The code that the record of a file counts for beside its own; None where its sidecar names none, or another."""
    try:
        content = read_json(record.with_suffix(".timing.json"))
        if not isinstance(content, dict) or content.get("adopted") is None:
            return None
        adoption = checked(Adoption, content["adopted"], str(record))
    except UserError:
        return None
    return adoption.code if adoption.record == sha256 else None
