from pathlib import Path

import pytest
from made_page import ROOT

from repool.errors import UserError
from repool.paper import kinds
from repool.report.texts import Caption, read_chapters


def test_every_artifact_stands_in_one_chapter_and_has_a_caption():
    captions = ROOT / "report" / "captions"
    chapters = read_chapters(captions / "chapters.yaml")
    assert sorted(name for chapter in chapters for name in chapter.artifacts) == sorted(kinds())
    assert {path.stem for path in captions.glob("*.txt")} == set(kinds())


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
