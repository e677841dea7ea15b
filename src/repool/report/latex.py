"""Templates that make LaTeX: delimiters that LaTeX itself does not use, and every value escaped."""

import re
import unicodedata
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from repool.artifacts.table import Text, plain
from repool.report.texts import spans

SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "^": r"\textasciicircum{}",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "%": r"\%",
    "`": r"\textasciigrave{}",
    '"': r"\textquotedbl{}",
}
# Characters that pdfLaTeX's own table of Unicode does not have, or has in another form than the page's.
TYPESET = {
    "\u00a0": "~",
    "\u2009": r"\,",
    "\u2011": "-",
    "−": r"\ensuremath{-}",
    "⁄": "/",
    "±": r"\ensuremath{\pm}",
    "×": r"\ensuremath{\times}",
    "·": r"\ensuremath{\cdot}",
    "≤": r"\ensuremath{\le}",
    "≥": r"\ensuremath{\ge}",
    "≠": r"\ensuremath{\ne}",
    "≈": r"\ensuremath{\approx}",
    "≡": r"\ensuremath{\equiv}",
    "∞": r"\ensuremath{\infty}",
    "∈": r"\ensuremath{\in}",
    "√": r"\ensuremath{\surd}",
    "∑": r"\ensuremath{\sum}",
    "→": r"\ensuremath{\rightarrow}",
    "←": r"\ensuremath{\leftarrow}",
    "↔": r"\ensuremath{\leftrightarrow}",
    "↑": r"\ensuremath{\uparrow}",
    "↓": r"\ensuremath{\downarrow}",
    "⇒": r"\ensuremath{\Rightarrow}",
    "µ": r"\ensuremath{\mu}",
    "ς": r"\ensuremath{\varsigma}",
    "ϕ": r"\ensuremath{\phi}",
    "…": r"\dots{}",
    "–": r"\textendash{}",
    "—": r"\textemdash{}",
    "‘": r"\textquoteleft{}",
    "’": r"\textquoteright{}",
    "“": r"\textquotedblleft{}",
    "”": r"\textquotedblright{}",
}  # fmt: skip
# Greek letters that have a command of their own; the others look like Latin ones.
SMALL = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi "
    "omega"
)
CAPITAL = "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
GREEK = dict(zip("αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ", f"{SMALL} {CAPITAL}".split(), strict=True))
LOOK_LATIN = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧο", "ABEZHIKMNOPTXo", strict=True))
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


COMMANDS = SPECIAL | TYPESET | LOOK_LATIN | {letter: rf"\ensuremath{{\{name}}}" for letter, name in GREEK.items()}


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


def written(value: object) -> Markup:
    """A text in which backticks mark what is typed."""
    return Markup("").join(code(piece) if typed else tex(piece) for piece, typed in spans(str(value)))


def said(text: Text) -> Markup:
    """A text with its numbers, whose names the page has."""
    return tex(plain(text))


def aligned(text: Text) -> Markup:
    """The same, the decimal point of its first number under those of other rows."""
    if not text or isinstance(text[0], str):
        return said(text)
    whole, point, fraction = text[0].text.partition(".")
    return Markup(rf"\pointed{{{tex(whole)}}}{{{tex(point + fraction)}}}") + said(text[1:])


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
    made.filters |= {"code": code, "label": label, "said": said, "aligned": aligned, "written": written}
    return made
