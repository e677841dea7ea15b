"""Documents written by hand in Markdown, as page and PDF print them."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from repool.errors import UserError
from repool.schemas.reading import read_text
from repool.words.numerals import MINUS

# Where one field of a row ends and the next begins.
BAR = re.compile(r"(?<!\\)\|")
# How a document writes on any keyboard a deviation, a minus and a field that is empty, and how each is printed.
PRINTED = ((re.compile(r"\+-"), "±"), (re.compile(r"(?<![\w.)-])-(?=\d)"), MINUS), (re.compile(r"^-$"), "–"))
# Pieces of a text, and whether each stood in backticks.
Written = tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Block:
    """A paragraph, the items of a list, or the rows of a table, its header first; the other two are empty."""

    paragraph: Written = ()
    points: list[Written] = field(default_factory=list)
    table: list[list[Written]] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """A heading, empty above the first one, and what stands under it."""

    heading: str
    blocks: list[Block]


@dataclass(frozen=True)
class Document:
    """A title and parts."""

    title: str
    parts: list[Part]


def read_document(path: Path) -> Document:
    """A Markdown file of headings, paragraphs, lists and tables.

    Words in backticks keep them and stay as they are; emphasis and the addresses of links go, +- is ±, and the hyphen
    of a negative number a minus.

    Raises UserError for what is none of these, and for a row of a table with another number of fields than its header,
    which Markdown would cut or fill.
    """
    text = read_text(path)
    parsed = SyntaxTreeNode(MarkdownIt("commonmark", {"html": False}).enable("table").parse(text))
    title, parts = path.stem, [Part("", [])]
    for node in parsed.children:
        if node.type == "heading" and node.tag == "h1":
            title = plain(node)
        elif node.type == "heading":
            parts.append(Part(plain(node), []))
        else:
            parts[-1].blocks.append(block(node, text.splitlines(), path))
    return Document(title, [part for part in parts if part.heading or part.blocks])


def block(node: SyntaxTreeNode, lines: list[str], path: Path) -> Block:
    """What stands under a heading, one block of it."""
    if node.type == "paragraph":
        return Block(paragraph=written(node))
    if node.type in ("bullet_list", "ordered_list") and all(map(is_one_paragraph, node.children)):
        return Block(points=[written(item) for item in node.children])
    if node.type == "table":
        rows = [row for part in node.children for row in part.children]
        for row in rows:
            check_width(row, len(rows[0].children), lines, path)
        return Block(table=[[written(cell) for cell in row.children] for row in rows])
    raise UserError(
        f"{path}, line {first_line(node) + 1}: {node.type.replace('_', ' ')} has no place on the page. Write headings, "
        "paragraphs, tables and lists of one paragraph each."
    )


def is_one_paragraph(item: SyntaxTreeNode) -> bool:
    """Whether an item of a list holds nothing else."""
    return [child.type for child in item.children] == ["paragraph"]


def check_width(row: SyntaxTreeNode, width: int, lines: list[str], path: Path) -> None:
    """Raises UserError for a row of another number of fields."""
    line = lines[first_line(row)].strip()
    found = len(BAR.split(line.removeprefix("|").removesuffix("|")))
    if found != width:
        raise UserError(f"{path}, line {first_line(row) + 1}: the row has {found} fields, not {width}: {line}.")


def first_line(node: SyntaxTreeNode) -> int:
    """Where a node begins, counted from 0."""
    return node.map[0] if node.map else 0


def plain(node: SyntaxTreeNode) -> str:
    """The words of a node."""
    return "".join(words for words, _ in written(node))


def written(node: SyntaxTreeNode) -> Written:
    """The words of a node, and which of them stood in backticks."""
    groups = itertools.groupby(pieces(node), key=lambda piece: piece[1])
    return tuple(("".join(words for words, _ in group), typed) for typed, group in groups)


def pieces(node: SyntaxTreeNode) -> Iterator[tuple[str, bool]]:
    """The same, a piece for each mark; a line end is a space."""
    for child in node.children:
        if child.type in ("softbreak", "hardbreak"):
            yield " ", False
        elif child.children:
            yield from pieces(child)
        else:
            typed = child.type == "code_inline"
            yield child.content if typed else printed(child.content), typed


def printed(text: str) -> str:
    """Words with the signs that a keyboard lacks."""
    for sign, instead in PRINTED:
        text = sign.sub(instead, text)
    return text
