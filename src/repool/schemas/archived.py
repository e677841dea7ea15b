"""What the archive holds of a cell, `records/NCI1/0123456789abcdef.jsonl.xz`: a header, then a line for each run."""

from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from repool.canonical import canonical, digest
from repool.schemas.checked import Checked, checked
from repool.schemas.names import DatasetName, MethodName
from repool.schemas.record import Failed, Scored, check_content, sealed
from repool.schemas.sources import Sha256
from repool.schemas.timing import Timing

# Of a record, what is no property of the run: how a configuration calls its method, and the seal of all.
NAMING = ("method", "sha256")
SEED_LIMIT = 1_000_000

Count = Annotated[int, Field(ge=0)]
Seed = Annotated[int, Field(ge=0, lt=SEED_LIMIT)]


class Header(Checked):
    """The spec of a cell, the number of its runs, and `sha256` of their lines."""

    schema_: Literal[1] = Field(alias="schema")
    dataset: DatasetName
    spec: dict[str, Any]
    spec_sha256: Sha256
    runs: Annotated[int, Field(ge=1)]
    sha256: Sha256

    @model_validator(mode="after")
    def _is_of_its_spec(self) -> "Header":
        if self.spec_sha256 != digest(self.spec):
            raise ValueError("spec_sha256 is not the hash of spec.")
        if self.spec.get("dataset") != self.dataset:
            raise ValueError(f"its spec is of dataset {self.spec.get('dataset')}, the header of {self.dataset}.")
        return self


class Identity(Checked):
    """The keys of a record by which the archive knows it; the others are checked where it is taken out."""

    seed: Seed
    method: MethodName
    data_sha256: Sha256
    code: Annotated[str, Field(min_length=1)]
    device: Annotated[str, Field(min_length=1)]
    versions: dict[str, str]


class Entry(Checked):
    """A run: its record without the spec, its timing, and the sha256 of the activations that are kept of it, if any."""

    record: dict[str, Any]
    timing: Timing
    activations: Sha256 | None

    @model_validator(mode="after")
    def _says_what_it_may(self) -> "Entry":
        if "spec" in self.record:
            raise ValueError("its record has a spec of its own, which is the header's.")
        if self.timing.adopted is not None:
            raise ValueError("its timing says that it was adopted, which replays say and nothing else.")
        return self

    @cached_property
    def identity(self) -> Identity:
        """What it is; raises UserError where its record does not say so."""
        known = {name: self.record[name] for name in Identity.model_fields if name in self.record}
        return checked(Identity, known, "its record")

    @property
    def key(self) -> str:
        """What decides its numbers beside the spec: two runs of one key are the same one."""
        known = self.identity.model_dump(exclude={"method"})
        return canonical([known, self.timing.device_name, self.timing.processor])

    @property
    def numbers(self) -> dict[str, Any]:
        """All that its record says, whatever its method is called."""
        return {name: value for name, value in self.record.items() if name not in NAMING}

    def content(self, spec: dict[str, Any], method: str | None = None) -> dict[str, Any]:
        """Its record as it was written, or as that of a method that is called otherwise."""
        if method in (None, self.identity.method):
            return {**self.record, "spec": spec}
        return sealed({**self.record, "spec": spec, "method": method})

    def read(self, spec: dict[str, Any], where: str) -> Scored | Failed:
        """Its record; raises UserError where it does not agree with itself."""
        return check_content(self.content(spec), where)

    def line(self) -> dict[str, Any]:
        """What is written of it."""
        timing = self.timing.model_dump(exclude={"adopted"}, exclude_none=True)
        timing["peak_memory_mb"] = self.timing.peak_memory_mb
        return {"record": self.record, "timing": timing, "activations": self.activations}
