"""The runs that a configuration asks for: cells, and seeds in blocks."""

from typing import Any

from repool.errors import UserError
from repool.grids import members

# The seeds of datasets, or of methods on a dataset, that the configuration does not name.
DEFAULT = "default"


def artifacts(config: dict[str, Any]) -> list[str]:
    """Artifacts that cover anything, in the configuration's order."""
    return [name for name, entry in config["artifacts"].items() if entry["datasets"]]


def datasets(config: dict[str, Any]) -> list[str]:
    """Every dataset of any artifact, in the order of the configuration."""
    return list(dict.fromkeys(name for entry in config["artifacts"].values() for name in entry["datasets"]))


def cells(config: dict[str, Any], artifact: str) -> list[tuple[str, str]]:
    """(dataset, method) of every cell that an artifact covers, in its own order."""
    entry = config["artifacts"][artifact]
    return [(dataset, method) for method in entry["methods"] for dataset in entry["datasets"]]


def all_cells(config: dict[str, Any]) -> list[tuple[str, str]]:
    """Every cell of any artifact, once."""
    return list(dict.fromkeys(cell for artifact in artifacts(config) for cell in cells(config, artifact)))


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


def blocks(seeds: int | list[str], seeds_per_job: int) -> list[range]:
    """The seeds in blocks that no range of seeds shares with another; only the last of a range may be smaller."""
    return [
        part[first : first + seeds_per_job] for part in ranges(seeds) for first in range(0, len(part), seeds_per_job)
    ]


def asked_seeds(config: dict[str, Any], dataset: str = DEFAULT, method: str = DEFAULT) -> int | list[str]:
    """The seeds of a method on a dataset as a configuration writes them; those of all that it does not name."""
    seeds = config["seeds"]
    for name in (dataset, method):
        seeds = seeds.get(name, seeds[DEFAULT]) if isinstance(seeds, dict) else seeds
    found: int | list[str] = seeds
    return found


def all_seeds(config: dict[str, Any], dataset: str = DEFAULT, method: str = DEFAULT) -> list[int]:
    """Every seed of a method on a dataset, sorted."""
    return sorted(seed for part in ranges(asked_seeds(config, dataset, method)) for seed in part)


def fewer_seeds(config: dict[str, Any]) -> dict[str, int]:
    """The methods that train the first seeds only, and how many."""
    return {method: grid["seeds"] for grid in config["grids"].values() if "seeds" in grid for method in members(grid)}


def cell_seeds(config: dict[str, Any], dataset: str, method: str) -> list[int]:
    """The seeds of one cell."""
    return all_seeds(config, dataset, method)[: fewer_seeds(config).get(method)]


def cell_blocks(config: dict[str, Any], dataset: str, method: str) -> list[range]:
    """The blocks of seeds of one cell."""
    fewer, asked = fewer_seeds(config), asked_seeds(config, dataset, method)
    return blocks(first_of(ranges(asked), fewer[method]) if method in fewer else asked, config["seeds_per_job"])


def first_of(parts: list[range], number: int) -> list[str]:
    """The first seeds of ranges, as a configuration would name them."""
    seeds = sorted(seed for part in parts for seed in part)[:number]
    kept = [[seed for seed in part if seed in seeds] for part in parts]
    return [f"{part[0]}-{part[-1]}" for part in kept if part]
