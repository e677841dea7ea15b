"""What `repool check` reads: a pooling of somebody's own, about ten lines of YAML."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from repool.schemas.checked import ABSENT, Checked, Number, checked
from repool.schemas.names import ConfigurationName, DatasetName, SomeDatasets
from repool.schemas.options import Batch, Hidden, TrainingChanges
from repool.schemas.reading import read_yaml

Pools = Literal["nodes", "clusters", "even-clusters"]
Declared = Literal["permutation-invariant", "row-stochastic", "draws-in-evaluation"]
# Two methods of a page: the twins' endings, and what stands without pooling.
RESERVED = "without-pooling"


class Check(Checked):
    """A pooling, what it is compared on, and the network around it.

    Attributes:
        name: of its page, and of its rows in tables.
        operator: package.Name of an installed package, or file.py:Name.
        pools: what it does, by which its random twins are made: it keeps nodes, makes clusters in proportion to a
            graph's nodes, or as many for every graph.
        arguments: what it is made with.
        interface: pyg, that of PyTorch Geometric, or select, this project's own, which trains in lockstep.
        sources: datasets of one's own, declared as in config/datasets.yaml; one of the TU collection needs no more
            than its name.
        ratio: rows that it leaves, as a share of a graph's nodes; of the largest graph's where clusters are even.
        declares: what it promises, and is held to.
        convolutions: before the pooling.
    """

    name: ConfigurationName
    operator: Annotated[str, Field(min_length=1)]
    pools: Pools
    interface: Literal["pyg", "select"] = "pyg"
    datasets: SomeDatasets
    seeds: Annotated[int, Field(ge=1, le=10_000)] = 10
    sources: dict[DatasetName, dict[str, Any]] = Field(default={})
    arguments: dict[str, bool | int | float | str | None] = Field(default={})
    ratio: Annotated[Number, Field(gt=0, le=1)] = 0.5
    declares: list[Declared] = Field(default=["permutation-invariant"])
    hidden: Hidden = 64
    convolutions: Annotated[int, Field(ge=1, le=1000)] = 2
    batch: Batch = 64
    seeds_per_job: Annotated[int, Field(ge=1, le=10_000)] = 10
    training: TrainingChanges = ABSENT

    @model_validator(mode="after")
    def _names_nothing_else(self) -> Self:
        if self.name in (RESERVED, "paper"):
            raise ValueError(f"{self.name} is the name of something else. Give the pooling one of its own.")
        if self.interface == "select" and self.arguments:
            raise ValueError("a select takes no arguments: it is made from a Place, or is a function.")
        if (own := self.arguments.get("ratio")) is not None and own != self.ratio:
            raise ValueError(
                f"ratio is {self.ratio} for the random twins, and {own} in arguments. Say the same in both, so that "
                "they leave as many rows."
            )
        return self


def read_check(path: Path) -> Check:
    """The file of a check; raises UserError for what does not fit."""
    return checked(Check, read_yaml(path), str(path))
