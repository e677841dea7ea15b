"""Words of other people on the page and in the PDF are words, whatever language they are written in."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from made_page import METHODS, ROOT, make_inputs, render
from test_page import Page

from repool.report import pdf

# The languages of the page, the PDF and the templates.
HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> &lt;b&gt; \" ' {{ 7*191 }} {% raw %} {# #} "
    r"\input{/etc/passwd} \write18{touch pwned} \immediate\write18{x} ^^5cinput $x_1$ % # & ~ \VAR{7*191} \BLOCK{x}"
)
needs_tex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no TeX is installed")


def hostile(number: int) -> str:
    """A text that can be told from the others."""
    return f"place-{number:02} {HOSTILE}"


@pytest.fixture(scope="module")
def inputs(tmp_path_factory) -> tuple[Path, tuple, Path]:
    """Everything that a page is made from, with hostile words wherever a person or a machine may write some."""
    folder = tmp_path_factory.mktemp("hostile")
    captions = folder / "captions"
    shutil.copytree(ROOT / "report" / "captions", captions)
    for path in captions.glob("*.txt"):
        path.write_text(f"Table 1. {hostile(80)}\n\n{hostile(81)}\n")
    chapters = captions / "chapters.yaml"
    entries = yaml.safe_load(chapters.read_text())
    for chapter in entries:
        chapter |= {"title": hostile(82), "text": hostile(83)}
    chapters.write_text(yaml.safe_dump(entries))
    note = {"status": "substitute", "note": hostile(84)}
    cards, cells, info = make_inputs(folder, {"NCI1": note, f"D {HOSTILE}": {"failed": METHODS}}, seeds=1)
    for cell in cells:
        summary = json.loads(cell.with_suffix(".json").read_text())
        summary |= {"device_names": [hostile(90)], "devices": [hostile(91)], "versions": {hostile(92): [hostile(93)]}}
        cell.with_suffix(".json").write_text(json.dumps(summary))
    info |= {
        "configuration": hostile(94),
        "file": hostile(95),
        "rebuild": f"snakemake ARTIFACT {hostile(96)}",
        "left_out": {
            "records": [{"reason": hostile(97), "dataset": "NCI1", "method": "graclus", "seeds": [3]}],
            "cards": {"DD": hostile(98)},
        },
    }
    return folder, (cards, cells, info), captions


def test_the_page_says_it_and_does_nothing(inputs):
    folder, given, captions = inputs
    text = render(folder, *given, captions=captions).read_text()
    page = Page(text)
    assert text.count("<script") == 1
    assert "<script>alert" not in text
    assert "img" not in page.tags
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    assert "1337" not in text
    said = " ".join(" ".join(page.text).split())
    for number in (*range(80, 85), *range(90, 99)):
        assert f"place-{number:02} {' '.join(HOSTILE.split())}" in said, number
    assert f"D {HOSTILE}" in said


def typeset(source: list[str]):
    """In place of TeX: what it would be given."""

    def run(work: Path) -> str:
        source.append((work / "paper.tex").read_text())
        (work / "paper.pdf").write_bytes(b"")
        return ""

    return run


def test_the_pdf_says_it_and_does_nothing(inputs, monkeypatch):
    folder, given, captions = inputs
    source: list[str] = []
    monkeypatch.setattr(pdf, "typeset", typeset(source))
    monkeypatch.setattr(shutil, "which", lambda _: "pdflatex")
    render(folder, *given, captions=captions, pdf=True)
    assert r"\input{/etc" not in source[0]
    assert r"\write18" not in source[0]
    assert "^^5c" not in source[0]
    assert "1337" not in source[0]
    assert "VAR" in source[0]
    for number in (*range(80, 85), *range(90, 99)):
        assert f"place-{number:02}" in source[0].replace(r"\allowbreak{}", ""), number


@needs_tex
def test_tex_runs_no_command_and_reads_no_file_of_others(tmp_path):
    """Not even where a template says so."""
    secret = tmp_path / "secret.tex"
    secret.write_text("secret")
    work = tmp_path / "work"
    work.mkdir()
    for body, said in ((rf"\input{{{secret}}}", "TeX stopped"), (r"\immediate\write18{touch pwned}x", None)):
        (work / "paper.tex").write_text(rf"\documentclass{{article}}\begin{{document}}{body}\end{{document}}")
        if said:
            with pytest.raises(Exception, match=said):
                pdf.one_run(work)
        else:
            pdf.one_run(work)
    assert not list(tmp_path.rglob("pwned"))


@needs_tex
def test_a_hostile_caption_is_set(tmp_path):
    captions = tmp_path / "captions"
    shutil.copytree(ROOT / "report" / "captions", captions)
    (captions / "table_1.txt").write_text(
        "Table 1. A title\n\n<script> \\input{/etc/passwd} \\write18{touch pwned} %\n"
    )
    made = render(tmp_path, *make_inputs(tmp_path, {"NCI1": {}}, seeds=1), captions=captions, pdf=True)
    if shutil.which("pdftotext") is None:
        return
    said = subprocess.run(["pdftotext", str(made), "-"], capture_output=True, text=True, check=True).stdout
    assert r"\input{/etc/passwd} \write18{touch pwned} %" in " ".join(said.split())
