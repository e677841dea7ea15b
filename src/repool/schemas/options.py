"""What a network and its training can be set to: each option once, with its description, type and bounds."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from repool.errors import nearest
from repool.schemas.checked import ABSENT, Checked, Number, Sparse
from repool.spec import CHOICES, MODEL_OPTIONS

LARGEST = 1_000_000
WIDEST = 65_536


def _family(name: str) -> str:
    if name not in MODEL_OPTIONS:
        raise ValueError(f"{name} is not a model family. {nearest(name, MODEL_OPTIONS)}")
    return name


FamilyName = Annotated[str, AfterValidator(_family), Field(description="Model family.")]

LearningRate = Annotated[Number, Field(gt=0, le=10, description="Adam's learning rate at the start.")]
LowestLearningRate = Annotated[Number, Field(gt=0, le=10, description="The learning rate falls no lower.")]
Decay = Annotated[
    Number, Field(gt=0, lt=1, description="Factor of the learning rate at a plateau of the validation score.")
]
DecayPatience = Annotated[
    int,
    Field(ge=0, le=LARGEST, description="Epochs without a better validation score before the learning rate falls."),
]
StopPatience = Annotated[
    int, Field(ge=1, le=LARGEST, description="Epochs without a better validation score before the run stops.")
]
MaxEpochs = Annotated[int, Field(ge=1, le=LARGEST, description="Epochs at most.")]
Clip = Annotated[Number, Field(gt=0, le=LARGEST)]
GradientClip = Annotated[Clip | None, Field(description="Greatest length of a network's gradient; null for any.")]
Permuted = Annotated[
    bool,
    Field(
        description="Whether each epoch also scores the validation graphs with their nodes in a random order "
        "(figure 3); it changes nothing else."
    ),
]
Layers = Annotated[
    int,
    Field(
        ge=1,
        le=1000,
        description="Layers. graclus and mincut: convolutions, of which all but the first are followed or preceded by "
        "a pooling; diffpool, diffpool-v2: poolings.",
    ),
]
Hidden = Annotated[int, Field(ge=1, le=WIDEST, description="Width of the convolutions (of gmn, of the memory layers).")]
Batch = Annotated[int, Field(ge=1, le=LARGEST, description="Graphs in a batch.")]
Select = Annotated[
    str,
    Field(
        description="How clusters are selected: learned, or another way. `repool.spec.CHOICES` has those of a family."
    ),
]


class Training(Checked):
    """The protocol of a training, whole."""

    learning_rate: LearningRate
    lowest_learning_rate: LowestLearningRate
    decay: Decay
    decay_patience: DecayPatience
    stop_patience: StopPatience
    max_epochs: MaxEpochs
    gradient_clip: GradientClip
    permuted: Permuted

    @model_validator(mode="after")
    def _falls(self) -> Self:
        if self.lowest_learning_rate > self.learning_rate:
            raise ValueError(
                f"lowest_learning_rate, {self.lowest_learning_rate}, is above learning_rate, {self.learning_rate}. "
                "The rate only falls: lower the one or raise the other."
            )
        return self


class TrainingChanges(Sparse):
    """What is trained with instead of the common protocol."""

    learning_rate: LearningRate = ABSENT
    lowest_learning_rate: LowestLearningRate = ABSENT
    decay: Decay = ABSENT
    decay_patience: DecayPatience = ABSENT
    stop_patience: StopPatience = ABSENT
    max_epochs: MaxEpochs = ABSENT
    gradient_clip: GradientClip = ABSENT
    permuted: Permuted = ABSENT


class NetworkOptions(Sparse):
    """What a network can be set to; each family reads some of it."""

    layers: Layers = ABSENT
    hidden: Hidden = ABSENT
    mlp_hidden: int = Field(
        default=ABSENT, ge=1, le=WIDEST, description="Width of the MLP's hidden layer (diffpool, diffpool-v2)."
    )
    convolutions: int = Field(
        default=ABSENT,
        ge=1,
        le=1000,
        description="Number of convolutions (global-mean, graphsage, gin), of those before the first pooling (mincut, "
        "operator, tgp, own-select, operator-twin), or of the query network's (gmn).",
    )
    first: Literal["sum", "sage", "none"] = Field(
        default=ABSENT,
        description="The convolution before the one that is pooled first: sum (equation 1), sage (diffpool), or none, "
        "so that a single one precedes the first pooling.",
    )
    sage: Literal["root", "loop-as-released"] = Field(
        default=ABSENT,
        description="The SAGE convolution of diffpool: the node by a weight of its own and the mean of its neighbours "
        "(GraphSAGE's paper), or one mean with the node among its neighbours, as in the released code's library.",
    )
    before: Literal["one", "one-activated", "three"] = Field(
        default=ABSENT,
        description="Convolutions of diffpool before the first pooling's own: one, one with ReLU and batch "
        "normalisation after it, or three with both after the first two. `first: none` leaves them out.",
    )
    link_weight: Number = Field(
        default=ABSENT,
        ge=0,
        le=1_000_000_000,
        description="Weight of the link prediction loss (diffpool, diffpool-v2), lambda of figure 7.",
    )
    batchnorm: Literal["nodes", "padded-as-released"] = Field(
        default=ABSENT,
        description="Over which rows batch normalisation runs: the nodes, or also the zeros of a padded dense batch.",
    )
    memory_keys: list[Annotated[int, Field(ge=1, le=WIDEST)]] = Field(
        default=ABSENT, min_length=1, max_length=100, description="Number of keys of each memory layer (gmn)."
    )
    heads: int = Field(default=ABSENT, ge=1, le=WIDEST, description="Heads of keys (gmn).")
    query_hidden: int = Field(default=ABSENT, ge=1, le=WIDEST, description="Width of the query network (gmn).")
    activation: Literal["relu", "leaky-as-released"] = Field(
        default=ABSENT,
        description="After each memory layer (gmn): equation 8's ReLU, or the released code's leaky one.",
    )
    keys: Literal["learned", "frozen-as-released"] = Field(
        default=ABSENT,
        description="Keys of gmn: learned by the unsupervised epochs alone (appendix B), or never moved while those "
        "epochs move everything else, as in the released code.",
    )
    period: int = Field(
        default=ABSENT,
        ge=0,
        le=LARGEST,
        description="Every so many epochs gmn minimises its unsupervised loss (p of figure S1); 0 for never.",
    )
    operator: str = Field(
        default=ABSENT,
        min_length=1,
        description="Where a pooling is that somebody brings: package.Name of an installed package or file.py:Name "
        "(operator), an alias of torch-geometric-pool, such as tgp:topk (tgp), or a select in a file (own-select).",
    )
    version: str = Field(
        default=ABSENT,
        min_length=1,
        description="Which it is (operator, tgp, own-select): its package with its version, or its file's digest. "
        "`repool check` writes it.",
    )
    arguments: dict[str, bool | int | float | str | None] = Field(
        default=ABSENT,
        description="What it is made with (operator, tgp); WIDTH and CLUSTERS stand for those of the network. "
        "`in_channels` need not be named.",
    )
    ratio: Number = Field(
        default=ABSENT,
        gt=0,
        le=1,
        description="Rows that a pooling leaves, as a share of a graph's nodes, or of the largest graph's where all "
        "graphs have as many (operator, tgp, own-select, operator-twin).",
    )
    pools: Literal["nodes", "clusters", "even-clusters"] = Field(
        default=ABSENT,
        description="What the pooling does whose twin it is (operator-twin): keeps nodes, makes clusters in proportion "
        "to a graph's nodes, or as many clusters for every graph.",
    )


def check_options(family: str, options: Mapping[str, Any], where: str = "") -> None:
    """Raise ValueError for the first option that the family does not read, or has no such choice of."""
    place = f" ({where})" if where else ""
    for option, value in options.items():
        if option not in MODEL_OPTIONS[family]:
            raise ValueError(
                f"{option} is not an option of the family {family}{place}. {nearest(option, MODEL_OPTIONS[family])}"
            )
        choices = CHOICES.get(family, {}).get(option, (value,))
        if value not in choices:
            raise ValueError(f"{value} is not a {option} of the family {family}{place}. {nearest(str(value), choices)}")
