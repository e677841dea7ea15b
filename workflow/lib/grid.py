"""What a configuration asks for: cells, blocks of seeds, and which files each artifact needs."""

from dataclasses import dataclass
from typing import Any

from repool.errors import UserError


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


def ranges(seeds: int | list[str]) -> list[range]:
    """The ranges of seeds that a configuration asks for: n, or texts such as 0-4 and 7.

    Raises:
        UserError: a range ends before it begins, or a seed is in two ranges.
    """
    if isinstance(seeds, int):
        return [range(seeds)]
    found: list[range] = []
    for text in seeds:
        first, _, last = text.partition("-")
        new = range(int(first), int(last or first) + 1)
        if not new:
            raise UserError(f"seeds: {text} ends before it begins. Write {last}-{first}")
        for old in found:
            if shared := sorted(set(old) & set(new)):
                raise UserError(
                    f"seeds: {text} overlaps with {old[0]}-{old[-1]} in {', '.join(map(str, shared))}. "
                    "Every seed may stand in one range only"
                )
        found.append(new)
    return found


def blocks(seeds: int | list[str], seeds_per_job: int) -> list[Block]:
    """The seeds in blocks that no range of seeds shares with another; only the last of a range may be smaller."""
    return [
        Block(part[first : first + seeds_per_job])
        for part in ranges(seeds)
        for first in range(0, len(part), seeds_per_job)
    ]


def all_seeds(config: dict[str, Any]) -> list[int]:
    """Every seed of a cell, sorted."""
    return sorted(seed for part in ranges(config["seeds"]) for seed in part)


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
        "seeds": all_seeds(config),
        "cells": [{"dataset": dataset, "methods": names} for dataset, names in methods.items()],
        "rebuild": f"snakemake ARTIFACT --cores 2 --configfile {file}",
    }
