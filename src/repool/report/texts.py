"""Words written by hand: captions, chapters, and documents that hold a table."""

import re
from dataclasses import dataclass
from pathlib import Path

from repool.errors import UserError
from repool.schemas import chapters
from repool.schemas.reading import read_text

RULER = re.compile(r"\|?(\s*:?-+:?\s*\|?)+")
LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
MARKS = re.compile(r"\*\*")
CELL = re.compile(r"(?<!\\)\|")


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


@dataclass(frozen=True)
class Part:
    """A heading (empty above the first), paragraphs, and a table (its first row the header) that may be empty."""

    heading: str
    paragraphs: list[str]
    table: list[list[str]]


@dataclass(frozen=True)
class Document:
    """A title and parts."""

    title: str
    parts: list[Part]


def read_caption(path: Path) -> Caption:
    """A caption: the first paragraph is the title, the others are the text."""
    paragraphs = split(read_text(path))
    if not paragraphs:
        raise UserError(f"{path} is empty: its first paragraph is the title of the artifact.")
    return Caption(paragraphs[0], paragraphs[1:])


def read_chapters(path: Path) -> list[Chapter]:
    """The chapters of the page; UserError names an artifact in two chapters, or a kind that there is not."""
    return [Chapter(one.name, one.title, split(one.text), list(one.artifacts)) for one in chapters.read_chapters(path)]


def read_document(path: Path) -> Document:
    """A Markdown file of headings, paragraphs and tables, one table a heading.

    Words in backticks keep them (see `spans`); emphasis and the addresses of links go.
    """
    lines = MARKS.sub("", LINK.sub(r"\1", read_text(path))).splitlines()
    title = next((line.lstrip("# ") for line in lines if line.startswith("# ")), path.stem)
    parts: list[Part] = []
    heading, body = "", list[str]()
    for line in [*(line for line in lines if not line.startswith("# ")), "## "]:
        if line.startswith("#"):
            if heading or "".join(body).strip():
                parts.append(part(heading, body))
            heading, body = line.lstrip("# "), []
        else:
            body.append(line)
    return Document(title, parts)


def part(heading: str, lines: list[str]) -> Part:
    """What stands under one heading."""
    rows = [line.strip() for line in lines if line.lstrip().startswith("|")]
    table = [
        [cell.strip().replace(r"\|", "|") for cell in CELL.split(row.strip("|"))]
        for row in rows
        if not RULER.fullmatch(row)
    ]
    for row in table:
        if len(row) != len(table[0]):
            raise UserError(f"The table under {heading!r} has a row of {len(row)} cells, not {len(table[0])}: {row}.")
    paragraphs = split("\n".join(line for line in lines if not line.lstrip().startswith("|")))
    return Part(heading, paragraphs, table)


def spans(text: str) -> list[tuple[str, bool]]:
    """Pieces of a text, and whether each stood in backticks."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return [(text, False)]
    return [(piece, number % 2 == 1) for number, piece in enumerate(pieces) if piece]


def split(text: str) -> list[str]:
    """Paragraphs, each on one line."""
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n") if paragraph.strip()]
