"""Typed models of what people and machines write, and the sentence for what does not fit: what, where, what instead."""

import re
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import ErrorDetails

from repool.errors import UserError, nearest

SHOWN = 60  # characters of a wrong value
MAPPING = "a mapping (key: value)"
CONTAINERS = {"model_type": MAPPING, "dict_type": MAPPING, "list_type": "a list"}


class Checked(BaseModel):
    """A mapping whose keys and types are all declared: nothing is converted, no other key is accepted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Sparse(Checked):
    """A mapping with keys that may be missing (their default is ABSENT), and then mean nothing."""


def _as_written(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    check(value)
    return value


# What a key that may be missing has then; null is no value of it.
ABSENT: Any = None
# A finite number that keeps its own type: 1 and 1.0 are two texts.
Number = Annotated[float, WrapValidator(_as_written)]
Model = TypeVar("Model", bound=BaseModel)


def checked(model: type[Model], value: Any, where: str) -> Model:
    """The value as a model; `where` is what a reader opens, such as `config/claims.yaml`.

    Raises UserError for the first thing that does not fit: where it is, what it is, what was expected or is nearest. A
    key that is not known comes first, since it is often the misspelling of one that is missing.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        # A key that is not known first: a misspelled key is also one that is lacking.
        first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        raise UserError(_sentence(model, first, where)) from None


def plain(value: Any) -> Any:
    """A checked value as dictionaries and lists, with its defaults; what may be missing and is stays so."""
    if isinstance(value, BaseModel):
        shown = value.model_fields_set if isinstance(value, Sparse) else set(type(value).model_fields)
        return {name: plain(getattr(value, name)) for name in type(value).model_fields if name in shown}
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list) else value


def _sentence(model: type[BaseModel], error: ErrorDetails, where: str) -> str:
    steps = error["loc"][:-2] if error["loc"][-1:] == ("[key]",) else error["loc"]
    place = _place(where, steps)
    kind, found = error["type"], _shown(error["input"])
    if kind == "extra_forbidden":
        key = str(steps[-1])
        return f"{_shown(key)} is not a key of {_place(where, steps[:-1])}. {nearest(key, _keys(model, steps[:-1]))}"
    if kind == "missing":
        return f"{_place(where, steps[:-1])} lacks {steps[-1]}."
    if kind == "literal_error":
        known = [text.strip("'") for text in error["ctx"]["expected"].replace(" or ", ", ").split(", ")]
        return f"{found} is not a value of {place}. {nearest(str(error['input']), known)}"
    if kind == "value_error":  # raised by a validator of ours, in our words
        return f"{place}: {error['ctx']['error']}"
    if kind == "invalid_key":
        return f"{_place(where, steps[:-1])}: the key {steps[-1]} is not text. Write it in quotes."
    if steps != error["loc"]:
        return f"{place}: the key {found} is not text. Write it in quotes."
    if kind in CONTAINERS:
        return f"{place}: {CONTAINERS[kind]} belongs here, found {found}."
    return f"{place}: {error['msg']}, found {found}.{_as_number(kind, error['input'])}"


def _as_number(kind: str, value: Any) -> str:
    """What to write where a number is text: YAML wants a point before an exponent, and a sign in it."""
    number = (
        re.fullmatch(r"\s*([-+]?)([0-9_]+)(\.[0-9_]*)?(?:[eE]([-+]?)([0-9]+))?\s*", value)
        if isinstance(value, str)
        else None
    )
    if kind not in ("int_type", "float_type") or not number:
        return ""
    sign, whole, fraction, direction, exponent = number.groups()
    if exponent is None:
        return f" Write {value.strip()} without quotes."
    return (
        f" YAML reads this as text: write {sign}{whole}{fraction or '.0'}e{direction or '+'}{exponent}, without quotes."
    )


def _place(where: str, steps: tuple[int | str, ...]) -> str:
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")
    return f"{where}, {path}" if path else where


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) and value.isprintable() and value else repr(value)
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
