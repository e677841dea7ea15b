"""From a check to a configuration that Snakemake reads: the pooling, its controls, and what the page shows of them."""

from pathlib import Path
from typing import Any

import yaml

from repool.atomic import replacing
from repool.datasets.named import by_name
from repool.errors import UserError
from repool.models.operators.found import version_of
from repool.places import project_file
from repool.schemas.reading import read_yaml
from repool.schemas.sanity import RESERVED, Check

# Before an alias of torch-geometric-pool.
ALIAS = "tgp:"
# What stands without pooling or pairs strangers does not depend on the pooling that is put to the test.
WITHOUT: dict[str, Any] = {"family": "operator-twin", "select": "none", "pools": "nodes", "ratio": 1}
STRANGERS: dict[str, Any] = {"family": "operator-twin", "select": "complement", "pools": "clusters", "ratio": 0.5}
HEADER = "# Made by `repool check` from {source}: change that, not this. Snakemake reads it as any configuration.\n"


def model_of(check: Check, folder: Path) -> dict[str, Any]:
    """The options of the family that trains the pooling, whose file stands in that folder.

    Raises UserError where there is no such file or package.
    """
    operator = placed(check.operator, folder)
    own = {"operator": operator, "version": version_of(operator), "ratio": check.ratio}
    network = {"convolutions": check.convolutions, "hidden": check.hidden}
    if check.interface == "select":
        return {"family": "own-select", **own, **network}
    family = "tgp" if operator.startswith(ALIAS) else "operator"
    return {"family": family, **own, "arguments": check.arguments, **network}


def placed(operator: str, folder: Path) -> str:
    """An operator whose file, if it is in one, is named from the working folder, where everything runs."""
    place, _, name = operator.rpartition(":")
    if not place.endswith(".py"):
        return operator
    path = (folder / place).resolve()
    if not path.is_relative_to(Path.cwd().resolve()):
        raise UserError(
            f"{place} is not below the folder where this runs. Put it and its YAML file there: specifications name no "
            "place that another machine does not have."
        )
    return f"{path.relative_to(Path.cwd().resolve()).as_posix()}:{name}"


def controls(check: Check) -> dict[str, dict[str, Any]]:
    """The controls of a pooling by name: random twins, strangers where it clusters, no pooling."""
    twin = {"family": "operator-twin", "pools": check.pools, "ratio": check.ratio}
    found: dict[str, dict[str, Any]] = {
        f"{check.name}-{draw}": {**twin, "select": draw} for draw in ("uniform", "normal")
    }
    if check.pools != "nodes":
        found[f"{check.name}-complement"] = STRANGERS
    return {**found, RESERVED: WITHOUT}


def configuration(check: Check, folder: Path) -> dict[str, Any]:
    """An overlay over config/paper.yaml: it trains a pooling and its controls, and shows them on their own page."""
    own = {name: value for name, value in model_of(check, folder).items() if name not in ("convolutions", "hidden")}
    methods = {check.name: own, **controls(check)}
    if check.convolutions > 1:
        methods[f"{check.name}-one"] = {**own, "convolutions": 1}
    row = {"hidden": check.hidden, "batch": check.batch, "convolutions": check.convolutions}
    shown = {"datasets": check.datasets, "methods": list(methods)}
    paper: dict[str, Any] = read_yaml(project_file("config/paper.yaml"))["artifacts"]
    return {
        "name": check.name,
        "page": check.name,
        "seeds": check.seeds,
        "seeds_per_job": min(check.seeds_per_job, check.seeds),
        **({"training": check.training.model_dump(exclude_unset=True)} if check.training else {}),
        **({"sources": own_sources} if (own_sources := sources(check, folder)) else {}),
        "methods": {name: {**options, "hyperparameters": check.name} for name, options in methods.items()},
        "hyperparameters": {check.name: dict.fromkeys(check.datasets, row)},
        "artifacts": {
            **{artifact: {"datasets": []} for artifact in paper},
            "check_scores": {**shown, "pairs": [f"{check.name}:{other}" for other in methods if other != check.name]},
            "check_homogeneity": shown,
            "check_times": {**shown, "methods": [check.name, *controls(check)]},
        },
    }


def sources(check: Check, folder: Path) -> dict[str, Any]:
    """What is declared of its datasets that config/datasets.yaml does not have; its files stand in that folder.

    Raises UserError for a name that nobody declares.
    """
    known = read_yaml(project_file("config/datasets.yaml"))
    own = {name: brought(entry, folder) for name, entry in check.sources.items()}
    for name in check.datasets:
        if name not in known and name not in own:
            own[name] = by_name(name, known)
    return own


def brought(entry: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A declaration whose function, if it has one, is named from the working folder."""
    return {**entry, "function": placed(entry["function"], folder)} if isinstance(entry.get("function"), str) else entry


def write_configuration(check: Check, source: Path, results: Path) -> Path:
    """Write the configuration of a check under `results`; its file."""
    file = results / check.name / "check.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.dump(configuration(check, source.parent), Dumper=_WithoutAliases, sort_keys=False, width=120)
    with replacing(file) as temporary:
        temporary.write_text(HEADER.format(source=source.name) + text, encoding="utf-8")
    return file


class _WithoutAliases(yaml.SafeDumper):
    """A file for people: what stands twice is written twice."""

    def ignore_aliases(self, data: Any) -> bool:
        """Always."""
        del data
        return True
