"""report/captions/chapters.yaml: the chapters of the page and of the PDF, in their order."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from repool.artifacts import kinds
from repool.errors import UserError
from repool.schemas.checked import Checked, checked
from repool.schemas.reading import read_yaml


def _kind(name: str) -> str:
    try:
        return kinds.checked(name)
    except UserError as error:
        raise ValueError(str(error)) from None


class Chapter(Checked):
    """A part of the paper: what it is called, what it is about, and its artifacts in order, each with its kind."""

    name: str = Field(pattern="^[a-z0-9-]+$")
    title: Annotated[str, Field(min_length=1)]
    text: str
    artifacts: dict[Annotated[str, Field(pattern="^[a-z0-9_]+$")], Annotated[str, AfterValidator(_kind)]]


class Chapters(Checked):
    """All chapters; an artifact stands in one, and so does a name."""

    chapters: list[Chapter]

    @model_validator(mode="after")
    def _once(self) -> Self:
        names: set[str] = set()
        artifacts: set[str] = set()
        for chapter in self.chapters:
            if chapter.name in names:
                raise ValueError(f"two chapters have the name {chapter.name}. Give one another name.")
            names.add(chapter.name)
            for artifact in chapter.artifacts:
                if artifact in artifacts:
                    raise ValueError(f"{artifact} stands in two chapters. Leave it in one.")
                artifacts.add(artifact)
        return self


def read_chapters(path: Path) -> list[Chapter]:
    """The chapters of a file; raises UserError for what is no chapter or no kind, or stands twice."""
    return checked(Chapters, {"chapters": read_yaml(path)}, str(path)).chapters
