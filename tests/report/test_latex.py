"""Whatever a value holds, LaTeX prints exactly that."""

import shutil
import subprocess

import pytest
from markupsafe import Markup

from repool.report.latex import ACCENTED, COMMANDS, code, environment, tex

needs_tex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no TeX is installed")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\input{/etc}", r"\textbackslash{}input\{/etc\}"),
        ("50 % of #1 & $x_1^2$ ~", r"50 \% of \#1 \& \$x\_1\textasciicircum{}2\$ \textasciitilde{}"),
        ("λ ± → −", r"\ensuremath{\lambda} \ensuremath{\pm} \textrightarrow{} \ensuremath{-}"),
        ("--cores '' <<", r"-{}-cores \textquoteright{}{}\textquoteright{} <{}<"),
        pytest.param("Ceará, Jiří, Erdős", "Ceará, Jiří, Erdős", id="letters that pylatexenc mistakes among them"),
        ("two\n\nlines\t", "two lines "),
        pytest.param("中\a", "{[}U+4E2D{]}{[}U+0007{]}", id="what fonts lack"),
        ("x²½", r"x\texttwosuperior{}\textonehalf{}"),
        ("xﬁ⅓", r"xfi1\textfractionsolidus{}3"),
        (3, "3"),
        ("", ""),
    ],
)
def test_a_value_is_escaped(text, expected):
    assert tex(text) == expected


def test_what_is_latex_already_stays(tmp_path):
    assert tex(Markup(r"\alpha")) == r"\alpha"
    (tmp_path / "t.j2").write_text(
        r"\BLOCK{macro bold(x)}\textbf{\VAR{x}}\BLOCK{endmacro}\REMARK{ not printed }\VAR{bold(value)} {\VAR{value}}"
    )
    text = environment(tmp_path).get_template("t.j2").render(value="a_b")
    assert text == r"\textbf{a\_b} {a\_b}"


def test_code_keeps_straight_quotes_and_long_words_may_break():
    assert code("'a'") == r"\texttt{\textquotesingle{}a\textquotesingle{}}"
    assert r"\allowbreak{}" in tex("diffpool-uniform-with-a-long-name")
    assert r"\allowbreak{}" in tex("a" * 40)
    assert "break" not in tex("pooling 0.1234567")


@needs_tex
def test_pdflatex_prints_every_character(tmp_path):
    ascii_letters = "".join(map(chr, range(33, 127)))
    greek = "".join(letter for letter in COMMANDS if "α" <= letter <= "ω")
    text = " ".join([ascii_letters, "--- ''' ,, << >> ?` !`", greek, " ".join(sorted(ACCENTED)), *COMMANDS])
    (tmp_path / "a.tex").write_text(
        r"\documentclass{article}\usepackage[utf8]{inputenc}\usepackage[T1]{fontenc}\usepackage{lmodern,textcomp}"
        r"\begin{document}\raggedright " + tex(text) + "\n\n" + code(text) + r"\end{document}"
    )
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "a.tex"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout[-2000:]
    assert "Missing character" not in (tmp_path / "a.log").read_text(errors="replace")
    if shutil.which("pdftotext") is None:
        return
    printed = subprocess.run(["pdftotext", "a.pdf", "-"], cwd=tmp_path, capture_output=True, text=True).stdout
    joined = "".join(printed.split())
    assert ascii_letters.replace("'", "’") in joined
    assert "---’’’,,<<>>?`!`" in joined
    for letter in "λσ±×≤→−Γáčßű∈∀⊂°½†⟨⇒":
        assert letter in joined
