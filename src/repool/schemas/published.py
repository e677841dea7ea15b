"""config/published.yaml: every number that the paper prints, by artifact, and what the paper claims."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from repool.errors import nearest
from repool.schemas.checked import ABSENT, Checked, Number, Sparse, checked
from repool.schemas.names import DatasetName, MethodName, Named, SomeDatasets, SomeMethods
from repool.schemas.reading import read_yaml

# Who ran what a table prints, unless it says so.
OWN: Literal["own"] = "own"
Count = Annotated[int, Field(ge=1)]
Positive = Annotated[Number, Field(gt=0)]


def _mean_and_deviation(numbers: list[float | None]) -> list[float | None]:
    if numbers[0] is None:
        raise ValueError("a mean is missing. Write null for the whole cell where the paper's is not legible.")
    if numbers[1] is not None and numbers[1] < 0:
        raise ValueError(f"{numbers[1]} is not a standard deviation. Write the mean first, then the deviation.")
    return numbers


# null where a number is not legible
Cell = Annotated[list[Number | None], Field(min_length=2, max_length=2), AfterValidator(_mean_and_deviation)]


class ScoreRow(Checked):
    """A row of a table of scores: [mean, deviation] by dataset, and who ran it."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[DatasetName, Cell | None]
    source: Literal["own", "quoted"] = OWN

    @property
    def cells(self) -> dict[str, list[float | None] | None]:
        """Mean and deviation by dataset; None where not legible."""
        return self.__pydantic_extra__


class Ablated(Checked):
    """Table 2's means: with one convolution before the first pooling, and with the model's own number."""

    one: Positive
    many: Positive


class Statistics(Sparse):
    """Table S1's row of a dataset; the paper leaves out what a dataset does not have."""

    graphs: Count
    classes: Count = ABSENT
    node_features: Count = ABSENT
    node_labels: Count = ABSENT
    avg_nodes: Positive
    avg_edges: Positive


class Settings(Sparse):
    """A row of tables S2 to S4."""

    layers: Count
    hidden: Count
    batch: Count
    mlp_hidden: Count = ABSENT
    memory_keys: list[Count] = ABSENT
    heads: Count = ABSENT


class Invariance(Checked):
    """Whether appendix C says that a network is permutation invariant, and where; null where it does not."""

    invariant: bool | None
    by: str


class Said(Checked):
    """A claim in the paper's words, and what carries it."""

    id: Annotated[str, Field(pattern="^[a-z0-9-]+$")]
    artifact: list[str] = Field(default=[])
    says: Annotated[str, Field(min_length=1)]


class Contradiction(Checked):
    """Two things that the paper says: claims that one supports and the other does not, where, and of which methods."""

    says: Annotated[str, Field(min_length=1)]
    claims: Annotated[list[str], Field(min_length=1)]
    datasets: SomeDatasets
    methods: SomeMethods


ScoreTable = dict[MethodName, ScoreRow]
SettingsTable = dict[DatasetName, Settings]


class PaperNumbers(Checked):
    """The whole file; a table that is not there prints nothing."""

    table_1: ScoreTable = Field(default={})
    table_2: dict[MethodName, dict[DatasetName, Ablated]] = Field(default={})
    global_mean_pooling: ScoreTable = Field(default={})
    table_3: ScoreTable = Field(default={})
    table_s1: dict[DatasetName, Statistics] = Field(default={})
    table_s2: SettingsTable = Field(default={})
    table_s3: SettingsTable = Field(default={})
    table_s4: SettingsTable = Field(default={})
    table_s5: ScoreTable = Field(default={})
    appendix_c: dict[MethodName, Invariance] = Field(default={})
    epoch_times: dict[MethodName, dict[DatasetName, Annotated[Number, Field(gt=0, le=1)]]] = Field(default={})
    contradictions: list[Contradiction] = Field(default=[])
    claims: list[Said] = Field(default=[])

    @model_validator(mode="after")
    def _claims_once(self) -> Self:
        seen: set[str] = set()
        for claim in self.claims:
            if claim.id in seen:
                raise ValueError(f"the claim {claim.id} stands twice. Leave it once.")
            seen.add(claim.id)
        for place, one in enumerate(self.contradictions):
            for name in one.claims:
                if name not in seen:
                    raise ValueError(f"{name} is not a claim (contradictions[{place}].claims). {nearest(name, seen)}")
        return self

    @property
    def scores(self) -> dict[str, ScoreTable]:
        """The tables of scores, by artifact."""
        names = ("table_1", "table_3", "global_mean_pooling", "table_s5")
        return {name: getattr(self, name) for name in names}

    def named(self) -> Iterator[Named]:
        """Every method and dataset that has a number, or a word."""
        for table, rows in self.scores.items():
            yield from (("a dataset", name, f"{table}.{row}") for row in rows for name in rows[row].cells)
        for table in ("table_2", "epoch_times"):
            rows = getattr(self, table)
            yield from (("a dataset", name, f"{table}.{row}") for row in rows for name in rows[row])
        for table in (*self.scores, "table_2", "epoch_times", "appendix_c"):
            yield from (("a method", name, table) for name in getattr(self, table))
        for table in ("table_s1", "table_s2", "table_s3", "table_s4"):
            yield from (("a dataset", name, table) for name in getattr(self, table))
        for place, one in enumerate(self.contradictions):
            yield from (("a dataset", name, f"contradictions[{place}]") for name in one.datasets)
            yield from (("a method", name, f"contradictions[{place}]") for name in one.methods)


def read_published(path: Path) -> PaperNumbers:
    """The paper's numbers; raises UserError for what is none."""
    return checked(PaperNumbers, read_yaml(path), str(path))
