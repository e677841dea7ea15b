"""A replay, `replays/FAMILY.CODE.CODE.cpu.json` of the archive: a sample of its runs, trained again by later code."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from repool.canonical import sealed
from repool.schemas.archived import Seed
from repool.schemas.checked import Checked
from repool.schemas.names import DatasetName
from repool.schemas.sources import Sha256
from repool.schemas.timing import FIRST_STEPS

# Every number the same, the same but for what other processors round, or not.
Verdict = Literal["equal", "near", "differs"]
# Of a training loss, relative; further than itself says no more.
Distance = Annotated[float, Field(ge=0, le=1)]
Code = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


class Replayed(Checked):
    """A run of the sample: both records, which the archive has, by their sha256, and what comparing them gave.

    `rounding` is how far rounding alone parted the run on the machine that compared, up to each first step, where that
    was measured: relative distances of its training loss.
    """

    dataset: DatasetName
    spec_sha256: Sha256
    seed: Seed
    archived: Sha256
    replayed: Sha256
    rounding: Annotated[list[Distance], Field(max_length=FIRST_STEPS)] | None = None
    verdict: Verdict
    words: str

    @model_validator(mode="after")
    def _rounding_grows(self) -> "Replayed":
        if self.rounding is not None and self.rounding != sorted(self.rounding):
            raise ValueError("rounding is less in a step than before it.")
        return self


class Replay(Checked):
    """What was replayed, by which code, when and on what.

    Attributes:
        family: of models; another family's code is another one.
        code: what trained the archived runs.
        later: the code that trained them again.
        selects: the ways to pool that the sample has; others are not adopted.
        runs: the sample.
        of: from how many runs it was taken.
    """

    schema_: Literal[1] = Field(alias="schema")
    family: str
    code: Code
    later: Code
    device: str
    selects: list[str]
    date: str
    processor: str
    versions: dict[str, str]
    runs: Annotated[list[Replayed], Field(min_length=1)]
    of: Annotated[int, Field(ge=1)]
    sha256: Sha256

    @property
    def agrees(self) -> bool:
        """Whether no run of the sample differs."""
        return all(run.verdict != "differs" for run in self.runs)

    @property
    def equal(self) -> int:
        """How many runs are the same to the last bit."""
        return sum(run.verdict == "equal" for run in self.runs)

    @property
    def name(self) -> str:
        """Its file's name in the archive."""
        return f"replays/{self.family}.{self.code}.{self.later}.{self.device}.json"


def seal(content: dict[str, Any]) -> dict[str, Any]:
    """The content of a replay with the hash of all of it."""
    return sealed(content, "sha256")
