"""Names that become paths, wildcards and words of a shell: one pattern each, matched in full."""

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, Field

from repool import paper
from repool.errors import nearest

METHOD = r"[a-z0-9][a-z0-9-]*"
LONGEST = 100  # a file's name has 255 bytes at most, and endings


def _named(what: str, pattern: str, words: str) -> Callable[[str], str]:
    """A check of a name; it raises ValueError with what a name may be."""

    def check(name: str) -> str:
        if not re.fullmatch(pattern, name) or len(name) > LONGEST:
            raise ValueError(f"{name[:LONGEST]!r} cannot be the name of {what}. Write {words}, {LONGEST} at most.")
        return name

    return check


def _artifact(name: str) -> str:
    if name not in paper.kinds():
        raise ValueError(f"{name} is not an artifact. {nearest(name, paper.kinds())}")
    return name


def unique(values: list) -> list:
    """The list; raises ValueError if it has anything twice."""
    for position, value in enumerate(values):
        if value in values[:position]:
            raise ValueError(f"{value} stands twice. Name it once.")
    return values


def split_pair(pair: str) -> tuple[str, str]:
    """The two methods of FIRST:SECOND."""
    first, _, second = pair.partition(":")
    return first, second


def _pairs(pairs: list[str]) -> list[str]:
    """Pairs of different methods, each once, whichever stands first; raises ValueError otherwise."""
    seen: dict[frozenset[str], str] = {}
    for pair in pairs:
        if not re.fullmatch(f"{METHOD}:{METHOD}", pair):
            raise ValueError(f"{pair!r} is not a pair of methods. Write FIRST:SECOND, such as graclus:complement.")
        both = frozenset(split_pair(pair))
        if len(both) == 1:
            raise ValueError(f"{pair} compares a method with itself. Name two methods.")
        if both in seen:
            raise ValueError(f"{pair} compares the same methods as {seen[both]}. Name a pair once.")
        seen[both] = pair
    return pairs


MethodName = Annotated[
    str, AfterValidator(_named("a method", METHOD, "small letters, digits and dashes, such as graclus-one"))
]
DatasetName = Annotated[
    str,
    AfterValidator(_named("a dataset", r"[A-Za-z0-9][A-Za-z0-9_-]*", "letters, digits, dashes and underscores")),
]
ConfigurationName = Annotated[
    str,
    AfterValidator(
        _named("a configuration", r"(?!archive\Z)[a-z][a-z0-9-]*", "small letters, digits and dashes, not archive")
    ),
]
ArtifactName = Annotated[str, AfterValidator(_artifact)]
# What a file names, as a sentence says it, and where.
Named = tuple[str, str, str]
Methods = Annotated[list[MethodName], AfterValidator(unique)]
Datasets = Annotated[list[DatasetName], AfterValidator(unique)]
SomeMethods = Annotated[list[MethodName], Field(min_length=1), AfterValidator(unique)]
SomeDatasets = Annotated[list[DatasetName], Field(min_length=1), AfterValidator(unique)]
Pairs = Annotated[list[str], AfterValidator(_pairs)]
