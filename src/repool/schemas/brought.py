"""What names a dataset that somebody brings: a function in a file, or a class of torch_geometric.datasets."""

import keyword
import re
from pathlib import PurePosixPath
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field

# What a class is given here, or what would change its graphs behind the declaration.
OURS = ("root", "transform", "pre_transform", "pre_filter", "force_reload", "log")
Value: TypeAlias = bool | int | float | str | None


def split_function(text: str) -> tuple[str, str]:
    """The file and the name in it; ValueError says how a function is named."""
    place, _, name = text.rpartition(":")
    path = PurePosixPath(place)
    if not place.endswith(".py") or not name.isidentifier() or keyword.iskeyword(name):
        raise ValueError(f"{text!r} names no function of a file. Write file.py:name, such as my_data.py:graphs.")
    if path.is_absolute() or ".." in path.parts or "\\" in place or ":" in place:
        raise ValueError(
            f"{place} is not below the folder where this runs. Put the file there: declarations name no place that "
            "another machine does not have."
        )
    return place, name


def _function(text: str) -> str:
    split_function(text)
    return text


def _class(text: str) -> str:
    name = text.removeprefix("torch_geometric.datasets.")
    if not name.isidentifier():
        raise ValueError(f"{text!r} names no class of torch_geometric.datasets. Write its name alone, as TUDataset.")
    return name


def _argument(text: str) -> str:
    if text in OURS:
        raise ValueError(f"{text} is not yours to give: the folder and the form of the graphs are this project's.")
    return text


def _value(value: Value) -> Value:
    if isinstance(value, str) and (".." in value or re.search(r"[/\\\0]", value)):
        raise ValueError(f"{value!r} could lead out of the folder of the dataset: no /, no \\ and no .. in arguments.")
    return value


Function: TypeAlias = Annotated[str, AfterValidator(_function)]
ClassName: TypeAlias = Annotated[str, AfterValidator(_class)]
Arguments: TypeAlias = dict[
    Annotated[str, Field(min_length=1), AfterValidator(_argument)], Annotated[Value, AfterValidator(_value)]
]
