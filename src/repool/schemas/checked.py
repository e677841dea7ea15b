"""Typed models of what people and machines write, and the sentence for what does not fit: what, where, what instead."""

from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from repool.errors import UserError, nearest

SHOWN = 60  # characters of a wrong value


class Checked(BaseModel):
    """A mapping whose keys and types are all declared: nothing is converted, no other key is accepted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


Model = TypeVar("Model", bound=BaseModel)


def checked(model: type[Model], value: Any, where: str) -> Model:
    """The value as a model; `where` is what a reader opens, such as `config/claims.yaml`.

    Raises UserError for the first thing that does not fit: where it is, what it is, what was expected or is nearest.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise UserError(_sentence(model, error.errors()[0], where)) from None


def _sentence(model: type[BaseModel], error: ErrorDetails, where: str) -> str:
    place = _place(where, error["loc"])
    kind, found = error["type"], _shown(error["input"])
    if kind == "extra_forbidden":
        key = str(error["loc"][-1])
        return (
            f"{key} is not a key of {_place(where, error['loc'][:-1])}. {nearest(key, _keys(model, error['loc'][:-1]))}"
        )
    if kind == "missing":
        return f"{_place(where, error['loc'][:-1])} lacks {error['loc'][-1]}."
    if kind == "literal_error":
        known = [text.strip("'") for text in error["ctx"]["expected"].replace(" or ", ", ").split(", ")]
        return f"{found} is not a value of {place}. {nearest(str(error['input']), known)}"
    if kind == "value_error":  # raised by a validator of ours, in our words
        return f"{place}: {error['ctx']['error']}"
    return f"{place}: {error['msg']}, found {found}."


def _place(where: str, steps: tuple[int | str, ...]) -> str:
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")
    return f"{where}, {path}" if path else where


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def _keys(annotation: Any, steps: tuple[int | str, ...]) -> list[str]:
    """The keys that are known at a place inside a model, as far as annotations tell."""
    for step in steps:
        annotation = _below(annotation, step)
    return [
        field.alias or key
        for part in _alternatives(annotation)
        for key, field in getattr(part, "model_fields", {}).items()
    ]


def _below(annotation: Any, step: int | str) -> Any:
    """What stands one step below: a field of a model, a value of a mapping, an item of a sequence."""
    for part in _alternatives(annotation):
        if (fields := getattr(part, "model_fields", None)) is not None and step in fields:
            return fields[step].annotation
        if (inside := get_args(part)) and get_origin(part) in (dict, list, tuple):
            return inside[-1] if get_origin(part) is dict else inside[0]
    return None


def _alternatives(annotation: Any) -> list[Any]:
    """The types of a union, or the one type that it is."""
    if get_origin(annotation) in (Union, UnionType):
        return [part for one in get_args(annotation) for part in _alternatives(one)]
    return _alternatives(get_args(annotation)[0]) if get_origin(annotation) is Annotated else [annotation]
