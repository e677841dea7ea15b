"""How the paper and this software are cited: BibTeX of the repository's CITATION.cff."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from repool.errors import UserError
from repool.schemas.reading import read_yaml

KINDS = {"conference-paper": "inproceedings", "article": "article", "software": "misc"}
# What BibTeX would take for its own.
SPECIAL = re.compile(r"([&%$#_{}])")


@dataclass(frozen=True)
class Citation:
    """The paper and this software as BibTeX, and where this software can be cloned from; empty where nobody says."""

    paper: str
    software: str
    repository: str


def read_citation(path: Path) -> Citation:
    """Both entries of a citation file; raises UserError where it lacks one of its parts."""
    found = read_yaml(path)
    try:
        entries = entry(found["preferred-citation"], "paper"), entry(found, "software")
        return Citation(*entries, str(found.get("repository-code", "")))
    except (KeyError, TypeError) as error:
        raise UserError(f"{path} has no {error}, which a citation needs.") from None


def entry(about: dict[str, Any], key: str) -> str:
    """One entry; `key` where it has no year and family name to be called by."""
    people = about["authors"]
    authors = [person.get("name") or f"{person['family-names']}, {person['given-names']}" for person in people]
    family, year = people[0].get("family-names", ""), about.get("year", "")
    fields = {
        "title": f"{{{escaped(about['title'])}}}",
        "author": " and ".join(f"{{{escaped(name)}}}" if "," not in name else escaped(name) for name in authors),
        "booktitle": escaped(about.get("collection-title", "")),
        "volume": str(about.get("volume", "")),
        "year": str(year),
        "note": f"Version {about['version']}" if "version" in about else "",
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    name = f"{family.lower()}{year}" if family and year else key
    return f"@{KINDS[about['type']]}{{{name},\n" + ",\n".join(lines) + "\n}"


def escaped(text: str) -> str:
    """Words as BibTeX prints them."""
    return SPECIAL.sub(r"\\\1", text)
