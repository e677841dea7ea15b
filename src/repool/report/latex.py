"""Templates that make LaTeX: delimiters that LaTeX itself does not use, and every value escaped."""

import re
import unicodedata
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from pylatexenc.latexencode import UnicodeToLatexEncoder

from repool.artifacts.table import Text, plain
from repool.report.documents import Written
from repool.report.strips import REACH, Strip

# Characters that pylatexenc says in LaTeX and the fonts of the template have. Of the others that it knows every second
# would stop TeX or print another letter, so that they stand here only where a test sets them.
KNOWN = (
    r"\{}$&#^_~%"
    "\u00a0±×·°²³¹¼½¾µ¬©®¶†‡•‰…–—‘’“”„‹›−⁄≤≥≠≈≡∼≪≫∞∈∉∋∀∃∂∇∑∏∫∪∩⊂⊆⊃⊇∧∨⊕⊗∘∗∝⊥∥∠⟨⟩√→←↔↑↓↦⇒⇐⇔"
    "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρςστυφχψωϕϑ"
)
# What pylatexenc leaves to chance, or prints as something else: a quote, and spaces that may break no line.
OWN = {"`": r"\textasciigrave{}", '"': r"\textquotedbl{}", "\u2009": r"\,", "\u2011": "-"}
# Letters with accents that the T1 encoding has a glyph for.
ACCENTED = set(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ"
    "ĂăĄąĆćČčĎďĐđĘęĚěĞğİıĹĺĽľŁłŃńŇňŊŋŐőŒœŔŕŘřŚśŞşŠšŢţŤťŮůŰűŸŹźŻżŽž§£¡¿«»"
)
# Two of these in a row would become another character.
LIGATING = "-'<>,"
SPACES = re.compile(r"([ \t\r\n\f\v]+)")
# A word this long may end its line anywhere after a sign, or after so many letters.
LONG_WORD, LETTERS = 17, 12


ENCODER = UnicodeToLatexEncoder(replacement_latex_protection="braces-after-macro", unknown_char_policy="fail")
COMMANDS = {letter: ENCODER.unicode_to_latex(letter) for letter in KNOWN} | OWN


def tex(value: object) -> Markup:
    """A value as LaTeX that prints exactly it, whatever characters it holds; spaces and line ends are one space.

    A character that the fonts lack loses its accent, or is printed by its code point: [U+4E2D]. What a macro or this
    function made stays as it is.
    """
    if isinstance(value, Markup):
        return value
    return Markup("".join(map(word, SPACES.split(str(value)))))


def code(value: object) -> Markup:
    """A value as it is typed, in letters of one width."""
    return Markup(rf"\texttt{{{tex(value)}}}".replace(r"\textquoteright{}", r"\textquotesingle{}"))


def written(text: Written) -> Markup:
    """A text of a document, with what is typed set apart."""
    return Markup("").join(code(piece) if typed else tex(piece) for piece, typed in text)


def said(text: Text) -> Markup:
    """A text with its numbers, whose names the page has."""
    return tex(plain(text))


def aligned(text: Text) -> Markup:
    """The same, the decimal point of its first number under those of other rows."""
    if not text or isinstance(text[0], str):
        return said(text)
    whole, point, fraction = text[0].text.partition(".")
    return Markup(rf"\pointed{{{tex(whole)}}}{{{tex(point + fraction)}}}") + said(text[1:])


def strip(shown: Strip) -> Markup:
    r"""The intervals of a claim as a picture in units of \unitlength, on the band of what is equal enough."""
    height = len(shown.intervals) + 0.4
    parts = [rf"\put(-1,0){{\textcolor{{band}}{{\rule{{2\unitlength}}{{{height}\unitlength}}}}}}"]
    for place, one in enumerate(shown.intervals):
        y = height - place - 0.7
        width = rf"{one.high - one.low:.3f}\unitlength"
        ends = rf"\put({one.low},{y - 0.04:.3f}){{\rule{{{width}}}{{{'0.7pt' if one.decides else '0.3pt'}}}}}"
        dot = rf"\put({one.at},{y:.3f}){{\circle{'' if one.hollow else '*'}{{{0.5 if one.decides else 0.36}}}}}"
        cuts = [-REACH] * one.beyond_low + [REACH] * one.beyond_high
        parts += [*([ends] if one.low < one.high else []), dot]
        parts += [rf"\put({cut},{y - 0.3:.3f}){{\rule{{1pt}}{{0.6\unitlength}}}}" for cut in cuts]
    size, corner = f"({2 * REACH + 1},{height})", f"({-REACH - 0.5},0)"
    return Markup(rf"\begin{{picture}}{size}{corner}{''.join(parts)}\end{{picture}}")


def label(value: object) -> Markup:
    """A name as \\label and \\ref take it: letters, digits, hyphens, underscores."""
    return Markup(re.sub(r"[^A-Za-z0-9_-]", "-", str(value)))


def word(text: str) -> str:
    """One word, with no ligature that would change it and places to break it if it is long."""
    if not text or text[0] in " \t\r\n\f\v":
        return " " if text else ""
    pieces, unbroken = [], 0
    for letter, following in zip(text, [*text[1:], ""], strict=True):
        pieces.append(character(letter))
        unbroken += 1
        if len(text) >= LONG_WORD and following and (not letter.isalnum() or unbroken == LETTERS):
            pieces.append(r"\allowbreak{}")
            unbroken = 0
        elif letter == following and letter in LIGATING:
            pieces.append("{}")
    return "".join(pieces)


def character(letter: str) -> str:
    """One character."""
    if letter in COMMANDS:
        return COMMANDS[letter]
    if letter == "'":
        return r"\textquoteright{}"
    if " " < letter <= "~" or letter in ACCENTED:
        return letter
    plain = unicodedata.normalize("NFKD", letter)
    if plain == letter:
        return f"{{[}}U+{ord(letter):04X}{{]}}"
    return "".join(character(part) for part in plain if not unicodedata.combining(part))


def environment(templates: Path) -> Environment:
    r"""Templates with \VAR{value}, \BLOCK{statement} and \REMARK{comment}; every value is escaped by `tex`."""
    made = Environment(
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        autoescape=True,  # marks what macros return, which `tex` then leaves alone; `tex` itself does the escaping
        finalize=tex,
        block_start_string=r"\BLOCK{",
        block_end_string="}",
        variable_start_string=r"\VAR{",
        variable_end_string="}",
        comment_start_string=r"\REMARK{",
        comment_end_string="}",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"code": code, "label": label, "said": said, "aligned": aligned, "written": written, "strip": strip}
    return made
