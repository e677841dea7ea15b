"""The record of a run, `runs/DATASET/METHOD/seed-07.json`: held to itself, to its name, and to what was asked for."""

import json
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from repool import canonical
from repool.canonical import digest
from repool.errors import UserError
from repool.schemas.adoption import adopted_as
from repool.schemas.checked import Checked, checked
from repool.schemas.reading import read_json

SCHEMA = 3
REMEDY = "Delete it and run the same command: that seed's block trains again."
NAME = re.compile(r"seed-(\d{2,})\.json")
LOWER_IS_BETTER = ("mae", "rmse")

Word = Annotated[str, Field(min_length=1)]
Count = Annotated[int, Field(ge=0)]
Curve = Annotated[list[float], Field(min_length=1)]


class Layer(Checked):
    """How alike the rows of a graph are at one layer (`repool.training.inside`)."""

    rows: Annotated[float, Field(ge=0)]
    share: float | None
    share_of_matrix: float | None


class Divergence(Checked):
    """Unsupervised loss by node (appendix D)."""

    learned: float
    identical: float


class Inside(Checked):
    """What the network does inside at its best epoch."""

    homogeneity: list[Layer]
    permutation: float
    divergence: Divergence | None


class Curves(Checked):
    """One number an epoch."""

    train_loss: Curve
    validation_loss: Curve
    validation: Curve
    test: Curve
    learning_rate: Curve
    permuted: Curve | None = None


class Run(Checked):
    """What the record of every run says, however it ended."""

    schema_: Literal[3] = Field(alias="schema")
    dataset: Word
    method: Word
    seed: Count
    metric: Literal["accuracy", "auroc", "mae", "rmse"]
    epochs: Annotated[int, Field(ge=1)]
    parameters: Count
    data_sha256: Word
    spec: dict[str, Any]
    spec_sha256: Word
    code: Word
    device: Word
    versions: dict[str, str]
    sha256: Word

    @model_validator(mode="after")
    def _is_of_its_spec(self) -> "Run":
        if self.spec_sha256 != digest(self.spec):
            raise ValueError("spec_sha256 is not the hash of spec.")
        if self.spec.get("dataset") != self.dataset:
            raise ValueError(f"its spec is of dataset {self.spec.get('dataset')}, the record of {self.dataset}.")
        return self


class Scored(Run):
    """A run that ended with a score: that of its best epoch by validation, the first of equals."""

    outcome: Literal["scored"]
    best_epoch: Annotated[int, Field(ge=1)]
    validation: float
    test: float
    inside: Inside
    curves: Curves
    split_sizes: Annotated[list[Count], Field(min_length=3, max_length=3)]

    @model_validator(mode="after")
    def _scores_are_those_of_its_curves(self) -> "Scored":
        curves = {name: curve for name, curve in self.curves if curve is not None}
        for name, curve in curves.items():
            if len(curve) != self.epochs:
                raise ValueError(f"its curve {name} has {len(curve)} epochs, the record says {self.epochs}.")
        if self.best_epoch > self.epochs:
            raise ValueError(f"best_epoch is {self.best_epoch}, of {self.epochs} epochs.")
        for name in ("validation", "test"):
            score, shown = getattr(self, name), curves[name][self.best_epoch - 1]
            if score != shown:
                raise ValueError(f"{name} is {score}, but its curve has {shown} in epoch {self.best_epoch}.")
            self._check_range(name, curves[name])
        self._check_best(curves["validation"])
        return self

    def _check_range(self, name: str, scores: Sequence[float]) -> None:
        highest = None if self.metric in LOWER_IS_BETTER else 1
        for epoch, score in enumerate(scores, 1):
            if score < 0 or (highest is not None and score > highest):
                allowed = "0 to 1" if highest else "0 or more"
                raise ValueError(f"{name} is {score} in epoch {epoch}, but {self.metric} is {allowed}.")

    def _check_best(self, scores: Sequence[float]) -> None:
        best = min(scores) if self.metric in LOWER_IS_BETTER else max(scores)
        first = scores.index(best) + 1
        # Accuracies are equal or differ in the digits kept here; of other scores, rounding may have made equals.
        wrong = first != self.best_epoch if self.metric == "accuracy" else scores[self.best_epoch - 1] != best
        if wrong:
            raise ValueError(f"best_epoch is {self.best_epoch}, but validation is best ({best}) in epoch {first}.")


class Failed(Run):
    """A run whose training broke down: no score, and why."""

    outcome: Literal["failed"]
    reason: Word
    epoch: Annotated[int, Field(ge=1)]
    batch: Count | None
    learning_rate: float


@dataclass(frozen=True)
class Wanted:
    """The spec and the training code that records must have been made by; None where any will do."""

    spec: dict[str, Any] | None = None
    code: str | None = None

    def refuses(self, record: Run, path: Path) -> str:
        """What of the record is otherwise, in words; empty where nothing is, or where it was adopted."""
        if self.spec is not None and record.spec != self.spec:
            return f"another specification: {differences(record.spec, self.spec)}"
        if self.code not in (None, record.code, adopted_as(path, record.sha256)):
            return f"other training code: {record.code}, expected {self.code}"
        return ""


def read_record(path: Path, wanted: Wanted | None = None) -> Scored | Failed:
    """The record of a run, in the folder of its dataset and method.

    Raises UserError: what is wrong with it, or of another spec or code than wanted, and what to do.
    """
    record = read_content(path)
    for key, expected in (
        ("seed", named_seed(path)),
        ("method", path.absolute().parent.name),
        ("dataset", path.absolute().parent.parent.name),
    ):
        if (found := getattr(record, key)) != expected:
            raise UserError(f"{path}: {key} is {found}, but by its name and folder it is {expected}. {REMEDY}")
    if reason := (wanted or Wanted()).refuses(record, path):
        raise UserError(f"{path} was trained with {reason}. {REMEDY}")
    return record


def read_content(path: Path) -> Scored | Failed:
    """A record wherever it stands; raises UserError where it does not agree with itself."""
    content = read_json(path)
    try:
        return check_content(content, str(path))
    except UserError as error:
        raise UserError(f"{error} {REMEDY}") from None


def check_content(content: Any, where: str) -> Scored | Failed:
    """The content of a record, found somewhere; raises UserError where it does not agree with itself."""
    if not isinstance(content, dict):
        raise UserError(f"{where} is not a record but a {type(content).__name__}.")
    if content.get("schema") != SCHEMA:
        raise UserError(f"{where} is a record of schema {content.get('schema')}, but this version reads {SCHEMA}.")
    try:
        record = _checked(content, where)
    except ValueError as error:
        raise UserError(str(error)) from None
    if record.sha256 != sealed(content)["sha256"]:
        raise UserError(f"{where} was changed after it was written: its sha256 is not that of its content.")
    return record


def _checked(content: dict[str, Any], where: str) -> Scored | Failed:
    return checked(Failed, content, where) if content.get("outcome") == "failed" else checked(Scored, content, where)


def sealed(content: dict[str, Any]) -> dict[str, Any]:
    """The content of a record with the hash of all of it."""
    return canonical.sealed(content, "sha256")


def laid_out(content: dict[str, Any]) -> str:
    """The text of a record's file, or its sidecar's: a key a line, so that a long curve stays on its own."""
    lines = ",\n".join(f" {json.dumps(key)}: {json.dumps(content[key], sort_keys=True)}" for key in sorted(content))
    return f"{{\n{lines}\n}}\n"


def named_seed(path: Path) -> int:
    """The seed that `seed-07.json` is named after; raises UserError for another name."""
    match = NAME.fullmatch(path.name)
    if not match:
        raise UserError(f"{path} is not named as a record is, such as seed-07.json.")
    return int(match[1])


def activations_of(record: Path) -> Path:
    """Where the activations of a run are, if it kept some."""
    return record.with_suffix(".activations.npz")


def is_whole(activations: Path) -> bool:
    """Whether a file of activations is as it was written."""
    try:
        with zipfile.ZipFile(activations) as archive:
            return archive.testzip() is None
    except (zipfile.BadZipFile, OSError):
        return False


def glance(path: Path) -> tuple[str, str] | None:
    """spec_sha256 and code of a record by a look at its lines, a key each; None where there is none to be read."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    if not content.endswith(b"\n}\n"):
        return None
    found = _line(content, b"spec_sha256"), _line(content, b"code")
    return None if None in found else found  # type: ignore[return-value]


def _line(content: bytes, key: bytes) -> str | None:
    """The text under a key that has a line of its own."""
    start = content.find(b'\n "' + key + b'": "')
    if start < 0:
        return None
    first = start + len(key) + 7
    return content[first : content.find(b'"', first)].decode(errors="replace")


def differences(found: dict[str, Any], expected: dict[str, Any]) -> str:
    """What differs between two specs: `training.learning_rate: 0.01, expected 0.001`."""
    ours, theirs = _flat(found), _flat(expected)
    keys = [key for key in dict.fromkeys([*theirs, *ours]) if ours.get(key) != theirs.get(key)]
    return "; ".join(f"{key}: {ours.get(key, 'not there')}, expected {theirs.get(key, 'nothing')}" for key in keys)


def _flat(value: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Every setting by its whole name, its value as JSON."""
    flat: dict[str, str] = {}
    for key, below in value.items():
        flat |= _flat(below, f"{prefix}{key}.") if isinstance(below, dict) else {f"{prefix}{key}": json.dumps(below)}
    return flat
