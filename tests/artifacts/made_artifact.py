"""An artifact of every kind, made by the real commands from made-up records: runs, pending cells and embedded data."""

import json
from pathlib import Path

import numpy as np
from made import make_card, make_record, make_timing

from repool import paper
from repool.artifacts import kinds
from repool.artifacts.curves.needs import curve
from repool.canonical import canonical
from repool.cli import main
from repool.grids import combinations, grid_method
from repool.overlays import merged
from repool.spec import spec

ROOT = Path(__file__).parents[2]
CONFIG = merged([ROOT / "config" / "paper.yaml"])
DATASETS = {"NCI1": {}, "MOLECULES": {"metric": "mae", "classes": None, "status": "embedded"}}
# Configured, and neither prepared nor run.
PENDING = "DD"
SEEDS = 3
MARGINS = {"accuracy": 1.0, "auroc": 1.0, "mae": 0.01, "permutation": 1e-5, "divergence_identical": 1e-9}


def run(*arguments: object) -> None:
    assert main([str(argument) for argument in arguments]) == 0


def shown() -> dict[str, str]:
    """The first artifact of each kind, by kind."""
    return {kind: name for name, kind in reversed(paper.kinds().items())}


def ran(artifact: str) -> list[str]:
    """All methods of an artifact but the last of several, which is pending."""
    methods = CONFIG["artifacts"][artifact].get("methods", [])
    return methods[:-1] if len(methods) > 1 else methods


def make_cell(folder: Path, dataset: str, method: str) -> tuple[Path, Path, Path]:
    """The table, the summary and the activations of a cell."""
    draws = np.random.default_rng(len(method) + len(dataset))
    metric = DATASETS[dataset].get("metric", "accuracy")
    layers = [{"rows": rows, "share": share, "share_of_matrix": 0.25} for rows, share in ((29.9, 0.5), (10.0, None))]
    divergence = {"learned": 0.25, "identical": 1e-12} if method == "gmn" else None
    records = [
        make_record(
            *(folder, seed, draws.uniform(0.6, 0.8), dataset, method),
            metric=metric,
            spec=spec(CONFIG, dataset, method),
            inside={"homogeneity": layers, "permutation": 1e-6 * (1 + seed), "divergence": divergence},
            curves={"permuted": [0.5, 0.6, 0.7] * 10, "validation_loss": list(np.linspace(0.9, 0.4, 30))},
        )
        for seed in range(SEEDS)
    ]
    for record in records:
        make_timing(record, seconds_per_epoch=float(draws.uniform(0.5, 0.7)))
    activations = records[0].with_suffix(".activations.npz")
    arrays = {f"activations_0_{layer}": draws.normal(size=(5 - 2 * layer, 4)) for layer in range(2)}
    np.savez(activations, graphs=[7], **arrays)
    table = folder / "tables" / "cells" / dataset / f"{method}.csv"
    summary = table.with_suffix(".json")
    card = folder / "data" / dataset / "card.json"
    run("collect", "--records", *records, "--card", card, "--out", table, "--info", summary)
    for name in ("validation_loss", "permuted"):
        out = folder / "tables" / "curves" / name / dataset / f"{method}.csv"
        run("collect-curves", name, "--records", *records, "--card", card, "--out", out)
    return table, summary, activations


def sizes(artifact: str) -> list[dict]:
    """The combinations of an artifact's grid, as the rules pass them on."""
    grid = CONFIG["grids"][CONFIG["artifacts"][artifact]["grid"]]
    first, second = grid["methods"][:2]
    return [
        {**options, "first": grid_method(first, options), "second": grid_method(second, options)}
        for options in combinations(grid)
    ]


def make_table(folder: Path, artifact: str) -> None:
    """The table of an artifact from the cells that ran, and its figure where it has one."""
    kind = paper.kind(artifact)
    needs = kinds.needs(kind)
    cells = [(dataset, method) for dataset in DATASETS for method in ran(artifact)]
    made = [
        (folder / "tables" / "cells" / dataset / f"{method}.csv", folder / "runs" / dataset / method)
        for dataset, method in cells
    ]
    given: list[object] = ["--cells", *(table for table, _ in made)]
    if "curves" in needs.inputs:
        given += ["--curves", *(folder / "tables" / "curves" / curve(artifact) / f"{d}/{m}.csv" for d, m in cells)]
    if "summaries" in needs.inputs:
        given += ["--summaries", *(table.with_suffix(".json") for table, _ in made)]
    if "activations" in needs.inputs:
        given += ["--activations", *(runs / "seed-00.activations.npz" for _, runs in made)]
    if "sizes" in needs.inputs:
        given += ["--sizes", canonical(sizes(artifact))]
    if needs.margins:
        given += ["--margins", canonical({name: MARGINS[name] for name in needs.margins})]
    methods = ",".join(CONFIG["artifacts"][artifact].get("methods", []))
    cards = [folder / "data" / dataset / "card.json" for dataset in DATASETS]
    grid = ["--cards", *cards, f"--methods={methods}", f"--datasets={','.join([*DATASETS, PENDING])}"]
    out = folder / "tables" / f"{artifact}.csv"
    run("tabulate", artifact, *given, *grid, "--published", ROOT / "config" / "published.yaml", "--out", out)
    if needs.ranked and len(ran(artifact)) > 2:
        tables = [table for table, _ in made]
        known = ["--cards", *cards, f"--methods={','.join(ran(artifact))}", f"--datasets={','.join(DATASETS)}"]
        run("rank", artifact, "--cells", *tables, *known, "--out", folder / "ranks" / f"{artifact}.csv")
    if kinds.has(kind, "figure"):
        picture = folder / "figures" / artifact
        run("plot", artifact, "--table", out, "--svg", f"{picture}.svg", "--pdf", f"{picture}.pdf")


def make_artifacts(folder: Path, artifacts: list[str]) -> list[object]:
    """Tables and figures of artifacts in a folder; returns what `render` is given."""
    for dataset, about in DATASETS.items():
        make_card(folder, dataset, **about)
    methods = dict.fromkeys(method for name in artifacts for method in CONFIG["artifacts"][name].get("methods", []))
    trained = dict.fromkeys(method for name in artifacts for method in ran(name))
    made = [make_cell(folder, dataset, method) for dataset in DATASETS for method in trained]
    for name in artifacts:
        make_table(folder, name)
    info = {
        "configuration": "made",
        "file": "config/made.yaml",
        "seeds": list(range(SEEDS)),
        "cells": [{"dataset": name, "methods": list(methods)} for name in (*DATASETS, PENDING)],
        "rebuild": "snakemake ARTIFACT --cores 2",
    }
    return [
        *("--tables", *(folder / "tables" / f"{name}.csv" for name in artifacts)),
        *("--ranks", *sorted((folder / "ranks").glob("*.csv"))),
        *("--figures", *sorted((folder / "figures").glob("*"))),
        *("--cards", *(folder / "data" / dataset / "card.json" for dataset in DATASETS)),
        *("--cells", *(path for table, summary, _ in made for path in (table, summary))),
        *("--run-info", json.dumps(info)),
    ]
