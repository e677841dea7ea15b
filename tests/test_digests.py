"""The digest beside a file says what was written, in the form that other tools read."""

import hashlib

import pytest

from repool.analysis.files import write_whole
from repool.digests import digest_file, fault
from repool.outputs import papers


@pytest.fixture
def path(tmp_path):
    write_whole(tmp_path / "paper.html", "<p>words</p>\n")
    return tmp_path / "paper.html"


def test_it_is_as_sha256sum_reads_it_and_names_no_folder(path):
    expected = f"{hashlib.sha256(path.read_bytes()).hexdigest()}  paper.html\n"
    assert (path.parent / ".paper.html.sha256").read_text() == expected


def test_what_was_written_is_right_also_when_written_again(path):
    assert fault(path) == ""
    write_whole(path, "other words")
    assert fault(path) == ""
    assert sorted(each.name for each in path.parent.iterdir()) == [".paper.html.sha256", "paper.html"]


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda path: path.write_text(""), "changed since"),
        (lambda path: path.unlink(), "is gone"),
        (lambda path: digest_file(path).unlink(), "has no digest"),
        (lambda path: digest_file(path).write_text(""), "changed since"),
        (lambda path: digest_file(path).write_bytes(b"\xff\xfe"), "changed since"),
        (lambda path: (path.unlink(), path.mkdir()), "cannot be read"),
    ],
)
def test_what_is_wrong_is_said(path, damage, words):
    damage(path)
    assert words in fault(path)


def test_the_pages_of_some_configurations_are_outputs_and_those_of_others_are_not(path):
    for name in ("quick.html", "other.html"):
        write_whole(path.with_name(name), "words")
    path.with_name("quick.html").unlink()
    assert [found.name for found in papers(path.parent, ["quick", "cpu"])] == ["paper.html", "quick.html"]
