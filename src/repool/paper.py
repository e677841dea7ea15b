"""The artifacts of the paper and the kind of each, as report/captions/chapters.yaml has them."""

import functools

from repool.errors import UserError, nearest
from repool.places import project_file
from repool.schemas.chapters import read_chapters

CHAPTERS = "report/captions/chapters.yaml"


@functools.cache
def kinds() -> dict[str, str]:
    """The kind of every artifact by its name, in the order of the chapters."""
    return {name: kind for chapter in read_chapters(project_file(CHAPTERS)) for name, kind in chapter.artifacts.items()}


def kind(artifact: str) -> str:
    """The kind of an artifact; UserError with the nearest name if there is none."""
    if artifact not in kinds():
        raise UserError(f"{artifact} is not an artifact. {nearest(artifact, kinds())}")
    return kinds()[artifact]
