"""The configuration: every key with its description, type and default. docs/configuration.md is made from it."""

import re
from collections.abc import Callable
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from repool.campaign import DEFAULT
from repool.errors import nearest
from repool.paper import kinds
from repool.schemas.checked import ABSENT, Checked, Number, Sparse, checked
from repool.schemas.names import (
    ArtifactName,
    ConfigurationName,
    DatasetName,
    Datasets,
    MethodName,
    Methods,
    Pairs,
    SomeMethods,
    unique,
)
from repool.schemas.options import (
    Batch,
    FamilyName,
    Hidden,
    Layers,
    NetworkOptions,
    Select,
    Training,
    TrainingChanges,
    check_options,
)

MOST_SEEDS = 10_000
SEED_LIMIT = 1_000_000


def _seeds_by_dataset(value: Any) -> Any:
    """Seeds for all datasets, or by dataset with those of the others as default; there likewise by method."""
    return _by_name(value, "datasets", lambda own: _by_name(own, "methods", _seeds))


def _by_name(value: Any, names: str, check: Callable[[Any], Any]) -> Any:
    """What is the same for all names, or by name with that of the others as default."""
    if not isinstance(value, dict):
        return check(value)
    if DEFAULT not in value:
        raise ValueError(f"the seeds of all other {names} are missing. Write {DEFAULT}: 20 beside them.")
    for name, own in value.items():
        try:
            check(own)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    return value


def _seeds(value: Any) -> Any:
    """Seeds as people write them; raises ValueError before anything counts to a number that never ends."""
    if type(value) is int:
        if not 1 <= value <= MOST_SEEDS:
            raise ValueError(f"{value} is not a number of runs. Write 1 to {MOST_SEEDS:,}.")
        return value
    if not isinstance(value, list) or not value:
        raise ValueError(f"{value!r} are no seeds. Write a whole number such as 20, or ranges such as [0-4, 20-29].")
    total = 0
    for text in value:
        if not isinstance(text, str) or not re.fullmatch(r"[0-9]+(-[0-9]+)?", text):
            hint = f'Write "{text}", in quotes' if type(text) is int else 'Write ranges such as "0-4" and "7"'
            raise ValueError(f"{text!r} is not a range of seeds. {hint}.")
        first, _, last = text.partition("-")
        if max(len(first), len(last)) > 20 or max(int(first), int(last or 0)) >= SEED_LIMIT:
            raise ValueError(f"{text[:50]} has a seed that is too large. Seeds are below {SEED_LIMIT:,}.")
        total += int(last or first) - int(first) + 1
    if total > MOST_SEEDS:
        raise ValueError(f"these are {total:,} runs of every cell, and {MOST_SEEDS:,} are the most.")
    return value


Seeds = int | list[str]
SeedsByName = Annotated[Seeds | dict[DatasetName, Seeds | dict[MethodName, Seeds]], BeforeValidator(_seeds_by_dataset)]


def _colour(text: str) -> str:
    if not re.fullmatch("#[0-9a-fA-F]{6}", text):
        raise ValueError(f"{text!r} is not a colour. Write #rrggbb, such as #0072B2, in quotes.")
    return text


def _distribution(name: str) -> str:
    figures = [artifact for artifact, kind in kinds().items() if kind == "distribution"]
    if name not in figures:
        raise ValueError(f"{name} is not a figure of distributions. {nearest(name, figures)}")
    return name


def _path(text: str) -> str:
    if not text.isprintable():
        raise ValueError(f"{text!r} cannot be a folder.")
    return text


class Family(NetworkOptions):
    """What the methods of a model family share."""

    batch: Batch = ABSENT
    training: TrainingChanges = Field(
        default=ABSENT, description="What this family trains with instead of the common protocol."
    )


class Method(NetworkOptions):
    """A named row of the paper."""

    family: FamilyName
    select: Select = ABSENT
    hyperparameters: str = Field(description="Name of the table of hyper-parameters.")
    batch: Batch = ABSENT
    training: TrainingChanges = Field(
        default=ABSENT, description="What this method trains with instead of its family's and the common protocol."
    )

    @model_validator(mode="after")
    def _of_its_family(self) -> Self:
        own = [name for name in self.model_fields_set if name not in ("hyperparameters", "batch", "training")]
        check_options(self.family, {name: getattr(self, name) for name in sorted(own)})
        return self


class Hyperparameters(NetworkOptions):
    """A row of a table of hyper-parameters; tables are shared by families, which read some of it."""

    batch: Batch = ABSENT


class Varied(Sparse):
    """Values of each option of a grid."""

    layers: Annotated[list[Layers], Field(min_length=1), AfterValidator(unique)] = Field(
        default=ABSENT, description="Numbers of layers."
    )
    hidden: Annotated[list[Hidden], Field(min_length=1), AfterValidator(unique)] = Field(
        default=ABSENT, description="Widths."
    )

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError(f"nothing varies. Give values of {' or '.join(type(self).model_fields)}.")
        return self


class Grid(Sparse):
    """Methods that differ in a few options."""

    methods: SomeMethods = Field(
        description="Methods that the grid varies; the first two are those that a figure compares."
    )
    vary: Varied = Field(description="Values of each option.")
    seeds: int = Field(
        default=ABSENT,
        ge=1,
        le=MOST_SEEDS,
        description="How many of the configuration's seeds train, the first ones; all where it is missing.",
    )


class Artifact(Checked):
    """A table or figure of the paper, and the cells that it covers."""

    datasets: Datasets = Field(description="Datasets in the artifact's order; none leaves the artifact out.")
    methods: Methods = Field(default=[], description="Methods in the artifact's order.")
    grid: str | None = Field(default=None, description="A grid whose methods are the artifact's.")
    pairs: Pairs = Field(default=[], description="Paired tests, as METHOD:METHOD.")


class Style(Checked):
    """How figures look; it never reaches a run."""

    palette: dict[MethodName, Annotated[str, AfterValidator(_colour)]] = Field(
        default={}, description="Colour of each method, as #rrggbb."
    )
    font_size: Number = Field(default=8, gt=0, le=100, description="Type size in points.")
    width: Number = Field(
        default=5.5, gt=0, le=100, description="Width of a figure in inches (NeurIPS text width is 5.5)."
    )
    kinds: dict[Annotated[str, AfterValidator(_distribution)], Literal["violin", "box", "points"]] = Field(
        default={},
        description="How the distributions of a figure are drawn: violin (half violin, box and points), box (box and "
        "points) or points. Default: violin.",
    )


class Configuration(Checked):
    """What to replicate (never how or where it runs, which profiles say)."""

    name: ConfigurationName = Field(description="Name of the configuration; results stand in results/NAME/.")
    page: ConfigurationName = Field(
        default="paper",
        description="Name of the page, report/NAME.html. One of another name than paper says nothing of the paper's "
        "claims: `repool check` makes one of a pooling that somebody brings.",
    )
    seeds: SeedsByName = Field(
        default=20,
        description="The runs of every cell: a number n for the seeds 0 to n - 1, or ranges such as [0-4, 20-29]; or "
        "either by dataset, and there by method, such as {default: 20, DD: 10, IMDB-B: {default: 20, gin: 120}}. "
        "More seeds train beside those that are there.",
    )
    seeds_per_job: int = Field(
        default=10,
        ge=1,
        le=MOST_SEEDS,
        description="Seeds that one job trains in lockstep (a block). A record does not depend on its block, to the "
        "last bit on the CPU.",
    )
    mirror: Annotated[str, AfterValidator(_path)] | None = Field(
        default=None,
        description="Folder that holds the raw files, for machines without internet; the variable REPOOL_MIRROR wins.",
    )
    best_epoch: Literal["first", "last"] = Field(
        default="first",
        description="Which of a run's epochs counts where several share the best validation score; it trains nothing. "
        "The table `ties` shows both.",
    )
    partial: bool = Field(
        default=False,
        description="Make tables, figures and the page from the records that there are, and train nothing; what is "
        "missing is pending. On the command line it is spelled partial=True.",
    )
    archive: bool = Field(
        default=False,
        description="Take runs and cards from results/archive, and train nothing; what is missing is pending. "
        "config/archive.yaml does.",
    )
    training: Training = Field(description="Protocol of all models (appendix A.2).")
    families: dict[FamilyName, Family] = Field(
        default={},
        description="What the methods of a model family share; tables of hyper-parameters and methods win over it.",
    )
    methods: dict[MethodName, Method] = Field(
        min_length=1,
        description="Named rows of the paper, each a model family with its pooling and options.",
    )
    grids: dict[str, Grid] = Field(
        default={},
        description="Methods that differ in a few options, one for each combination: graclus-layers-5-hidden-32, ...",
    )
    hyperparameters: dict[str, dict[DatasetName, Hyperparameters]] = Field(
        description="The paper's tables of hyper-parameters, by dataset."
    )
    sources: dict[DatasetName, dict[str, Any]] = Field(
        default={},
        description="Datasets that config/datasets.yaml does not have, each declared as there: {format: tu, task: "
        "classification, url: ...}.",
    )
    instead: dict[DatasetName, DatasetName | None] = Field(
        default={},
        description="What stands in for a dataset wherever an artifact names it; null leaves it out. An overlay says "
        "so once for all artifacts, also those that are declared later.",
    )
    artifacts: dict[ArtifactName, Artifact] = Field(
        description="Tables and figures of the paper, and the cells that each covers."
    )
    style: Style = Field(default=Style(), description="How figures look; it never reaches a run.")

    @model_validator(mode="after")
    def _stand_ins_need_none(self) -> Self:
        for name, other in self.instead.items():
            if other in self.instead:
                raise ValueError(f"instead.{name}: {other} has a stand-in itself. Name that, or take it out.")
        return self

    @model_validator(mode="after")
    def _grids_vary_what_is_read(self) -> Self:
        for name, grid in self.grids.items():
            varied = dict.fromkeys(sorted(grid.vary.model_fields_set))
            for method in grid.methods:
                if method in self.methods:
                    check_options(self.methods[method].family, varied, f"grids.{name}, for {method}")
        return self

    @model_validator(mode="after")
    def _families_read_their_options(self) -> Self:
        for name, family in self.families.items():
            own = sorted(family.model_fields_set - {"batch", "training"})
            check_options(name, {option: getattr(family, option) for option in own}, f"families.{name}")
        return self


def check_configuration(config: dict[str, Any]) -> Configuration:
    """The configuration in its types; raises UserError for what does not fit."""
    return checked(Configuration, config, "the configuration")
