"""What is declared of every dataset in `config/datasets.yaml`: its files, their checksums, what to expect in them."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from repool.errors import UserError, nearest

STATUSES = ("exact", "embedded", "rebuilt", "substitute")  # from the best to the worst


@dataclass(frozen=True)
class Accepted:
    """One form in which a file is accepted: its sha256, its size, and what that form is worth."""

    sha256: str
    status: str
    bytes: int


@dataclass(frozen=True)
class Wheel:
    """A file that an installed package carries: `path` lies inside the package's folder."""

    package: str
    version: str
    path: str


@dataclass(frozen=True)
class SourceFile:
    """A raw file: where it is (public addresses, place in a mirror folder, or a wheel) and how it is recognised.

    `unlisted_upstream`: the checksum of the public file is not known, so an archive with another one is taken too.
    """

    name: str
    accepted: tuple[Accepted, ...]
    mirror: str = ""
    urls: tuple[str, ...] = ()
    wheel: Wheel | None = None
    unlisted_upstream: bool = False


@dataclass(frozen=True)
class Dataset:
    """A dataset as declared. `options` go to the reader of its format, `expected` are the counts to be found."""

    name: str
    format: str
    task: str
    metric: str
    split: str
    features: dict[str, Any]
    licence: str
    files: tuple[SourceFile, ...]
    expected: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    status: str = "exact"
    note: str = ""


def load_sources(path: Path) -> dict[str, Dataset]:
    """Read the declarations of all datasets by name; raises UserError with the key that is wrong."""
    if not path.is_file():
        raise UserError(
            f"{path} does not exist. Run the command in the project's top folder, or name the file with --sources."
        )
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise UserError(f"{path} is not valid YAML: {error}") from error
    if not isinstance(content, dict):
        raise UserError(f"{path} must map names of datasets to their declarations.")
    return {name: _dataset(name, entry, f"{path}, {name}") for name, entry in content.items()}


def find_dataset(name: str, datasets: dict[str, Dataset], path: Path) -> Dataset:
    """The declaration of one dataset; an unknown name is answered with the nearest one."""
    if name not in datasets:
        raise UserError(f"{name} is not a dataset of {path}. {nearest(name, datasets)}")
    return datasets[name]


def mirror_folder(option: Path | None) -> Path | None:
    """The mirror folder: the option, else the environment's REPOOL_MIRROR, else none."""
    named = option or (Path(os.environ["REPOOL_MIRROR"]) if os.environ.get("REPOOL_MIRROR") else None)
    if named is not None and not named.is_dir():
        raise UserError(
            f"The mirror folder {named} does not exist (REPOOL_MIRROR or --mirror). "
            "Name a folder that holds the raw files, or unset it to download them."
        )
    return named


def _dataset(name: str, entry: Any, where: str) -> Dataset:
    files = tuple(_file(item, f"{where}.files[{i}]") for i, item in enumerate(_mapping(entry, where).get("files", [])))
    dataset: Dataset = _construct(Dataset, {**entry, "name": name, "files": files}, where)
    return dataset


def _file(entry: Any, where: str) -> SourceFile:
    values = dict(_mapping(entry, where))
    values["accepted"] = tuple(
        _construct(Accepted, item, f"{where}.accepted[{i}]") for i, item in enumerate(values.get("accepted", []))
    )
    for accepted in values["accepted"]:
        if accepted.status not in STATUSES:
            raise UserError(f"{where}: {accepted.status} is not a status. {nearest(accepted.status, STATUSES)}")
    values["urls"] = tuple(values.get("urls", ()))
    if "wheel" in values:
        values["wheel"] = _construct(Wheel, values["wheel"], f"{where}.wheel")
    file: SourceFile = _construct(SourceFile, values, where)
    return file


def _construct(kind: Any, values: Any, where: str) -> Any:
    known = kind.__dataclass_fields__
    for key in _mapping(values, where):
        if key not in known:
            raise UserError(f"{key} is not a key of {where}. {nearest(str(key), known)}")
    try:
        return kind(**values)
    except TypeError as error:
        raise UserError(f"{where} is incomplete: {str(error).partition('() ')[2] or error}.") from error


def _mapping(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UserError(f"{where} must be a mapping, found {type(value).__name__}.")
    return value
