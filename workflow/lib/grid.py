"""What a configuration asks for: cells, blocks of seeds, and which files each artifact needs."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Block:
    """The seeds that one job trains."""

    seeds: range

    @property
    def name(self) -> str:
        """First and last seed, as in the rule's name."""
        return f"{self.seeds[0]:02d}_{self.seeds[-1]:02d}"

    @property
    def argument(self) -> str:
        """First and last seed, as the command line wants them."""
        return f"{self.seeds[0]}-{self.seeds[-1]}"

    def files(self, pattern: str) -> list[str]:
        """The pattern with each seed in place of SEED."""
        return [pattern.replace("SEED", f"{seed:02d}") for seed in self.seeds]


def blocks(seeds: int, seeds_per_job: int) -> list[Block]:
    """Seeds 0 to seeds - 1 in blocks; only the last may be smaller."""
    return [Block(range(first, min(first + seeds_per_job, seeds))) for first in range(0, seeds, seeds_per_job)]


def cells(config: dict[str, Any], artifact: str) -> list[tuple[str, str]]:
    """(dataset, method) of every cell that an artifact covers, in its own order."""
    entry = config["artifacts"][artifact]
    return [(dataset, method) for method in entry["methods"] for dataset in entry["datasets"]]


def artifacts(config: dict[str, Any]) -> list[str]:
    """Artifacts that cover anything, in the configuration's order."""
    return [name for name, entry in config["artifacts"].items() if entry["datasets"]]


def datasets(config: dict[str, Any]) -> list[str]:
    """Every dataset of any artifact, in the order of the configuration."""
    return list(dict.fromkeys(name for entry in config["artifacts"].values() for name in entry["datasets"]))


def all_cells(config: dict[str, Any]) -> list[tuple[str, str]]:
    """Every cell of any artifact, once."""
    return list(dict.fromkeys(cell for artifact in artifacts(config) for cell in cells(config, artifact)))


def figures(config: dict[str, Any]) -> list[str]:
    """Artifacts that are pictures."""
    return [name for name in artifacts(config) if name.startswith("figure_")]


def tested(config: dict[str, Any]) -> list[str]:
    """Artifacts with paired tests."""
    return [name for name in artifacts(config) if config["artifacts"][name]["pairs"]]


def evidence(config: dict[str, Any], artifact: str) -> list[str]:
    """Every file of an artifact."""
    results = f"results/{config['name']}"
    files = [f"{results}/tables/{artifact}.csv"]
    if artifact in tested(config):
        files.append(f"{results}/tests/{artifact}.csv")
    if artifact in figures(config):
        files += [f"{results}/figures/{artifact}.svg", f"{results}/figures/{artifact}.pdf"]
    return files


def run_info(config: dict[str, Any]) -> dict[str, Any]:
    """What the page says of the configuration."""
    methods: dict[str, list[str]] = {}
    for dataset, method in all_cells(config):
        methods.setdefault(dataset, []).append(method)
    file = f"config/{config['name']}.yaml"
    return {
        "configuration": config["name"],
        "file": file,
        "seeds": list(range(config["seeds"])),
        "cells": [{"dataset": dataset, "methods": names} for dataset, names in methods.items()],
        "rebuild": f"snakemake ARTIFACT --cores 2 --configfile {file}",
    }
