from pathlib import Path

import pytest
from made_page import ROOT

from repool.errors import UserError
from repool.paper import kinds
from repool.report.texts import Caption, read_chapters, read_document, spans


def test_every_artifact_stands_in_one_chapter_and_has_a_caption():
    captions = ROOT / "report" / "captions"
    chapters = read_chapters(captions / "chapters.yaml")
    assert sorted(name for chapter in chapters for name in chapter.artifacts) == sorted(kinds())
    assert {path.stem for path in captions.glob("*.txt")} == set(kinds())


def test_the_document_of_deviations_has_one_table_a_heading():
    document = read_document(ROOT / "docs" / "deviations.md")
    assert sum(bool(part.table) for part in document.parts) >= 8


def test_a_caption_knows_what_the_paper_calls_it():
    caption = Caption("Table S5. MinCutPool and its variants. More", [])
    assert (caption.label, caption.heading) == ("Table S5", "MinCutPool and its variants. More")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "- {name: a, title: b, text: c, artifacts: {table_1: comparsion}}",
            r"chapters\[0\]\.artifacts\.table_1: comparsion is not a kind of artifact\. Did you mean comparison\?",
        ),
        ("- {name: a, title: b, text: c, artifacts: {x: curves, x: curves}}", "the key x stands twice"),
        (
            "- {name: a, title: b, text: c, artifacts: {x: gaps}}\n"
            "- {name: d, title: e, text: f, artifacts: {x: gaps}}",
            "x stands in two chapters",
        ),
        (
            "- {name: a, title: b, text: c, artifacts: {}}\n- {name: a, title: d, text: e, artifacts: {}}",
            "two chapters have the name a",
        ),
        ("- {name: a, title: b, text: c, artifacts: [table_1]}", r"artifacts: a mapping \(key: value\) belongs here"),
        ("- {name: a}", r"chapters\[0\] lacks title"),
        ("- {name: a, title: b, txet: c, artifacts: {}}", r"txet is not a key .*Did you mean text\?"),
        ("- {name: 'a b', title: b, text: c, artifacts: {}}", r"chapters\[0\]\.name: .*found a b"),
        ("name: a", "chapters: a list belongs here"),
        ("[", "is not valid YAML"),
    ],
)
def test_wrong_chapters_are_explained(tmp_path: Path, text: str, message: str):
    (tmp_path / "chapters.yaml").write_text(text)
    with pytest.raises(UserError, match=message):
        read_chapters(tmp_path / "chapters.yaml")


def test_a_document_is_headings_paragraphs_and_tables(tmp_path):
    path = tmp_path / "deviations.md"
    path.write_text(
        "# Title\n\nFirst\nparagraph.\n\n## Part\n\n|a|b|\n|:--|--|\n| **x** | [y](z.md) \\| `w` |\n\nLast.\n"
    )
    document = read_document(path)
    assert document.title == "Title"
    assert [(part.heading, part.paragraphs) for part in document.parts] == [
        ("", ["First paragraph."]),
        ("Part", ["Last."]),
    ]
    assert document.parts[1].table == [["a", "b"], ["x", "y | `w`"]]
    assert spans("y | `w`") == [("y | ", False), ("w", True)]
    assert spans("one ` only") == [("one ` only", False)]


def test_a_ragged_table_is_explained(tmp_path):
    path = tmp_path / "deviations.md"
    path.write_text("## Part\n\n|a|b|\n|---|---|\n|x|\n")
    with pytest.raises(UserError, match="under 'Part' has a row of 1 cells, not 2"):
        read_document(path)
