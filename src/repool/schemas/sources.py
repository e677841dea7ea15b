"""What is declared of every dataset in `config/datasets.yaml`: its files, their checksums, what to expect in them."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, TypeAlias, TypeVar, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, NonNegativeInt, PositiveInt, model_validator

from repool.errors import nearest
from repool.schemas.brought import Arguments, ClassName, Function
from repool.schemas.checked import Checked

Status: TypeAlias = Literal["exact", "embedded", "rebuilt", "unverified", "substitute"]  # from the best to the worst
Format: TypeAlias = Literal["tu", "superpixels", "molecules", "ogb", "zinc", "pyg"]
Task: TypeAlias = Literal["classification", "regression"]
Metric: TypeAlias = Literal["accuracy", "auroc", "mae", "rmse"]
Split: TypeAlias = Literal["stratified", "shuffled", "fixed"]
Part: TypeAlias = Literal["training", "validation", "test"]
Weights: TypeAlias = Literal["positions-and-intensities", "positions"]
Kind: TypeAlias = Literal["auto", "labels", "attributes", "labels-and-attributes", "constant", "continuous", "atoms"]

STATUSES: tuple[Status, ...] = get_args(Status)
METRICS = {
    "classification": ("accuracy", "auroc"),
    "regression": ("mae", "rmse"),
}  # the first where a declaration names none
SPLITS = {"classification": ("stratified", "shuffled", "fixed"), "regression": ("shuffled", "fixed")}
# What nodes carry into the network: labels one-hot, attributes as they are, both, a constant; auto is the first there.
KINDS = {
    "tu": ("auto", "labels", "attributes", "labels-and-attributes", "constant"),
    "superpixels": ("auto", "continuous"),
    "molecules": ("auto", "labels"),
    "ogb": ("auto", "atoms", "attributes", "constant"),
    "zinc": ("auto", "labels"),
    "pyg": ("auto", "labels", "attributes", "constant"),
}
OPTIONS = {"tu": ("target",), "superpixels": ("weights", "order_seed"), "pyg": ("target",)}
FILES = {"superpixels": (1, 4), "molecules": (1,), "ogb": (1,), "zinc": (1, 4)}  # how many a reader takes
ONE_ARCHIVE = ("tu", "ogb")  # formats whose single file is a zip archive
ONE_SPLIT = ("ogb",)  # formats whose files hold the split, always
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")  # of a dataset: it becomes a path and a wildcard
MAX_EXPANDED = 1_000_000_000  # bytes that an archive may unpack to; DD, say, expands to 26 MB

Item = TypeVar("Item")


def _listed(value: Any) -> Any:
    if not isinstance(value, list | tuple):
        raise ValueError(f"must be a list, found {type(value).__name__}.")
    return tuple(value)


def _digest(text: str) -> str:
    if not re.fullmatch("[0-9a-f]{64}", text):
        raise ValueError(f"{text[:70]} is not a sha256 (64 digits, 0-9 and a-f).")
    return text


def _address(text: str) -> str:
    if not text.startswith(("http://", "https://")) or not urlsplit(text).netloc:
        raise ValueError(f"{text} must be a web address (http:// or https://).")
    return text


def _place(text: str) -> str:
    path = PurePosixPath(text)
    if not text or path.is_absolute() or "\\" in text or ":" in text or not path.parts or ".." in path.parts:
        raise ValueError(f"{text!r} is not a place inside a folder (such as tu/NCI1.zip).")
    return text


Items: TypeAlias = Annotated[tuple[Item, ...], BeforeValidator(_listed)]
Sha256: TypeAlias = Annotated[str, AfterValidator(_digest)]
Address: TypeAlias = Annotated[str, AfterValidator(_address)]
Place: TypeAlias = Annotated[str, AfterValidator(_place)]


class Accepted(Checked):
    """One form in which a file is accepted: its sha256, what that form is worth, its size (0: not known), a remark."""

    sha256: Sha256
    status: Status
    bytes: NonNegativeInt = 0
    note: str = ""


class Member(Checked):
    """A file inside an archive as it was published; without sha256 nobody here knows its bytes.

    Where it differs the archive has the status `otherwise`, or, if none is named, is refused.
    """

    name: str
    sha256: Sha256 | None = None
    otherwise: Status | None = None


class Wheel(Checked):
    """A file that an installed package carries: `path` lies inside the package's folder."""

    package: str
    version: str
    path: Place


class SourceFile(Checked):
    """A raw file: where it is (public addresses, place in a mirror folder, or a wheel) and how it is recognised.

    `unlisted_upstream`: the checksum of the public file is not known, so an archive with another one is taken too.
    `members`: what is known of the files inside it. Nothing accepted: any file is taken, with a warning.
    `expanded`: the most bytes that an archive may unpack to.
    """

    name: str
    accepted: Items[Accepted] = ()
    mirror: Place | Literal[""] = ""
    urls: Items[Address] = ()
    wheel: Wheel | None = None
    unlisted_upstream: bool = False
    members: Items[Member] = ()
    expanded: PositiveInt = MAX_EXPANDED

    @model_validator(mode="after")
    def _is_somewhere(self) -> "SourceFile":
        if (self.wheel is None) == (not self.mirror):
            raise ValueError("a file needs either a wheel that carries it, or mirror, its place in a mirror folder.")
        return self

    @property
    def packing(self) -> str:
        """How its place says that it is packed: zip, gz or nothing."""
        suffix = PurePosixPath(self.mirror).suffix.lower()
        return {".zip": "zip", ".npz": "zip", ".gz": "gz"}.get(suffix, "")


class Form(Checked):
    """Another form of a dataset."""

    files: Items[SourceFile]


class Features(Checked):
    """What nodes carry into the network; `count` is the number of constants where they carry nothing."""

    kind: Kind = "auto"
    count: PositiveInt | None = None


class Options(Checked):
    """For the readers: the column of a regression's target; how superpixels are weighed and ordered."""

    target: NonNegativeInt = 0
    weights: Weights = "positions-and-intensities"
    order_seed: NonNegativeInt = 0


class Expected(Checked):
    """The counts that are to be found, averages to two decimals."""

    graphs: PositiveInt | None = None
    nodes: PositiveInt | None = None
    edges: NonNegativeInt | None = None
    classes: PositiveInt | None = None
    node_labels: PositiveInt | None = None
    node_features: PositiveInt | None = None
    avg_nodes: float | None = None
    avg_edges: float | None = None


class Dataset(Checked):
    """A dataset as declared; what may be left out is filled in, and one address becomes one file.

    `files` is its published form, `alternatives` are other ones, for a mirror folder that lacks it. `parts`: sha256 of
    the content of a part of the split (`card.part_sha256`). `edges_counted`: how its source counts undirected edges.
    Of format pyg: `function` of a file, or `class` of torch_geometric.datasets, and the `arguments` of either.
    """

    name: str
    format: Format
    task: Task
    metric: Metric
    split: Split
    features: Features = Features()
    licence: str = "not stated"
    files: Items[SourceFile] = ()
    alternatives: Items[Form] = ()
    function: Function | None = None
    class_: ClassName | None = Field(default=None, alias="class")
    arguments: Arguments = Field(default_factory=dict)
    expected: Expected = Expected()
    options: Options = Options()
    parts: dict[Part, Sha256] = Field(default_factory=dict)
    edges_counted: Literal["once", "in both directions"] = "once"
    status: Status = "exact"
    note: str = ""

    @property
    def forms(self) -> tuple[tuple[SourceFile, ...], ...]:
        """The files of every form, the published one first."""
        return (self.files, *(form.files for form in self.alternatives))

    @model_validator(mode="before")
    @classmethod
    def _in_full(cls, entry: Any) -> Any:
        if not isinstance(entry, dict):
            return entry
        task = str(entry.get("task"))
        usual = {"metric": METRICS[task][0], "split": SPLITS[task][0]} if task in METRICS else {}
        if usual and entry.get("format") in ONE_SPLIT:
            usual["split"] = "fixed"
        if "url" not in entry:
            return {**usual, **entry}
        if "files" in entry:
            raise ValueError("url must stand without files.")
        rest = {key: value for key, value in entry.items() if key not in ("url", "sha256")}
        return {**usual, **rest, "files": [_one_file(entry)]}

    @model_validator(mode="after")
    def _fits_together(self) -> "Dataset":
        for key, value, known in (
            ("metric", self.metric, METRICS[self.task]),
            ("split", self.split, SPLITS[self.task]),
            ("features.kind", self.features.kind, KINDS[self.format]),
            *(("options", option, OPTIONS.get(self.format, ())) for option in sorted(self.options.model_fields_set)),
        ):
            if value not in known:
                raise ValueError(f"{value} ({key}) does not go with {self.task} of format {self.format}. " + _of(known))
        if "target" in self.options.model_fields_set and self.task != "regression":
            raise ValueError("options.target is for regression: classes come from the file of graph labels.")
        if self.metric == "auroc" and self.split == "shuffled":
            raise ValueError(
                "auroc needs both classes in every part, which a shuffled split does not promise: declare stratified."
            )
        if self.metric == "auroc" and self.expected.classes not in (None, 2):
            raise ValueError(f"auroc compares two classes, {self.expected.classes} are expected: declare accuracy.")
        if self.parts and self.split != "fixed":
            raise ValueError(f"parts are those of a fixed split, but the split is {self.split}.")
        if self.format in ONE_SPLIT and self.split != "fixed":
            raise ValueError(f"{self.format} comes with its own split: declare `split: fixed`, or leave split out.")
        self._check_origin()
        return self

    def _check_origin(self) -> None:
        """It comes from files, or, of format pyg, from a function or a class."""
        if self.format != "pyg":
            if named := sorted({"function", "class_", "arguments"} & self.model_fields_set):
                raise ValueError(f"{named[0].rstrip('_')} is for datasets of format pyg, this one is {self.format}.")
            for files in self.forms:
                _check_form(files, self.format)
        elif self.files or self.alternatives:
            raise ValueError("pyg reads no files of its own: name a function or a class, and no url or files.")
        elif (self.function is None) == (self.class_ is None):
            raise ValueError(
                "pyg needs either function (my_data.py:graphs) or class (a dataset of torch_geometric.datasets)."
            )


def _one_file(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The file that `url`, and perhaps `sha256`, declare: an address need not end as its file does."""
    _address(url := str(entry["url"]))
    path = PurePosixPath(urlsplit(url).path)
    suffix = ".zip" if entry.get("format") in ONE_ARCHIVE else path.suffix
    return {
        "name": path.name if path.suffix.lower() == suffix else f"{entry['name']}{suffix}",
        "mirror": f"{entry.get('format')}/{entry['name']}{suffix}",
        "urls": [url],
        "accepted": [{"sha256": entry["sha256"], "status": "exact"}] if entry.get("sha256") is not None else [],
    }


def _check_form(files: tuple[SourceFile, ...], kind: str) -> None:
    if not files:
        raise ValueError("there is neither a url nor a file among its files.")
    if len(files) not in FILES.get(kind, (len(files),)):
        known = " or ".join(map(str, FILES[kind]))
        raise ValueError(f"{kind} is read from {known} files, {len(files)} are declared.")
    if kind in ONE_ARCHIVE and len(files) == 1 and files[0].wheel is None and files[0].packing != "zip":
        raise ValueError(f"{files[0].mirror} must end with .zip: the one file of {kind} is an archive.")


def _of(known: tuple[str, ...]) -> str:
    return nearest("", known) if known else "It has none."
