"""The configuration: checked against its schema, filled with defaults, its mistakes explained."""

from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from snakemake.exceptions import WorkflowError

from repool.errors import UserError, nearest
from repool.grids import expanded
from repool.spec import CHOICES, MODEL_OPTIONS
from repool_workflow.grid import ranges

SCHEMA = Path(__file__).parents[2] / "schemas" / "config.schema.yaml"


def validated(config: dict[str, Any], known_datasets: list[str]) -> dict[str, Any]:
    """The configuration with its defaults.

    Raises:
        WorkflowError: names the key, what was found and the nearest valid name.
    """
    try:
        return _validated(config, known_datasets)
    except UserError as error:
        raise WorkflowError(f"{error} (in the configuration)") from None


def _validated(config: dict[str, Any], known_datasets: list[str]) -> dict[str, Any]:
    schema = yaml.load(SCHEMA.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    error = best_match(Draft202012Validator(schema).iter_errors(config))
    if error is not None:
        raise UserError(_explain(error))
    filled = expanded(_with_defaults(config, schema, schema))
    ranges(filled["seeds"])
    _check_references(filled, known_datasets)
    return filled


def _explain(error: ValidationError) -> str:
    where = ".".join(str(part) for part in error.absolute_path) or "the configuration"
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        wrong = sorted(set(error.instance) - set(known))[0]
        return f"{wrong} is not a key of {where}. {nearest(wrong, known)}"
    if error.validator == "enum":
        return f"{error.instance} is not a value of {where}. {nearest(str(error.instance), error.validator_value)}"
    described = error.schema.get("description", "")
    return f"{where}: {error.message}. {described}".rstrip()


def _with_defaults(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> Any:
    """A copy of `value` with the schema's defaults where keys are missing."""
    if "$ref" in schema:
        target = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = target
    if not isinstance(value, dict):
        return value
    properties = schema.get("properties", {})
    defaults = {key: part["default"] for key, part in properties.items() if "default" in part}
    filled = {**defaults, **value}
    other = schema.get("additionalProperties")
    return {
        key: _with_defaults(part, properties.get(key) or (other if isinstance(other, dict) else {}), root)
        for key, part in filled.items()
    }


def _check_references(config: dict[str, Any], known_datasets: list[str]) -> None:
    """Names that point to other parts of the configuration must exist there."""
    for name, method in config["methods"].items():
        _check(method["hyperparameters"], config["hyperparameters"], f"methods.{name}.hyperparameters", "a table")
    for name, artifact in config["artifacts"].items():
        for position, dataset in enumerate(artifact["datasets"]):
            _check(dataset, known_datasets, f"artifacts.{name}.datasets[{position}]", "a dataset")
        for position, method in enumerate(artifact["methods"]):
            where = f"artifacts.{name}.methods[{position}]"
            _check(method, config["methods"], where, "a method")
            for dataset in artifact["datasets"]:
                _check_cell(config, dataset, method, where)
        for position, pair in enumerate(artifact["pairs"]):
            for method in pair.split(":"):
                _check(method, artifact["methods"], f"artifacts.{name}.pairs[{position}]", f"a method of {name}")


def _check_cell(config: dict[str, Any], dataset: str, method: str, where: str) -> None:
    """A cell needs a row in its table of hyper-parameters, and every option of its family."""
    settings = config["methods"][method]
    table = config["hyperparameters"][settings["hyperparameters"]]
    if dataset not in table:
        raise UserError(
            f"{dataset} has no row in hyperparameters.{settings['hyperparameters']}, which {method} needs ({where}). "
            f"Add one; rows: {', '.join(table)}."
        )
    family = config["families"].get(settings["family"], {})
    lacking = {*MODEL_OPTIONS[settings["family"]], "batch"} - {*settings, *table[dataset], *family}
    if lacking:
        raise UserError(f"methods.{method} lacks {', '.join(sorted(lacking))} for {dataset} ({where}).")
    model = {**family, **table[dataset], **settings}
    for option, choices in CHOICES.get(settings["family"], {}).items():
        if model[option] not in choices:
            raise UserError(
                f"{model[option]} is not a {option} of the family {settings['family']} (methods.{method} for "
                f"{dataset}). {nearest(model[option], choices)}"
            )


def _check(name: str, known: Any, where: str, what: str) -> None:
    if name not in known:
        raise UserError(f"{name} is not {what} ({where}). {nearest(name, known)}")
