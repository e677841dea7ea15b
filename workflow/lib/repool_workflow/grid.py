"""Which files a configuration asks for, and which of them each artifact needs."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from repool.artifacts import kinds
from repool.artifacts.curves.needs import curve
from repool.campaign import all_cells, all_seeds, artifacts, cell_blocks, cell_seeds, cells, datasets, fewer_seeds
from repool.fingerprint import training_code
from repool.grids import combinations, grid_method, members
from repool.paper import kind
from repool.schemas.block import block_key, block_name, named_seeds
from repool.spec import spec
from repool.words.names import CURVE_MEASURES

if TYPE_CHECKING:
    from repool_workflow.found import Found

# Of a partial configuration, what there is: set once, while the Snakefile is read.
FOUND: "Found | None" = None


def block_files(
    config: dict[str, Any], dataset: str, method: str, blocks: Iterable[Sequence[int]] | None = None
) -> list[str]:
    """What the trainings of a cell leave: a file for each block of seeds, named after what trains and by which code.

    The blocks are those of the configuration, or given.
    """
    key = block_key(spec(config, dataset, method), training_code(config["methods"][method]["family"]))
    folder = f"results/{config['name']}/runs/{dataset}/{method}"
    return [f"{folder}/{block_name(list(block), key)}" for block in blocks or cell_blocks(config, dataset, method)]


def takes(artifact: str, given: str) -> bool:
    """Whether an artifact's table takes that input: curves, say."""
    return given in kinds.needs(kind(artifact)).inputs


def activation_files(config: dict[str, Any], artifact: str) -> list[str]:
    """What names the activations of an artifact's cells, if it shows any: the blocks of the first seed."""
    if not takes(artifact, "activations"):
        return []
    return [path for cell in ran(config, cells(config, artifact)) for path in first_blocks(config, *cell)]


def first_blocks(config: dict[str, Any], dataset: str, method: str) -> list[str]:
    """The block of a cell that has the configuration's first seed; of a partial one the activations, if there are."""
    first = all_seeds(config, dataset, method)[0]
    if FOUND is not None and FOUND.blocks is not None:
        files = run_files(config, dataset, method) if (dataset, method) in FOUND.with_activations else []
        return [path for path in files if first in named_seeds(Path(path).name)]
    block = next(path for path in block_files(config, dataset, method) if first in named_seeds(Path(path).name))
    if FOUND is None or block in run_files(config, dataset, method):
        return [block]
    alone = Path(block).with_name(f"seed-{first:02d}.activations.npz")
    return [str(alone)] if alone.exists() else []


def run_seeds(config: dict[str, Any], dataset: str, method: str) -> list[int]:
    """The seeds of a cell; of a partial configuration those that were found."""
    return cell_seeds(config, dataset, method) if FOUND is None else FOUND.seeds.get((dataset, method), [])


def ran(config: dict[str, Any], wanted: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of some cells that have any run."""
    return [cell for cell in wanted if run_seeds(config, *cell)]


def card_file(config: dict[str, Any], dataset: str) -> str:
    """The card of a prepared dataset."""
    return f"results/{config['name']}/data/{dataset}/card.json"


def card_files(config: dict[str, Any], names: list[str]) -> list[str]:
    """The cards of some datasets; of a partial configuration those that can be read."""
    return [card_file(config, name) for name in names if FOUND is None or name in FOUND.cards]


def run_files(config: dict[str, Any], dataset: str, method: str) -> list[str]:
    """What holds the runs of a cell: its blocks; of a partial configuration also records whose block is not there."""
    if FOUND is not None and FOUND.blocks is not None:
        own = FOUND.blocks.get((dataset, method))
        return block_files(config, dataset, method, own) if own else []
    found = block_files(config, dataset, method)
    if FOUND is None:
        return found
    shown = set(run_seeds(config, dataset, method))
    whole = [path for path in found if Path(path).exists() and shown.issuperset(named_seeds(Path(path).name))]
    inside = {seed for path in whole for seed in named_seeds(Path(path).name)}
    rest = sorted(shown - inside)
    return whole + [record_file(config, dataset, method, seed) for seed in rest]


def record_file(config: dict[str, Any], dataset: str, method: str, seed: int) -> str:
    """The record of a run."""
    return f"results/{config['name']}/runs/{dataset}/{method}/seed-{seed:02d}.json"


def trained_methods(config: dict[str, Any], dataset: str) -> list[str]:
    """The methods whose training on a dataset is shown by epoch: all that have a run there, but those of grids."""
    varied = {method for grid in config["grids"].values() for method in members(grid)}
    return [method for name, method in ran(config, all_cells(config)) if name == dataset and method not in varied]


def trained_datasets(config: dict[str, Any]) -> list[str]:
    """The datasets that have any such method."""
    return [name for name in datasets(config) if trained_methods(config, name)]


def training_files(config: dict[str, Any], ending: str) -> list[str]:
    """A figure of every such dataset, `svg` or `pdf`."""
    return [f"results/{config['name']}/figures/training/{name}.{ending}" for name in trained_datasets(config)]


def wanted(config: dict[str, Any], dataset: str) -> dict[str, dict[str, Any]]:
    """What the records of those methods must be of."""
    return {
        method: {"spec": spec(config, dataset, method), "code": training_code(config["methods"][method]["family"])}
        for method in trained_methods(config, dataset)
    }


def training_style(config: dict[str, Any], dataset: str) -> dict[str, Any]:
    """How its figure looks: sizes, and of the palette what its methods need."""
    methods = trained_methods(config, dataset)
    own = {key: value for key, value in config["style"].items() if key in ("font_size", "width")}
    return {**own, "palette": {key: colour for key, colour in config["style"]["palette"].items() if key in methods}}


def cell_tables(config: dict[str, Any], dataset: str, method: str) -> list[str]:
    """Every table that is collected from the runs of a cell."""
    folders = ("cells", *(f"curves/{name}" for name in CURVE_MEASURES))
    own = [f"results/{config['name']}/tables/{folder}/{dataset}/{method}.csv" for folder in folders]
    return [*own, f"results/{config['name']}/tables/training/{dataset}.csv"]


def cell_files(config: dict[str, Any], artifact: str, ending: str) -> list[str]:
    """One file of every cell of an artifact: `csv` for the table, `json` for the summary."""
    return [f"results/{config['name']}/tables/cells/{d}/{m}.{ending}" for d, m in ran(config, cells(config, artifact))]


def curve_files(config: dict[str, Any], artifact: str) -> list[str]:
    """The curves of an artifact's cells, if it shows any."""
    if not takes(artifact, "curves"):
        return []
    folder = f"results/{config['name']}/tables/curves/{curve(artifact)}"
    return [f"{folder}/{dataset}/{method}.csv" for dataset, method in ran(config, cells(config, artifact))]


def summaries(config: dict[str, Any], artifact: str) -> list[str]:
    """The summaries of an artifact's cells, if its table shows what ran and where."""
    return cell_files(config, artifact, "json") if takes(artifact, "summaries") else []


def margins(known: dict[str, float], artifact: str) -> dict[str, float]:
    """The margins that an artifact holds its numbers against, or shows beside them."""
    return {measure: known[measure] for measure in kinds.needs(kind(artifact)).margins}


def sizes(config: dict[str, Any], artifact: str) -> list[dict[str, Any]]:
    """The combinations of an artifact's grid, each with its options and its first two methods."""
    if not takes(artifact, "sizes") or artifact not in artifacts(config):
        return []
    own = config["grids"][config["artifacts"][artifact]["grid"]]
    first, second = own["methods"][:2]
    return [
        {**options, "first": grid_method(first, options), "second": grid_method(second, options)}
        for options in combinations(own)
    ]


def figures(config: dict[str, Any]) -> list[str]:
    """Artifacts that are pictures."""
    return [name for name in artifacts(config) if kinds.has(kind(name), "figure")]


def tested(config: dict[str, Any]) -> list[str]:
    """Artifacts with paired tests."""
    return [name for name in artifacts(config) if config["artifacts"][name]["pairs"]]


def ranked(config: dict[str, Any]) -> list[str]:
    """Artifacts whose methods are ranked across datasets: three methods and two datasets are the least."""
    return [
        name
        for name in artifacts(config)
        if kinds.needs(kind(name)).ranked
        and len(config["artifacts"][name]["methods"]) >= 3
        and len(config["artifacts"][name]["datasets"]) >= 2
    ]


def style(config: dict[str, Any], artifact: str) -> dict[str, Any]:
    """How one figure looks: the configuration's style, of its palette what the figure's methods need.

    Activations are coloured by their values: no method's colour is in them.
    """
    wanted = config["style"]
    methods = config["artifacts"][artifact]["methods"] if kinds.needs(kind(artifact)).coloured else []
    own = {key: value for key, value in wanted.items() if key not in ("palette", "kinds")}
    own["palette"] = {method: colour for method, colour in wanted["palette"].items() if method in methods}
    return {**own, "kind": wanted["kinds"][artifact]} if artifact in wanted["kinds"] else own


def evidence(config: dict[str, Any], artifact: str) -> list[str]:
    """Every file of an artifact."""
    results = f"results/{config['name']}"
    files = [f"{results}/tables/{artifact}.csv"]
    if artifact in tested(config):
        files.append(f"{results}/tests/{artifact}.csv")
    if artifact in ranked(config):
        files.append(f"{results}/ranks/{artifact}.csv")
    if artifact in figures(config):
        files += [f"{results}/figures/{artifact}.svg", f"{results}/figures/{artifact}.pdf"]
    return files


def activations(config: dict[str, Any], dataset: str, method: str, block: str) -> str:
    """The words with which the block of a cell's first seed keeps some activations of it; none for another block."""
    first = all_seeds(config, dataset, method)[0]
    return f"--activations {first}" if first in named_seeds(f"seeds-{block}.json") else ""


def method_seeds(config: dict[str, Any], dataset: str, methods: list[str]) -> dict[str, list[int]]:
    """The seeds of those methods that have others than a dataset has."""
    by_method = {method: all_seeds(config, dataset, method) for method in methods}
    return {method: seeds for method, seeds in by_method.items() if seeds != all_seeds(config, dataset)}


def run_info(config: dict[str, Any], call: dict[str, str]) -> dict[str, Any]:
    """What the page says of the configuration, and of the call that made it (`rebuild.call`)."""
    methods: dict[str, list[str]] = {}
    for dataset, method in all_cells(config):
        methods.setdefault(dataset, []).append(method)
    fewer = fewer_seeds(config)
    return {
        **call,
        "configuration": config["name"],
        "seeds": all_seeds(config),
        "fewer_seeds": fewer_seeds(config),
        "cells": [
            {
                "dataset": dataset,
                "methods": names,
                "fewer_seeds": {name: fewer[name] for name in names if name in fewer},
                # No key where they are those of the others, so that their pages stay the same.
                **({"seeds": own} if (own := all_seeds(config, dataset)) != all_seeds(config) else {}),
                **({"method_seeds": by_method} if (by_method := method_seeds(config, dataset, names)) else {}),
            }
            for dataset, names in methods.items()
        ],
        # No key where nothing is left out, so that a page of a finished campaign is the same one.
        **({"left_out": FOUND.summary()} if FOUND and (FOUND.left_out or FOUND.without_card) else {}),
    }
