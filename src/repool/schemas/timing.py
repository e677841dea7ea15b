"""The sidecar of a record, `seed-07.timing.json`: what varies from one run of it to the next."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from repool.errors import UserError
from repool.schemas.adoption import Adoption
from repool.schemas.checked import Checked, checked
from repool.schemas.reading import read_json
from repool.schemas.record import REMEDY, named_seed

# Of the first epoch, for whoever trains a run again on another processor: curves have a number an epoch.
FIRST_STEPS = 30

Seconds = Annotated[float, Field(ge=0)]


class Timing(Checked):
    """When, where and how long a seed trained; `block` is the first and the last seed that trained with it.

    `processor` is what its arithmetic depends on beside the device's name, `packages` the versions that compute beside
    those of the record, and `first_losses` the training losses of its first steps: none is known of the oldest runs.
    `adopted` is of a run by earlier code.
    """

    seconds_per_epoch: Seconds
    seconds: Seconds
    started: str
    host: str
    device_name: str
    block: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=2, max_length=2)]
    resumed: bool
    peak_memory_mb: Annotated[int, Field(ge=0)] | None
    processor: str | None = None
    packages: dict[str, str] | None = None
    first_losses: list[float] | None = None
    adopted: Adoption | None = None

    @model_validator(mode="after")
    def _times_and_seeds_are_such(self) -> "Timing":
        try:
            zone = datetime.fromisoformat(self.started).tzinfo
        except ValueError:
            zone = None
        if zone is None:
            raise ValueError(f"started is {self.started}, not a time such as 2026-11-22T10:00:00+00:00.")
        if self.block[0] > self.block[1]:
            raise ValueError(f"block ends before it begins: {self.block}.")
        return self


def read_timing(path: Path) -> Timing:
    """The sidecar of the record beside it; raises UserError: what is wrong with it, and what to do."""
    content = read_json(path)
    try:
        timing = checked(Timing, content, str(path))
        seed = named_seed(sidecar_of(path))
        if not timing.block[0] <= seed <= timing.block[1]:
            raise UserError(f"{path}: seed {seed} is not of its block, {timing.block[0]} to {timing.block[1]}.")
    except UserError as error:
        raise UserError(f"{error} {REMEDY}") from None
    return timing


def sidecar_of(timing: Path) -> Path:
    """The record that a sidecar stands beside."""
    return timing.with_name(timing.name.replace(".timing.json", ".json"))


def timing_of(record: Path) -> Path:
    """The sidecar of a record."""
    return record.with_suffix(".timing.json")
