"""What is declared of every dataset in `config/datasets.yaml`: its files, their checksums, what to expect in them."""

import os
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import yaml

from repool.datasets.archive import MAX_EXPANDED
from repool.errors import UserError, nearest

STATUSES = ("exact", "embedded", "rebuilt", "unverified", "substitute")  # from the best to the worst
METRICS = {"classification": "accuracy", "regression": "mae"}  # where a declaration names none
SPLITS = {"classification": "stratified", "regression": "shuffled"}
METRIC_NAMES = ("accuracy", "auroc", "mae")
SPLIT_NAMES = ("stratified", "shuffled", "fixed")
COUNTS = ("once", "in both directions")


@dataclass(frozen=True)
class Accepted:
    """One form in which a file is accepted: its sha256, what that form is worth, its size (0: not known), a remark."""

    sha256: str
    status: str
    bytes: int = 0
    note: str = ""


@dataclass(frozen=True)
class Member:
    """A file inside an archive as it was published. Where it differs the archive has the status `otherwise`, or, if
    none is named, is refused.
    """

    name: str
    sha256: str
    otherwise: str = ""


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
    `members`: what is known of the files inside it. Nothing accepted: any file is taken, with a warning.
    `expanded`: the most bytes that an archive may unpack to.
    """

    name: str
    accepted: tuple[Accepted, ...]
    mirror: str = ""
    urls: tuple[str, ...] = ()
    wheel: Wheel | None = None
    unlisted_upstream: bool = False
    members: tuple[Member, ...] = ()
    expanded: int = MAX_EXPANDED


@dataclass(frozen=True)
class Dataset:
    """A dataset as declared. `options` go to the reader of its format, `expected` are the counts to be found.

    `files` is its published form, `alternatives` are other ones, for a mirror folder that lacks it. `parts`: sha256 of
    the content of a part of the split (`card.part_sha256`). `edges_counted`: how its source counts undirected edges.
    """

    name: str
    format: str
    task: str
    metric: str
    split: str
    features: dict[str, Any]
    licence: str
    files: tuple[SourceFile, ...]
    alternatives: tuple[tuple[SourceFile, ...], ...] = ()
    expected: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    edges_counted: str = "once"
    status: str = "exact"
    note: str = ""

    @property
    def forms(self) -> tuple[tuple[SourceFile, ...], ...]:
        """Every form, the published one first."""
        return (self.files, *self.alternatives)


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
    values = _in_full(name, _mapping(entry, where), where)
    values["files"] = _files(values["files"], f"{where}.files")
    values["alternatives"] = tuple(
        _files(_mapping(form, f"{where}.alternatives[{i}]").get("files"), f"{where}.alternatives[{i}].files")
        for i, form in enumerate(_list(values.get("alternatives", []), f"{where}.alternatives"))
    )
    for key, known in (("task", METRICS), ("metric", METRIC_NAMES), ("split", SPLIT_NAMES), ("edges_counted", COUNTS)):
        if key in values and values[key] not in known:
            raise UserError(f"{values[key]} is not a value of {where}.{key}. {nearest(str(values[key]), known)}")
    dataset: Dataset = _construct(Dataset, {**values, "name": name}, where)
    return dataset


def _in_full(name: str, entry: dict[str, Any], where: str) -> dict[str, Any]:
    """The long form of a declaration: `url` and perhaps `sha256` are one file; what may be left out is filled in."""
    task = str(entry.get("task"))
    usual = {"metric": METRICS[task], "split": SPLITS[task]} if task in METRICS else {}
    values = {**usual, "features": {"kind": "auto"}, "licence": "not stated", **entry}
    if "url" not in entry:
        return {"files": [], **values}
    url, sha256 = str(values.pop("url")), values.pop("sha256", None)
    if "files" in entry or not url.startswith(("http://", "https://")):
        raise UserError(f"{where}.url must be a web address (http:// or https://), and stand without files.")
    path = PurePosixPath(urlsplit(url).path)
    file = {
        "name": path.name,
        "mirror": f"{entry.get('format')}/{name}{path.suffix}",
        "urls": [url],
        "accepted": [{"sha256": sha256, "status": "exact"}] if sha256 else [],
    }
    return {**values, "files": [file]}


def _files(entries: Any, where: str) -> tuple[SourceFile, ...]:
    return tuple(_file(item, f"{where}[{i}]") for i, item in enumerate(_list(entries, where)))


def _file(entry: Any, where: str) -> SourceFile:
    values = dict(_mapping(entry, where))
    for key, kind in (("accepted", Accepted), ("members", Member)):
        items = _list(values.get(key, []), f"{where}.{key}")
        values[key] = tuple(_construct(kind, item, f"{where}.{key}[{i}]") for i, item in enumerate(items))
    statuses = [accepted.status for accepted in values["accepted"]]
    for status in [*statuses, *(member.otherwise for member in values["members"] if member.otherwise)]:
        if status not in STATUSES:
            raise UserError(f"{where}: {status} is not a status. {nearest(str(status), STATUSES)}")
    values["urls"] = tuple(_list(values.get("urls", []), f"{where}.urls"))
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


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise UserError(f"{where} must be a list, found {type(value).__name__}.")
    return value
