"""A small page made by the real commands from made-up records, in a temporary folder."""

import json
import sys
from pathlib import Path

import numpy as np
from made_kinds import make_kinds

from repool.cli import main

sys.path.insert(0, str(Path(__file__).parents[1] / "analysis"))
from made import make_card, make_failed_record, make_record, make_timing

ROOT = Path(__file__).parents[2]
METHODS = ("graclus", "complement", "global-mean")
ARTIFACTS = {
    "figure_1": ("graclus", "complement"),
    "table_1": ("graclus", "complement"),
    "global_mean_pooling": ("global-mean", "graclus"),
    "table_3": ("graclus", "complement"),
    "table_s1": (),
}


def run(*arguments: object) -> None:
    assert main([str(argument) for argument in arguments]) == 0


def make_page(folder: Path, datasets: dict[str, dict], seeds: int = 3, **options) -> Path:
    """`datasets` maps a name to changes of its card and `failed`, methods without a run. Returns the page.
    `broken` says of how many of a method's seeds, the last ones, the training failed.

    Options: `templates` and `captions`, other folders of them; `kinds`, tables of every kind, claims and deviations
    too; `training`, its figures too; `pdf` or `summary` in place of the page.
    """
    return render(folder, *make_inputs(folder, datasets, seeds), **options)


def make_inputs(folder: Path, datasets: dict[str, dict], seeds: int = 3) -> tuple[list[Path], list[Path], dict]:
    """Tables, tests and a figure in the folder; the cards, the cell tables and what the configuration asks for."""
    cards, cells = [], []
    generator = np.random.default_rng(0)
    for name, changes in datasets.items():
        about = {key: value for key, value in changes.items() if key not in ("failed", "broken")}
        card = make_card(folder, name, **about)
        cards.append(card)
        metric = about.get("metric", "accuracy")
        for method in METHODS:
            if method not in changes.get("failed", ()):
                scores = generator.normal(0.7, 0.05, seeds).round(4)
                good = seeds - changes.get("broken", {}).get(method, 0)
                records = [
                    make_record(folder, seed, score, name, method, metric=metric)
                    if seed < good
                    else make_failed_record(folder, seed, name, method, metric=metric)
                    for seed, score in enumerate(scores)
                ]
                for record in records:
                    make_timing(record)
                cells.append(folder / "cells" / name / f"{method}.csv")
                info = cells[-1].with_suffix(".json")
                run("collect", "--records", *records, "--card", card, "--out", cells[-1], "--info", info)
    make_artifacts(folder, cells, cards, ",".join(datasets))
    info = {
        "configuration": "made",
        "file": "config/made.yaml",
        "seeds": list(range(seeds)),
        "cells": [{"dataset": name, "methods": list(METHODS)} for name in datasets],
        "rebuild": "snakemake --cores 2 --configfile config/made.yaml ARTIFACT",
    }
    return cards, cells, info


def make_artifacts(folder: Path, cells: list[Path], cards: list[Path], datasets: str) -> None:
    for artifact, methods in ARTIFACTS.items():
        used = [cell for cell in cells if cell.stem in methods]
        grid = ["--cells", *used, "--cards", *cards, "--methods", ",".join(methods), "--datasets", datasets]
        published = ROOT / "config" / "published.yaml"
        run("tabulate", artifact, *grid, "--published", published, "--out", folder / "tables" / f"{artifact}.csv")
        if artifact in ("table_1", "global_mean_pooling"):
            out = folder / "tests" / f"{artifact}.csv"
            run("test", artifact, *grid, "--pairs", ":".join(methods), "--out", out)
    figure = folder / "figures" / "figure_1"
    pictures = ("--svg", figure.with_suffix(".svg"), "--pdf", figure.with_suffix(".pdf"))
    run("plot", "figure_1", "--table", folder / "tables" / "figure_1.csv", *pictures)


def make_training(folder: Path, dataset: str, cells: list[Path]) -> Path:
    """The figure of how the networks of a dataset trained."""
    methods = [cell.stem for cell in cells if cell.parent.name == dataset]
    records = [record for method in methods for record in (folder / "runs" / dataset / method).glob("seed-??.json")]
    table = folder / "tables" / "training" / f"{dataset}.csv"
    svg = folder / "drawn" / "training" / f"{dataset}.svg"
    wanted = json.dumps({method: {} for method in methods})
    card = folder / "data" / dataset / "card.json"
    run("collect-epochs", "--records", *records, "--card", card, "--wanted", wanted, "--out", table)
    run("plot-training", "--table", table, "--svg", svg, "--pdf", svg.with_suffix(".pdf"))
    return svg


def render(
    folder: Path,
    cards: list[Path],
    cells: list[Path],
    info: dict,
    templates: Path | None = None,
    captions: Path | None = None,
    pdf: bool = False,
    summary: bool = False,
    kinds: bool = False,
    training: bool = False,
) -> Path:
    further = make_kinds(folder) if kinds else []
    drawn = [make_training(folder, dataset["dataset"], cells) for dataset in info["cells"]] if training else []
    name = "summary.md" if summary else "paper.pdf" if pdf else "paper.html"
    out = folder / name
    run(
        {"summary.md": "render-summary", "paper.pdf": "render-pdf", "paper.html": "render"}[name],
        *("--tables", *sorted((folder / "tables").glob("*.csv"))),
        *("--tests", *sorted((folder / "tests").glob("*.csv"))),
        *("--figures", *sorted((folder / "figures").iterdir())),
        *("--cards", *cards),
        *("--cells", *cells, *(cell.with_suffix(".json") for cell in cells)),
        *("--run-info", json.dumps(info)),
        *("--templates", templates or ROOT / "report" / "templates"),
        *("--captions", captions or ROOT / "report" / "captions"),
        *(("--training", *drawn) if training else ()),
        *further,
        *("--out", out),
    )  # fmt: skip
    return out
