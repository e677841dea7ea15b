"""Words written by hand: captions and chapters."""

from dataclasses import dataclass
from pathlib import Path

from repool.errors import UserError
from repool.schemas import chapters
from repool.schemas.reading import read_text


@dataclass(frozen=True)
class Caption:
    """A title and paragraphs of plain text. The title begins with what the paper calls it: `Table 1. Scores`."""

    title: str
    paragraphs: list[str]

    @property
    def label(self) -> str:
        """What the paper calls it: Table 1."""
        return self.title.partition(". ")[0]

    @property
    def heading(self) -> str:
        """The title without that."""
        return self.title.partition(". ")[2] or self.title


@dataclass(frozen=True)
class Chapter:
    """A part of the paper, what it is about, and its artifacts in order."""

    name: str
    title: str
    paragraphs: list[str]
    artifacts: list[str]


def read_caption(path: Path) -> Caption:
    """A caption: the first paragraph is the title, the others are the text."""
    paragraphs = split(read_text(path))
    if not paragraphs:
        raise UserError(f"{path} is empty: its first paragraph is the title of the artifact.")
    return Caption(paragraphs[0], paragraphs[1:])


def read_chapters(path: Path) -> list[Chapter]:
    """The chapters of the page; UserError names an artifact in two chapters, or a kind that there is not."""
    return [Chapter(one.name, one.title, split(one.text), list(one.artifacts)) for one in chapters.read_chapters(path)]


def split(text: str) -> list[str]:
    """Paragraphs, each on one line."""
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n") if paragraph.strip()]
