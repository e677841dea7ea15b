"""What a page is made of, read and checked: a page shows whatever there is, and refuses what it does not know."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from repool import paper
from repool.analysis import paired, ranks
from repool.analysis.cells import read_cells
from repool.analysis.files import read_json
from repool.analysis.tables import read_table
from repool.artifacts import kinds
from repool.errors import UserError, nearest
from repool.report import documents, texts
from repool.report.citing import Citation, read_citation
from repool.schemas.card import read_card
from repool.schemas.reading import read_text

RUN_INFO = ("configuration", "file", "seeds", "cells", "rebuild")
OPTIONAL = ("fewer_seeds", "left_out", "train")
CLAIM = ("id", "says", "artifacts", "verdict", "reason", "data", "tests")


@dataclass(frozen=True)
class Table:
    """A table as read, and the bytes of its file, which the page offers for download."""

    rows: pd.DataFrame
    content: bytes


@dataclass(frozen=True)
class RunInfo:
    """What the configuration asks for.

    Attributes:
        configuration, file: its name and path.
        seeds: those of every dataset without seeds of its own.
        own_seeds: of datasets that have such.
        method_seeds: of (dataset, method) that have others than their dataset.
        cells: methods of each dataset, in order.
        rebuild: the command that rebuilds ARTIFACT.
        fewer_seeds: methods that train the first seeds alone, and how many.
        left_out: records that are there and not shown, each with `reason`, `dataset`, `method` and `seeds`.
        without_card: datasets whose card is missing or damaged, and why.
        train: the command that trains what ARTIFACT lacks, where `rebuild` trains nothing; else empty.
    """

    configuration: str
    file: str
    seeds: list[int]
    cells: dict[str, list[str]]
    rebuild: str
    fewer_seeds: dict[str, int]
    own_seeds: dict[str, list[int]]
    method_seeds: dict[tuple[str, str], list[int]]
    left_out: list[dict[str, Any]]
    without_card: dict[str, str]
    train: str

    def expected(self, dataset: str, method: str) -> int:
        """How many runs a cell should have."""
        of_dataset = self.own_seeds.get(dataset, self.seeds)
        seeds = len(self.method_seeds.get((dataset, method), of_dataset))
        return min(seeds, self.fewer_seeds.get(method, seeds))


@dataclass(frozen=True)
class Inputs:
    """All inputs by artifact; figures of training and cards by dataset; by dataset and method the summaries and the
    rows of the cells.

    Attributes:
        claims: as in claims.json, or None where no verdict was sought.
        claim_tests: what each kind of test asks, in words.
        contradictions: where the paper says two things, each with the claims that it is about.
        deviations: the table of differences from the released code, or None.
        citation: how the paper and this software are cited, or None.
        commit: that of the code that makes the page; empty where nothing says.
    """

    tables: dict[str, Table]
    tests: dict[str, Table]
    ranks: dict[str, Table]
    figures: dict[str, str]
    pdfs: dict[str, bytes]
    training: dict[str, str]
    cards: dict[str, dict[str, Any]]
    cells: dict[tuple[str, str], dict[str, Any]]
    runs: dict[tuple[str, str], pd.DataFrame]
    run: RunInfo
    captions: dict[str, texts.Caption]
    chapters: list[texts.Chapter]
    claims: list[dict[str, Any]] | None
    claim_tests: dict[str, str]
    contradictions: list[dict[str, Any]]
    deviations: documents.Document | None
    citation: Citation | None
    commit: str


def read_inputs(
    *,
    tables: Sequence[Path],
    tests: Sequence[Path],
    ranked: Sequence[Path],
    figures: Sequence[Path],
    training: Sequence[Path],
    cards: Sequence[Path],
    cells: Sequence[Path],
    run_info: str,
    captions: Path,
    claims: Path | None,
    deviations: Path | None,
    citation: Path | None,
    commit: str,
) -> Inputs:
    """Read all files; UserError names a file that is missing, broken, or of an artifact that no page has."""
    found = {artifact(path): path for path in tables}
    summaries = [read_json(path) for path in cells if path.suffix == ".json"]
    runs = read_cells([path for path in cells if path.suffix == ".csv"])
    return Inputs(
        tables={name: table_of(name, path) for name, path in found.items()},
        tests={artifact(path): table(path, paired.COLUMNS, paired.TEXT) for path in tests},
        ranks={artifact(path): table(path, ranks.COLUMNS, ranks.TEXT) for path in ranked},
        figures={artifact(path): read_text(path) for path in figures if path.suffix == ".svg"},
        pdfs={artifact(path): path.read_bytes() for path in figures if path.suffix == ".pdf"},
        training={path.stem: read_text(path) for path in training},
        cards={card["dataset"]: card for card in map(read_card, cards)},
        cells={(cell["dataset"], cell["method"]): cell for cell in summaries},
        runs={(str(dataset), str(method)): rows for (dataset, method), rows in runs.groupby(["dataset", "method"])},
        run=read_run_info(run_info),
        captions={name: texts.read_caption(captions / f"{name}.txt") for name in found},
        chapters=texts.read_chapters(captions / "chapters.yaml"),
        claims=read_claims(claims) if claims else None,
        claim_tests=dict(read_json(claims)["tests"]) if claims else {},
        contradictions=list(read_json(claims)["contradictions"]) if claims else [],
        deviations=documents.read_document(deviations) if deviations else None,
        citation=read_citation(citation) if citation else None,
        commit=commit,
    )


def artifact(path: Path) -> str:
    """The artifact that a file is named after."""
    if path.stem not in paper.kinds():
        raise UserError(f"{path} is not named after an artifact. {nearest(path.stem, paper.kinds())}")
    return path.stem


def table_of(name: str, path: Path) -> Table:
    """The table of an artifact, with the columns of its kind."""
    made_by = kinds.part(paper.kind(name), "table")
    return table(path, made_by.COLUMNS, made_by.TEXT)


def table(path: Path, columns: Sequence[str], text: Sequence[str]) -> Table:
    """A table and its bytes."""
    return Table(read_table(path, columns, text), path.read_bytes())


def read_run_info(source: str) -> RunInfo:
    """What was configured, from a JSON file or from the JSON text itself."""
    try:
        given = json.loads(source) if source.lstrip().startswith("{") else read_json(Path(source))
    except ValueError as error:
        raise UserError(f"--run-info is not valid JSON ({error}).") from None
    for key in given:
        if key not in (*RUN_INFO, *OPTIONAL):
            raise UserError(f"{key} is not a key of --run-info. {nearest(key, (*RUN_INFO, *OPTIONAL))}")
    missing = [key for key in RUN_INFO if key not in given]
    if missing:
        raise UserError(f"--run-info has no {', '.join(missing)}.")
    cells = {cell["dataset"]: list(cell["methods"]) for cell in given["cells"]}
    fewer = dict(given.get("fewer_seeds", {}))
    own = {cell["dataset"]: list(cell["seeds"]) for cell in given["cells"] if "seeds" in cell}
    by_method = {
        (cell["dataset"], method): list(seeds)
        for cell in given["cells"]
        for method, seeds in cell.get("method_seeds", {}).items()
    }
    left_out = given.get("left_out", {"records": [], "cards": {}})
    return RunInfo(
        *(given["configuration"], given["file"], list(given["seeds"]), cells, given["rebuild"], fewer, own, by_method),
        *(list(left_out["records"]), dict(left_out["cards"]), str(given.get("train", ""))),
    )


def read_claims(path: Path) -> list[dict[str, Any]]:
    """The claims of claims.json; UserError names what one of them lacks."""
    claims = read_json(path)["claims"]
    for position, claim in enumerate(claims):
        missing = [key for key in CLAIM if key not in claim]
        if missing:
            raise UserError(f"{path}: claim {claim.get('id', position)} has no {', '.join(missing)}.")
    return list(claims)
