"""What stands in results/NAME above its runs, and the paper beside it: all that has a digest."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from repool.digests import digest_file, fault, written_file

FOLDERS = ("tables", "tests", "ranks", "figures")
STATEMENTS = ("claims.json", "numbers.json")
PAPER = ("paper.html", "paper.pdf")
KINDS = {".csv", ".json", ".svg", ".pdf"}


def outputs(results: Path) -> list[Path]:
    """Outputs of a configuration that are there, or once were: their digest still is; sorted."""
    found = {path for name in FOLDERS for path in _below(results / name)}
    return sorted(found | set(_of([results / name for name in STATEMENTS])))


def papers(report: Path, configurations: Iterable[str]) -> list[Path]:
    """Page and PDF, also under the names of configurations: those that are there or once were."""
    named = (f"{name}.{kind}" for name in configurations for kind in ("html", "pdf"))
    return list(_of([report / name for name in dict.fromkeys((*PAPER, *named))]))


def damaged(paths: list[Path]) -> list[Path]:
    """Those of some files that are not as they were written, or of which nothing says so."""
    return [path for path in paths if fault(path)]


def _of(paths: list[Path]) -> Iterator[Path]:
    return (path for path in paths if path.exists() or digest_file(path).exists())


def _below(top: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(top):
        for name in names:
            path = Path(folder, name)
            if name.startswith("."):
                path = written_file(path) if name.endswith(".sha256") else path
            if path.suffix in KINDS and not path.name.startswith("."):
                yield path
