"""Grids of the configuration: one entry stands for a method for each combination of options."""

import itertools
from typing import Any

from repool.errors import UserError, nearest

# What a grid may vary, in the order of names: that of a configuration changes when files are merged.
VARIED = ("layers", "hidden")


def expanded(config: dict[str, Any]) -> dict[str, Any]:
    """The configuration with the methods of its grids written out, in `methods` and in the artifacts that name a grid.

    `methods: [graclus], vary: {layers: [2, 3], hidden: [16]}` gives graclus-layers-2-hidden-16 and
    graclus-layers-3-hidden-16, which are graclus with those options. A row of `methods` by such a name wins. Expanding
    twice changes nothing.

    Raises UserError if a grid varies a method that is not there, or an artifact names a grid that is not, or methods
    beside it.
    """
    grids = config.get("grids", {})
    made: dict[str, Any] = {}
    for name, grid in grids.items():
        for method in grid["methods"]:
            if method not in config["methods"]:
                raise UserError(
                    f"{method} is not a method (grids.{name}.methods). {nearest(method, config['methods'])}"
                )
            for options in combinations(grid):
                made[grid_method(method, options)] = {**config["methods"][method], **options}
    artifacts = {name: _filled(name, entry, grids) for name, entry in config.get("artifacts", {}).items()}
    return {**config, "methods": {**made, **config["methods"]}, **({"artifacts": artifacts} if artifacts else {})}


def _filled(name: str, entry: dict[str, Any], grids: dict[str, Any]) -> dict[str, Any]:
    """An artifact with the methods of its grid, if it names one."""
    grid = entry.get("grid")
    if grid is None:
        return entry
    if grid not in grids:
        raise UserError(f"{grid} is not a grid (artifacts.{name}.grid). {nearest(grid, grids)}")
    methods = members(grids[grid])
    if entry.get("methods", []) not in ([], methods):
        raise UserError(
            f"artifacts.{name} names methods, and those of the grid {grid} stand there. Leave methods out, or write "
            "grid: null."
        )
    return {**entry, "methods": methods}


def combinations(grid: dict[str, Any]) -> list[dict[str, Any]]:
    """Every combination of a grid's options, always in the same order, the last option running fastest."""
    options = {option: grid["vary"][option] for option in VARIED if option in grid["vary"]}
    return [dict(zip(options, values, strict=True)) for values in itertools.product(*options.values())]


def members(grid: dict[str, Any]) -> list[str]:
    """Names of a grid's methods."""
    return [grid_method(method, options) for method in grid["methods"] for options in combinations(grid)]


def grid_method(method: str, options: dict[str, Any]) -> str:
    """The name of one combination, such as graclus-layers-5-hidden-32."""
    return "-".join([method, *(f"{option}-{value}" for option, value in options.items())])
