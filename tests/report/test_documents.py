"""Markdown as page and PDF print it: the marks that markdown-it reads, and what has no place there."""

import re

import pytest
from made_page import ROOT

from repool.errors import UserError
from repool.report.documents import Block, read_document


def document(folder, text: str):
    (folder / "made.md").write_text(text)
    return read_document(folder / "made.md")


def words(text: str) -> tuple[tuple[str, bool], ...]:
    return ((text, False),)


def test_the_document_of_deviations_is_read_to_the_end():
    parts = read_document(ROOT / "docs" / "deviations.md").parts
    blocks = [block for part in parts for block in part.blocks]
    assert sum(bool(block.table) for block in blocks) >= 8
    assert sum(len(block.points) for block in blocks) == 8, "a list is a list, not one paragraph"
    said = [text for block in blocks for row in [[block.paragraph], block.points, *block.table] for text in row]
    assert not [piece for text in said for piece, typed in text if not typed and ("`" in piece or "**" in piece)]


def test_a_deviation_is_printed_as_one_but_not_where_it_is_typed(tmp_path):
    made = document(tmp_path, "# Title\n\n76.8 +- 1.7, `a +- b`\n")
    assert made.parts[0].blocks == [Block((("76.8 ± 1.7, ", False), ("a +- b", True)))]


def test_signs_that_a_keyboard_lacks_are_printed_but_not_where_they_are_typed(tmp_path):
    made = document(
        tmp_path, "# T\n\n| a | b |\n|---|---|\n| 72 +- 2 (-5.6) | - |\n| -1.4; 1e-5; IMDB-2; `-1` | 0-4 |\n"
    )
    rows = made.parts[0].blocks[0].table[1:]
    assert rows[0] == [words("72 ± 2 (−5.6)"), words("–")]
    assert rows[1] == [(("−1.4; 1e-5; IMDB-2; ", False), ("-1", True)), words("0-4")]


def test_nothing_raw_is_left_in_the_document_of_deviations():
    blocks = [block for part in read_document(ROOT / "docs" / "deviations.md").parts for block in part.blocks]
    said = [text for block in blocks for row in [[block.paragraph], block.points, *block.table] for text in row]
    plain = [piece for text in said for piece, typed in text if not typed]
    raw = re.compile(r"\+-|\|\||\^|(?<![\w-])-(?=\d)|^-$|\d x \d")
    assert [piece for piece in plain if raw.search(piece)] == []


def test_a_document_is_headings_paragraphs_lists_and_tables_in_their_order(tmp_path):
    made = document(
        tmp_path,
        "# Title\n\nFirst\nparagraph.\n\n## A `part`\n\nBefore.\n\n|a|b|\n|:--|--|\n| **x** | [y](z.md) \\| `w_w` |\n\n"
        "- one\n- two,\n  *three*\n\n### Last\n\n1 < 2 & <b>\n",
    )
    assert made.title == "Title"
    assert [part.heading for part in made.parts] == ["", "A part", "Last"]
    assert made.parts[0].blocks == [Block(words("First paragraph."))]
    table = [[words("a"), words("b")], [words("x"), (("y | ", False), ("w_w", True))]]
    points = [words("one"), words("two, three")]
    assert made.parts[1].blocks == [Block(words("Before.")), Block(table=table), Block(points=points)]
    assert made.parts[2].blocks == [Block(words("1 < 2 & <b>"))]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("## Part\n\n|a|b|\n|---|---|\n|x|\n", r"made.md, line 5: the row has 1 fields, not 2: \|x\|\."),
        ("|a|b|\n|---|---|\n|x|`y|z`|\n", "line 3: the row has 3 fields, not 2"),
        ("Words.\n\n```\ncode\n```\n", "line 3: fence has no place on the page. Write headings, paragraphs"),
        ("- one\n  - two\n", "line 1: bullet list has no place on the page"),
        ("> said\n", "line 1: blockquote has no place on the page"),
    ],
)
def test_what_the_page_cannot_print_is_refused(tmp_path, text, message):
    with pytest.raises(UserError, match=message):
        document(tmp_path, text)
