"""The commands that documents, comments and messages tell a person to give."""

import ast
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from warm_snakemake import snakemake

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    *("README.md", "CONTRIBUTING.md", "docs/*.md", "config/*", "envs/*", "benchmarks/*", "Makefile", ".ci/run"),
    *("Snakefile", "workflow/Snakefile", "workflow/profiles/*/*", "workflow/lib/**/*.py", "src/**/*.py"),
    *("report/**/*.*", "results/archive/**/README.md"),
]
TARGETS = re.search(r"^\.PHONY: (.*)", (ROOT / "Makefile").read_text(), re.MULTILINE)[1].replace(" ", "|")

# What words of the documents stand for. Commands are tested with the right-hand side.
PLACEHOLDERS = {
    '{{ snakemake.config["name"] }}': "quick",
    "{{ snakemake.wildcards.artifact }}": "figure_1",
    "{{ run.file }}": "config/archive.yaml",
    "/path/to/mirror": "/tmp",
    "/shared/mirror": "/tmp",
    "/path/to/repool": shlex.quote(str(ROOT)),
    "ARTIFACT": "figure_1",
    "{file}": "config/quick.yaml",
    "{folder}": "DIR",
    "{dataset}": "MUTAG",
    "{len(found) * jobs}": "2",
    "NAME/": "MUTAG/",
    "NAME": "MUTAG",
}

_GIVEN = rf"(?:[A-Z_]+=\S+ )*(?:snakemake|python -m repool|make(?= (?:{TARGETS})\b)|python (?:benchmarks|envs)/\w+\.py)"
COMMAND = re.compile(rf"{_GIVEN}(?:\s[^`]*)?")
# Anything that may be one, wherever it stands: `test_commands.py` wants each of them collected.
LIKELY = re.compile(
    rf"(?<![\w./-])(?<!-m )(?:snakemake (?=--|[a-z_]+[\d/_])|python -m repool \w|make (?:{TARGETS})\b|{_GIVEN} -)"
)
_FENCED = re.compile(r"^```(?P<language>\w*)[^\n]*\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
# In messages: "Run: python ...", "(snakemake ...)".
_SENTENCE = re.compile(rf"(?:: |\()({_GIVEN}(?: (?:{{[^}}]*}}|[^\s`,(){{}}])+)+)")
_SPAN = re.compile(r"(?P<ticks>`{1,2})(?P<text>[^`]+)(?P=ticks)")


@dataclass(frozen=True)
class Command:
    """A command as it is written, and the file that says it."""

    text: str
    file: str

    @property
    def words(self) -> list[str]:
        """The words of the first command of the line, placeholders replaced, without redirection."""
        text = self.text
        for placeholder, meaning in PLACEHOLDERS.items():
            text = text.replace(placeholder, meaning)
        lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words = list(lexer)
        ends = [place for place, word in enumerate(words) if word in (">", "&&", "|", ";")]
        return words[: min(ends)] if ends else words

    @property
    def variables(self) -> dict[str, str]:
        """The variables that it sets."""
        return dict(word.split("=", 1) for word in self.words[: self._start])

    @property
    def arguments(self) -> list[str]:
        """The program and what it is given."""
        return self.words[self._start :]

    @property
    def _start(self) -> int:
        return next(place for place, word in enumerate(self.words) if "=" not in word)


def documents() -> list[Path]:
    """Every file whose commands a person may read."""
    paths = {path for pattern in DOCUMENTS for path in ROOT.glob(pattern) if path.is_file()}
    return sorted(
        path for path in paths if path.suffix not in (".csv", ".html", ".pdf") and "__pycache__" not in path.parts
    )


def collected(path: Path) -> list[Command]:
    """The commands of a file, as often as they stand there."""
    file = str(path.relative_to(ROOT))
    return [Command(" ".join(text.split()), file) for text in _written(readable(path)) if " " in text.strip()]


def uncollected(path: Path) -> list[str]:
    """What looks like a command in a file, with what follows it, and was not collected."""
    text = readable(path)
    for command in collected(path):
        text = re.sub(r"\s+".join(map(re.escape, command.text.split())), "", text, count=1)
    return [text[match.start() : match.end() + 40] for match in LIKELY.finditer(text)]


def readable(path: Path) -> str:
    """What a person reads of a file: a document as it is, of scripts the comments, of Python the texts."""
    text = path.read_text()
    if path.suffix == ".py":
        return "\n\n".join(_texts(text))
    if path.suffix in (".md", ".rst", ".txt", ".j2"):
        return text
    return "\n".join(match[1] for line in text.splitlines() if (match := re.match(r"\s*#+ ?(.*)", line)))


def _written(text: str) -> Iterator[str]:
    for match in _FENCED.finditer(text):
        if match["language"] in ("sh", ""):
            yield from _lines(match["body"])
    text = _FENCED.sub("", text)
    for match in _SPAN.finditer(text):
        if COMMAND.fullmatch(match["text"].strip()):
            yield match["text"]
    text = _SPAN.sub("``", text)
    yield from _lines(text)
    yield from _SENTENCE.findall(text)


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        command = re.split(r"\s+#\s", line.strip())[0]
        if COMMAND.fullmatch(command):
            yield command


def _texts(source: str) -> Iterator[str]:
    """The texts of a Python file, f-strings with the names of what they hold, and its comments."""
    tree = ast.parse(source)
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and id(node) in parts:
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else f"{{{ast.unparse(part.value)}}}"
                for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            yield node.value
    yield from re.findall(r"(?:^|\s)# (.*)", source)


def planned(commands: list[tuple[dict[str, str], list[str]]], folder: Path) -> list[tuple[int, str]]:
    """Exit code and output of Snakemake for each (variables, arguments), given in a folder."""
    made = [snakemake(arguments, folder, **variables) for variables, arguments in commands]
    return [(each.returncode, each.stdout + each.stderr) for each in made]
