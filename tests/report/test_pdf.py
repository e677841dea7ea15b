"""The PDF: really set by TeX, read back as text, with the numbers of the page."""

import re
import shutil
import subprocess

import pytest
from made_page import ROOT, make_inputs, make_page, render
from test_page import Page

from repool.cli import main
from repool.report.pdf import one_run, pages, problems, reason, typeset

needs_tex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no TeX is installed")
DATASETS = {
    "NCI1": {"failed": ("complement",)},
    "A-DATASET-WITH-A-LONG-NAME": {"status": "substitute", "note": "A note of several words about this dataset."},
    "MOLECULES": {"metric": "mae", "classes": None, "status": "embedded"},
}
HOSTILE = r"\input{x} & 50% of $a_b^c$ # ~ {λ}"


def as_text(pdf) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext is installed")
    result = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True)
    return " ".join(result.stdout.split())


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The PDF and the page of the same inputs."""
    pdf = make_page(tmp_path_factory.mktemp("pdf"), DATASETS, pdf=True, kinds=True)
    return pdf, make_page(tmp_path_factory.mktemp("page"), DATASETS, kinds=True)


def ran(page: str) -> str:
    """The page without what has not run and stands folded there, which the PDF leaves to it."""
    folds = r'<details class="unrun">.*?</details>'
    return re.sub(folds, "", re.sub(r'<section id="not-run".*?</section>', "", page, flags=re.S), flags=re.S)


@needs_tex
def test_the_pdf_says_what_the_page_says(made):
    pdf = as_text(made[0])
    words = " ".join("".join(Page(ran(made[1].read_text())).text).split())
    scores = set(re.findall(r"\d+\.\d+ ± \d+\.\d+", words))
    assert len(scores) > 15
    assert scores - set(re.findall(r"\d+\.\d+ ± \d+\.\d+", pdf)) == set()
    for text in (
        "not run yet: on the page",
        "0 of 3",
        "no verdict (embedded data)",
        "Friedman",
        "Friedman’s test",
        "Tests behind the verdicts",
    ):
        assert text in pdf
    for title in ("Figure 1. GRACLUS", "Table 2.", "Figure 7.", "Figure 8.", "Table S4.", "Table S1."):
        assert title in pdf
    assert "λ = 1000 → ±" in pdf
    assert "??" not in pdf


@needs_tex
@pytest.mark.parametrize(
    ("limit", "gone", "kept"),
    [
        (24, [], ["Least", "Tests behind the verdicts", "Mean difference", "Floor of the rate"]),
        (0, ["Least", "Tests behind the verdicts", "Mean difference", "Floor of the rate"], []),
    ],
)
def test_what_grows_is_left_to_the_page_where_there_is_no_room(tmp_path, monkeypatch, limit, gone, kept):
    monkeypatch.setattr("repool.report.pdf.PAGES", limit)
    shown = as_text(make_page(tmp_path, {"NCI1": {}}, pdf=True, kinds=True))
    assert [words for words in gone if words in shown] == []
    assert [words for words in kept if words not in shown] == []
    said = (
        "Paired tests of Table 1: on the page.",
        "The same in numbers: on the page.",
        "on the page, below each claim",
    )
    assert [words in shown for words in said] == [bool(gone)] * len(said)
    assert "Table 1. GRACLUS and COMPLEMENT beside plain" in shown
    assert "replicated. Equal on NCI1, +0.43" in shown


def test_only_as_much_is_left_out_as_there_is_no_room_for(tmp_path, monkeypatch):
    """Each typesetting is a page shorter than the one before it."""
    tried = []

    def typeset_shorter(work):
        tried.append((work / "paper.tex").read_text())
        (work / "paper.pdf").write_bytes(b"%PDF")
        return f"Output written on paper.pdf ({27 - len(tried)} pages, 9 bytes)."

    monkeypatch.setattr("repool.report.pdf.typeset", typeset_shorter)
    monkeypatch.setattr(shutil, "which", lambda name: name)
    make_page(tmp_path, {"NCI1": {}}, pdf=True, kinds=True)
    assert len(tried) == 3
    assert "Tests behind the verdicts" not in tried[-1]
    assert "Paired tests of Table 1, added by this project" in tried[-1]


def test_pages_are_counted_from_the_log():
    assert pages("x\nOutput written on paper.pdf (24 pages, 778239 bytes).\n") == 24
    assert pages("Output written on paper.pdf (1 page, 9 bytes).") == 1


@needs_tex
def test_figures_are_vectors_but_for_matrices_of_activations(made):
    if shutil.which("pdfimages") is None:
        pytest.skip("no pdfimages is installed")
    listed = subprocess.run(["pdfimages", "-list", str(made[0])], capture_output=True, text=True, check=True).stdout
    assert [line.split()[3:5] for line in listed.splitlines()[2:]] == [["3", "2"], ["2", "1"]]  # a pixel a value
    assert "Least" in as_text(made[0])


@needs_tex
def test_the_same_inputs_give_the_same_bytes(tmp_path):
    inputs = make_inputs(tmp_path, {"NCI1": {}}, seeds=1)
    pdfs = [render(tmp_path, *inputs, pdf=True).read_bytes() for _ in range(2)]
    assert pdfs[0] == pdfs[1]
    assert b"CreationDate" not in pdfs[0]


@needs_tex
def test_one_more_run_of_tex_would_change_nothing(tmp_path, monkeypatch):
    seen = []

    def typeset_and_once_more(work):
        log = typeset(work)
        seen.append((work / "paper.pdf").read_bytes())
        one_run(work)
        seen.append((work / "paper.pdf").read_bytes())
        return log

    monkeypatch.setattr("repool.report.pdf.typeset", typeset_and_once_more)
    make_page(tmp_path, {"NCI1": {}}, seeds=1, pdf=True)
    assert seen[0] == seen[1]


@needs_tex
def test_hostile_names_are_text(tmp_path):
    assert r"\input{x} & 50% of $a_b^c$ # ~ {λ}" in as_text(make_page(tmp_path, {HOSTILE: {}}, pdf=True))


@needs_tex
@pytest.mark.parametrize("failed", [("graclus",), ("graclus", "complement", "global-mean")])
def test_a_partial_run_is_a_pdf(tmp_path, failed):
    pdf = make_page(tmp_path, {"NCI1": {"failed": failed}}, seeds=1, pdf=True)
    assert f"{3 - len(failed)} of 3 configured runs" in as_text(pdf)


@needs_tex
@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (r"\maketitle", r"\maketitle \noindent\rule{30cm}{1pt}", "Overfull"),
        (r"\maketitle", r"\maketitle See \ref{nowhere}.", "nowhere"),
        (r"\maketitle", r"\maketitle \undefinedcommand", "Undefined control sequence"),
        (r"{lmodern,", r"{lmodern,a-package-that-is-not,", "Install TeX"),
    ],
)
def test_what_would_not_read_well_is_refused(tmp_path, capsys, old, new, message):
    templates = tmp_path / "templates"
    shutil.copytree(ROOT / "report" / "templates", templates)
    paper = templates / "paper.tex.j2"
    paper.write_text(paper.read_text().replace(old, new))
    with pytest.raises(AssertionError):
        make_page(tmp_path, {"NCI1": {}}, seeds=1, templates=templates, pdf=True)
    assert message in capsys.readouterr().err
    assert not (tmp_path / "paper.pdf").exists()


def test_without_tex_one_sentence_says_what_to_install(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    info = '{"configuration": "x", "file": "x", "seeds": [0], "cells": [], "rebuild": "ARTIFACT"}'
    folders = ["--templates", ROOT / "report/templates", "--captions", ROOT / "report/captions"]
    arguments = ["render-pdf", "--run-info", info, *folders, "--out", tmp_path / "paper.pdf"]
    assert main([str(argument) for argument in arguments]) == 1
    error = capsys.readouterr().err
    assert "pdflatex" in error
    assert "apt-get install" in error
    assert len(error.splitlines()) == 1


def test_the_log_is_read():
    log = r"""Overfull \hbox (4.9pt too wide) in paragraph at lines 1--2
Overfull \hbox (5.1pt too wide) in paragraph at lines 3--4
Overfull \vbox (12.0pt too high) has occurred while \output is active
LaTeX Warning: Reference `a' on page 1 undefined on input line 9.
LaTeX Warning: Label `b' multiply defined.
Missing character: There is no x in font y!
Underfull \hbox (badness 10000) in paragraph at lines 5--6"""
    assert [line[:17] for line in problems(log)] == [
        "Overfull \\hbox (5", "Overfull \\vbox (1", "LaTeX Warning: Re", "LaTeX Warning: La", "Missing character",
    ]  # fmt: skip
    assert reason("./paper.tex:7: Undefined control sequence.") == "TeX stopped: Undefined control sequence."
    assert "Install TeX" in reason("! LaTeX Error: File `booktabs.sty' not found.")
