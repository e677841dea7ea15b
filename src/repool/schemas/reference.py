"""docs/configuration.md, made from the model: python -m repool.schemas.reference > docs/configuration.md"""

import json
import types
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from repool.schemas.checked import Sparse
from repool.schemas.configuration import (
    Artifact,
    Configuration,
    Family,
    Grid,
    Hyperparameters,
    Method,
    Style,
    Varied,
)
from repool.schemas.options import NetworkOptions, Training, TrainingChanges

INTRODUCTION = """\
# The configuration, key by key

Made from `repool.schemas.configuration`, which checks every configuration: `python -m repool.schemas.reference >
docs/configuration.md`. `config/paper.yaml` has a value for each; [config/README.md](../config/README.md) says how files
are laid over each other.
"""
# What stands where.
SECTIONS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("Top", Configuration),
    ("training", Training),
    ("families.FAMILY", Family),
    ("methods.METHOD", Method),
    ("grids.GRID", Grid),
    ("grids.GRID.vary", Varied),
    ("hyperparameters.TABLE.DATASET", Hyperparameters),
    ("artifacts.ARTIFACT", Artifact),
    ("style", Style),
    ("Options of a network", NetworkOptions),
)
NAMES = {int: "whole number", float: "number", str: "text", bool: "true or false", type(None): "null"}
BOUNDS = {"ge": "from {}", "gt": "above {}", "le": "to {}", "lt": "below {}"}
ELSEWHERE = "\nAnd the [options of a network](#options-of-a-network).\n"


def reference() -> str:
    """The whole page, as Markdown."""
    return INTRODUCTION + "".join(_section(title, model) for title, model in SECTIONS)


def _section(title: str, model: type[BaseModel]) -> str:
    inherits = model is not NetworkOptions and issubclass(model, NetworkOptions)
    shared = NetworkOptions.model_fields if inherits else {}
    rows = [_row(key, field, model) for key, field in model.model_fields.items() if key not in shared]
    heading = f"\n## {title if ' ' in title or title == 'Top' else f'`{title}`'}\n\n{model.__doc__}\n\n"
    return (
        heading
        + "| Key | What | Type | Default |\n|---|---|---|---|\n"
        + "".join(rows)
        + (ELSEWHERE if inherits else "")
    )


def _row(key: str, field: FieldInfo, model: type[BaseModel]) -> str:
    if field.is_required():
        default = "required"
    elif issubclass(model, Sparse):
        default = ""
    else:
        default = f"`{_shown(field.default)}`"
    kind = _words(field.annotation, field.metadata)
    return f"| `{key}` | {field.description} | {kind} | {default} |\n"


def _shown(default: Any) -> str:
    """A default as YAML has it."""
    return json.dumps({} if isinstance(default, BaseModel) else default)


def _words(annotation: Any, metadata: list[Any]) -> str:
    """A type in words, with its bounds."""
    return " ".join([_kind(annotation), *_bounds(metadata)])


def _kind(annotation: Any) -> str:
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _words(inside[0], list(inside[1:]))
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in inside)
    if origin in (Union, types.UnionType):
        return " or ".join(_kind(part) for part in inside)
    if origin is list:
        return f"list: {_kind(inside[0])}"
    if origin is dict:
        return f"by name: {_kind(inside[1])}"
    if annotation is TrainingChanges:
        return "keys of [`training`](#training)"
    return NAMES.get(annotation, "see below")


def _bounds(metadata: list[Any]) -> Iterator[str]:
    for part in metadata:
        if isinstance(part, FieldInfo):
            yield from _bounds(part.metadata)
        for name, words in BOUNDS.items():
            if (bound := getattr(part, name, None)) is not None and not isinstance(part, FieldInfo):
                yield words.format(f"{bound:,}")


if __name__ == "__main__":
    print(reference(), end="")
