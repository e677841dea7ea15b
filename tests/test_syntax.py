"""What a file says is found once, kept beside Python's bytecode, and never taken from a file of another time."""

import json
import sys

import pytest

from repool import syntax


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """Where it is kept, in a process that writes bytecode and has asked nothing yet."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(syntax, "_cache", lambda: tmp_path / "kept.json")
    monkeypatch.setattr(syntax, "_new", set())
    syntax._kept.cache_clear()
    yield tmp_path / "kept.json"
    syntax._kept.cache_clear()


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "source.py"
    path.write_text("from repool.errors import UserError\n\nVALUE = 1\n")
    return path


def found_later(path) -> syntax.Code:
    """By the next process."""
    syntax.keep()
    syntax._kept.cache_clear()
    syntax._new.clear()
    return syntax.code(path)


@pytest.mark.usefixtures("kept")
def test_the_next_process_parses_nothing(source, monkeypatch):
    first = syntax.code(source)
    assert first.imports == ("repool.errors", "repool.errors.UserError")
    with monkeypatch.context() as patched:
        patched.setattr(syntax, "_tree", lambda _: pytest.fail("parsed again"))
        assert found_later(source) == first


@pytest.mark.usefixtures("kept")
def test_an_edited_file_is_parsed_whatever_its_time(source):
    first = syntax.code(source)
    source.write_text(source.read_text().replace("1", "2"))
    assert found_later(source).tree != first.tree


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"by": 1}', '{"by": "BY", "code": {"CONTENT": ["0"]}}', '{"by": "other", "code": CODE}']
)
def test_what_is_cut_short_or_of_other_code_is_not_taken(kept, source, text):
    first = syntax.code(source)
    syntax.keep()
    written = json.loads(kept.read_text())
    (content,) = written["code"]
    wrong = json.dumps({content: ["0" * 64, []]})
    kept.write_text(text.replace("BY", written["by"]).replace("CONTENT", content).replace("CODE", wrong))
    syntax._kept.cache_clear()
    assert syntax.code(source) == first


def test_nothing_is_written_where_python_writes_no_bytecode_or_nothing_can_be(kept, source, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(sys, "dont_write_bytecode", True)
        syntax.code(source)
        syntax.keep()
        assert not kept.exists()
    (kept.parent / "file").write_text("")
    monkeypatch.setattr(syntax, "_cache", lambda: kept.parent / "file" / "kept.json")
    syntax.keep()
    assert syntax.code(source).imports


@pytest.mark.usefixtures("kept")
def test_contents_of_long_ago_are_let_go(source, monkeypatch):
    syntax.code(source)
    monkeypatch.setattr(syntax, "MOST_KEPT", 1)
    found_later(source)
    assert len(syntax._kept()) == 1
