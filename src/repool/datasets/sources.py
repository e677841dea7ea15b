"""The declarations of `config/datasets.yaml`, one dataset by name, and the folder of a mirror."""

import os
from pathlib import Path
from typing import Any

from repool.datasets.named import by_name
from repool.errors import UserError
from repool.schemas.checked import checked
from repool.schemas.reading import read_yaml
from repool.schemas.sources import NAME, Dataset


def load_sources(path: Path) -> dict[str, Dataset]:
    """Read the declarations of all datasets by name; raises UserError with the key that is wrong."""
    if not path.is_file():
        raise UserError(
            f"{path} does not exist. Run the command in the project's top folder, or name the file with --sources."
        )
    content = read_yaml(path)
    if not isinstance(content, dict):
        raise UserError(f"{path} must map names of datasets to their declarations.")
    return {name: declared(name, entry, str(path)) for name, entry in content.items()}


def find_dataset(name: str, datasets: dict[str, Dataset], path: Path) -> Dataset:
    """The declaration of one dataset, which its name alone may say; an unknown one is answered with the nearest."""
    if name not in datasets:
        return declared(name, by_name(name, read_yaml(path)), str(path))
    return datasets[name]


def mirror_folder(option: Path | None) -> Path | None:
    """The mirror folder: the option, else the environment's REPOOL_MIRROR, else none; `~` is the home folder."""
    named = option or (Path(os.environ["REPOOL_MIRROR"]) if os.environ.get("REPOOL_MIRROR") else None)
    if named is None:
        return None
    folder = expanded(named)
    if not folder.is_dir():
        raise UserError(
            f"The mirror folder {folder} does not exist (--mirror, REPOOL_MIRROR, or `mirror` of the configuration). "
            "Name a folder that holds the raw files, or unset it to download them."
        )
    return folder


def expanded(folder: Path) -> Path:
    """The absolute path, with the home folder for `~`; raises UserError where there is no home folder."""
    try:
        return folder.expanduser().absolute()
    except RuntimeError as error:
        raise UserError(f"{folder} names a home folder, and there is none: give the whole path.") from error


def declared(name: Any, entry: Any, path: str) -> Dataset:
    """The declaration of a dataset that stands in a file; raises UserError with the key that is wrong."""
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise UserError(
            f"{name!r} is not a name for a dataset ({path}): it becomes part of paths, so it is made of letters, "
            "digits, _ and -, and begins with a letter or a digit."
        )
    if not isinstance(entry, dict):
        raise UserError(f"{path}, {name} must be a mapping, found {type(entry).__name__}.")
    if "name" in entry:
        raise UserError(f"name is not a key of {path}, {name}: the name of a dataset stands before its declaration.")
    return checked(Dataset, {**entry, "name": name}, f"{path}, {name}")
