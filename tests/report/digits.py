"""Digits of a page that stand in no number with a name, and the list of what needs none."""

import re
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "hr", "input"}
# Places, by tag, class or id: what is written by hand, typed, drawn, or tells places apart.
PLACES = {
    *("title", "style", "script", "nav", "footer", "h1", "h2", "h3", "h4"),  # titles and addresses
    *("code", "pre"),  # commands, specifications
    "svg",  # pictures; their numbers stand beside them in a table, where they have names
    "thead",  # heads of columns
    *("caption", "kicker"),  # captions, and days and commit above the title
    "says",  # the paper's own words
    *("deviations", "how-to-read", "reading"),  # documents, and words of the configuration
    "run-it-yourself",  # commands, and how much they would train
    "coverage",  # how many seeds of a cell there are, each of which the page lists
    "card",  # what the card of a dataset says of it in words
    "status",
}
# Blocks that end a sentence: what stands in two of them is not read together.
BLOCKS = {"p", "td", "th", "li", "dd", "dt", "div", "summary", "section", "details", "tr"}
# Words with digits that are no results.
WORDS = {
    "why a training failed, by its record": r"\bin epoch \d+, batch \d+ of \d+",
    "a name": r"(?<![\w.])[A-Za-z][\w-]*\d[\w.-]*",
    "a part of a name": r"\b(?:graph|seed|Seed|after|theorem|remark|Figure|[Tt]able|[Ss]ection) \d+(?:\.\d+)?\b",
    "a size that is part of a name": r"\((?:(?:layers|hidden) \d+(?:, )?)+\)",
    "a method's own parameter": r"\b(?:λ|p) = \d+",
    "a level": r"\b\d+% (?=interval|of the descent|t\b|Welch|Pitman)",
    "a licence": r"\b(?:BSD-\d-Clause|CC [A-Z-]+ \d\.\d)",
    "several figures": r"\b[Ff]igures \w?\d+(?: (?:and|to) \w?\d+)?",
    "seeds that are left out": r"\bseeds \d+(?:–\d+)?(?:, \d+(?:–\d+)?)*",
    "several seeds": r"(?:Seed |seed |seeds )?\d+(?:–\d+)?(?:, \d+(?:–\d+)?)*(?= \(| failed:)",
    "a version": r"\b\d+(?:\.\d+){2,}\S*",
    "a digest": r"\b[0-9a-f]{12,}\b",
    "a day": r"\b\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?",
    "a count of what stands there": r"\b\d+ of \d+\b|\bof \d+\b|\b\d+ (?:of|failed|more|left out|for each|methods)\b",
    "a count of runs, seeds or tests": r"\b\d+ (?:tests?|runs?|seeds?|records?|hold|fail|stay open)\b",
}  # fmt: skip


class Digits(HTMLParser):
    """Sentences of a page that hold a digit outside of any number with a name; `#` stands for each number."""

    def __init__(self, text: str, places: set[str]):
        super().__init__()
        self.places = places
        self.open: list[tuple[str, bool]] = []
        self.sentence = ""
        self.found: list[str] = []
        self.feed(text)
        self.end()

    def handle_starttag(self, tag, attributes):
        if tag in VOID:
            return
        given = dict(attributes)
        marks = {tag, given.get("id", ""), *(given.get("class") or "").split()}
        named = tag == "data" and bool(given.get("title"))
        if named and not self.silent:
            self.sentence += "#"
        if tag in BLOCKS:
            self.end()
        self.sentence += " "
        self.open.append((tag, named or bool(marks & self.places)))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass
        if tag in BLOCKS:
            self.end()

    def handle_data(self, data):
        if not self.silent:
            self.sentence += data

    @property
    def silent(self) -> bool:
        return any(exempt for _, exempt in self.open)

    def end(self) -> None:
        left = " ".join(self.sentence.split())
        for pattern in WORDS.values():
            left = re.sub(pattern, "", left)
        if re.search(r"\d", left):
            self.found.append(" ".join(self.sentence.split()))
        self.sentence = ""


def unnamed(page: str, places: set[str] = PLACES) -> list[str]:
    """Every sentence of a page that prints a digit without a name where none is needed."""
    return Digits(page, places).found
