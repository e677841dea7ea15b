"""Which kind of table each artifact of the paper is; everything that differs between artifacts follows from it."""

from repool.errors import UserError, nearest

DISTRIBUTION = "distribution"
COMPARISON = "comparison"
ABLATION = "ablation"
CURVES = "curves"
GAPS = "gaps"
HYPERPARAMETERS = "hyperparameters"
TIMES = "times"
DATASETS = "datasets"
HOMOGENEITY = "homogeneity"
ACTIVATIONS = "activations"
INVARIANCE = "invariance"
DIVERGENCE = "divergence"

# In the order of the paper.
KINDS = {
    "figure_1": DISTRIBUTION,
    "table_1": COMPARISON,
    "figure_2": DISTRIBUTION,
    "figure_3": CURVES,
    "figure_4": DISTRIBUTION,
    "epoch_times": TIMES,
    "figure_5": ACTIVATIONS,
    "figure_6": ACTIVATIONS,
    "homogeneity": HOMOGENEITY,
    "figure_7": CURVES,
    "table_2": ABLATION,
    "global_mean_pooling": COMPARISON,
    "table_3": COMPARISON,
    "figure_8": GAPS,
    "table_s1": DATASETS,
    "table_s2": HYPERPARAMETERS,
    "table_s3": HYPERPARAMETERS,
    "table_s4": HYPERPARAMETERS,
    "table_s5": COMPARISON,
    "figure_s1": CURVES,
    **{f"figure_s{number}": ACTIVATIONS for number in range(2, 14)},
    "appendix_c": INVARIANCE,
    "appendix_d": DIVERGENCE,
}
# The module of src/repool/analysis/ that makes the table of a kind.
MODULES = {
    DISTRIBUTION: "scores",
    COMPARISON: "comparison",
    ABLATION: "ablation",
    CURVES: "curves",
    GAPS: "gaps",
    HYPERPARAMETERS: "hyperparameters",
    TIMES: "times",
    DATASETS: "dataset_table",
    HOMOGENEITY: "homogeneity",
    ACTIVATIONS: "activations",
    INVARIANCE: "invariance",
    DIVERGENCE: "divergence",
}
# The curves of a record, and what the paired tests of an artifact that shows one compare of each run.
LOSS, PERMUTED = "validation_loss", "permuted"
CURVE_MEASURES = {LOSS: "validation_loss", PERMUTED: "permuted_mean"}
# Which curve an artifact shows, where it is not the supervised loss.
OTHER_CURVES = {"figure_3": PERMUTED}
# The figures that end after the first pooling, as in the paper; the others of their kind show every main layer.
FIRST_POOLING = ("figure_5", "figure_6")
# What a kind holds against a margin of config/claims.yaml.
THRESHOLDS = {INVARIANCE: "permutation", DIVERGENCE: "divergence_identical"}
# Kinds whose cells have scores of several seeds, so that methods can be ranked across datasets.
RANKED = (DISTRIBUTION, COMPARISON)


def kind(artifact: str) -> str:
    """The kind of an artifact; UserError with the nearest name if there is none."""
    if artifact not in KINDS:
        raise UserError(f"{artifact} is not an artifact. {nearest(artifact, KINDS)}")
    return KINDS[artifact]


def curve(artifact: str) -> str:
    """The curve of the records that an artifact of kind `curves` shows."""
    return OTHER_CURVES.get(artifact, LOSS)


def measure(artifact: str) -> str:
    """What the paired tests of an artifact compare: the test score, or another column of the cell tables."""
    if kind(artifact) == CURVES:
        return CURVE_MEASURES[curve(artifact)]
    return "matrix_share_before" if kind(artifact) == HOMOGENEITY else "test"


def shows_every_layer(artifact: str) -> bool:
    """Whether a figure of activations goes beyond the first pooling."""
    return artifact not in FIRST_POOLING
