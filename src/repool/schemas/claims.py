"""config/claims.yaml: what decides each claim of the paper."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import AfterValidator, Field, model_validator

from repool.errors import UserError, nearest
from repool.paper import kind
from repool.schemas.checked import ABSENT, Checked, Number, Sparse, checked
from repool.schemas.names import ArtifactName, DatasetName, Named, Pairs, SomeDatasets, SomeMethods, split_pair
from repool.schemas.reading import read_yaml


class Parts(NamedTuple):
    """What a row with some test must say, and what it may."""

    needed: tuple[str, ...]
    allowed: tuple[str, ...] = ()


# The kind of the tables whose numbers are compared with ours.
COMPARISON = "comparison"
# What every metric has a margin for, besides the measures.
METRICS = ("accuracy", "auroc", "mae")
PAIRED = Parts(("pairs",), ("measure", "margin", "need"))
POOLED = Parts(("pairs",), ("measure", "margin", "need", "pooled"))
SPREAD = Parts(("pairs", "margin"), ("measure", "need", "pooled"))
ALONE = Parts(("measure", "methods"), ("margin",))
BETWEEN = Parts(("methods", "against"))
TESTS = {
    "equivalent": PAIRED,
    "not worse": POOLED,
    "better": PAIRED,
    "similar spread": SPREAD,
    "no wider spread": SPREAD,
    "not significantly wider": Parts(("pairs",), ("measure",)),
    "faster": Parts(("pairs",), ("need", "published")),
    "homogeneous": ALONE,
    "below": ALONE,
    "by about": Parts(("pairs", "size"), ("measure", "margin")),
    "gap": Parts(("margin",)),
    "trend": Parts(("margin",)),
    "lower": Parts(("measure", "than", "methods")),
    "near zero": ALONE,
    "breaks": ALONE,
    "fewer": Parts(("pairs",)),
    "not significantly different": BETWEEN,
    "wider": BETWEEN,
}
# Beside the tests above: our mean against the paper's.
PUBLISHED = "published"
# What tests may compare where it is not the test score: columns of the cell tables, and what is computed from them.
MEASURES = (
    *("validation_loss", "descent_epochs", "permuted_best", "permuted_mean", "permuted_change"),
    *("epochs", "best_epoch", "parameters"),
    *("seconds_per_epoch", "seconds", "matrix_share_before", "matrix_share_after"),
    *("permutation", "divergence_learned", "divergence_identical"),
)
# What some tests compare by themselves, and call so.
OF_TESTS = ("deviations", "grid_layers", "grid_hidden")
SCORE = "test"
# What has the margin of a dataset's metric.
SCORES = (SCORE, "permuted_best", "permuted_mean", "permuted_change")


def _among(what: str, known: tuple[str, ...]) -> AfterValidator:
    def check(name: str) -> str:
        if name not in known:
            raise ValueError(f"{name} is not {what}. {nearest(name, known)}")
        return name

    return AfterValidator(check)


def _comparison(table: str) -> str:
    if kind(table) != COMPARISON:
        raise ValueError(f"{table} has no means and deviations to compare.")
    return table


TestName = Annotated[str, _among("a test of claims", tuple(TESTS))]
Worded = Annotated[str, _among("a measure", (*MEASURES, *OF_TESTS))]
MeasureName = Annotated[str, _among("a measure", (SCORE, *MEASURES))]


class Row(Sparse):
    """One question: a test of pairs of methods, or of methods by themselves, on datasets of the paper.

    `need` is "any" where one dataset of each pair is enough; `published`, of times, is the share that the paper gives.
    `size`: by how much the paper says that the firsts are better, on the average of the pairs.
    `than`: the other measure of the same runs; `against`: the dataset that those of the row are compared with.
    `pooled`: the mean over the datasets decides, each weighing the same, and no dataset may fail.
    """

    test: TestName
    datasets: SomeDatasets
    pairs: Annotated[Pairs, Field(min_length=1)] = ABSENT
    methods: SomeMethods = ABSENT
    measure: MeasureName = SCORE
    than: MeasureName = ABSENT
    against: DatasetName = ABSENT
    margin: Annotated[Number, Field(ge=0)] = ABSENT
    need: Literal["all", "any"] = "all"
    pooled: bool = False
    size: Annotated[Number, Field(gt=0)] = ABSENT
    published: Annotated[Number, Field(gt=0, le=1)] = ABSENT

    @model_validator(mode="after")
    def _has_what_its_test_reads(self) -> Self:
        needed, allowed = TESTS[self.test]
        parts = self.model_fields_set - {"test", "datasets"}
        for part in sorted(parts - {*needed, *allowed}):
            raise ValueError(f"the test {self.test} reads no {part}. {nearest(part, [*needed, *allowed])}")
        if lacking := [part for part in needed if part not in parts]:
            raise ValueError(f"the test {self.test} lacks {', '.join(lacking)}.")
        if TESTS[self.test] is SPREAD and self.margin <= 1:
            raise ValueError(f"the margin of {self.test} is a factor above 1, found {self.margin}.")
        if self.pooled and (self.need == "any" or self.margin == 0):
            raise ValueError("a pooled test needs all datasets, and a margin above 0, which is its unit.")
        return self

    def named(self, where: str) -> Iterator[Named]:
        """What the row names."""
        yield from (("a dataset", name, f"{where}.datasets") for name in self.datasets)
        yield from (("a dataset", name, f"{where}.against") for name in [self.against] if name is not ABSENT)
        yield from (("a method", name, f"{where}.methods") for name in self.methods or [])
        yield from (("a method", name, f"{where}.pairs") for pair in self.pairs or [] for name in split_pair(pair))


class Numbers(Checked):
    """Tables whose numbers of some methods are compared with ours."""

    tables: Annotated[list[Annotated[ArtifactName, AfterValidator(_comparison)]], Field(min_length=1)]
    methods: SomeMethods


class Claim(Checked):
    """What decides one claim: the artifacts that carry it, its tests, and the numbers that are compared.

    `remark` stands behind the reason of its verdict: what a reader must know of how it is judged.
    """

    artifacts: Annotated[list[ArtifactName], Field(min_length=1)]
    tests: Annotated[list[Row], Field(min_length=1)]
    published: Numbers | None = None
    remark: Annotated[str, Field(pattern=r"^[^0-9<>]*$")] = ""


class Claims(Checked):
    """The whole file."""

    margins: dict[Annotated[str, _among("a metric or measure", (*METRICS, *MEASURES))], Annotated[Number, Field(gt=0)]]
    minimum_seeds: Annotated[int, Field(ge=2)]
    tests: dict[Annotated[str, _among("a test of claims", (*TESTS, PUBLISHED))], str]
    measures: dict[Worded, str]
    claims: dict[str, Claim]

    @model_validator(mode="after")
    def _has_words_for_what_it_names(self) -> Self:
        for name, claim in self.claims.items():
            for number, row in enumerate(claim.tests):
                where = f"claims.{name}.tests[{number}]"
                if row.test not in self.tests:
                    raise ValueError(f"tests has no words for {row.test} ({where}). Add a sentence.")
                for measure in {row.measure, row.than or SCORE} - {SCORE, *self.measures}:
                    raise ValueError(
                        f"{measure} is not one of the measures ({where}). {nearest(measure, self.measures)}"
                    )
                if "margin" in (*TESTS[row.test].needed, *TESTS[row.test].allowed) and not (
                    "margin" in row.model_fields_set or row.measure in (*SCORES, *self.margins)
                ):
                    raise ValueError(f"{row.measure} has no margin ({where}). Give it one there, or under margins.")
        return self

    def named(self) -> Iterator[Named]:
        """Every method and dataset that decides a claim."""
        for name, claim in self.claims.items():
            for number, row in enumerate(claim.tests):
                yield from row.named(f"claims.{name}.tests[{number}]")
            for method in claim.published.methods if claim.published else []:
                yield "a method", method, f"claims.{name}.published.methods"


def read_claims(path: Path) -> Claims:
    """What decides each claim; raises UserError for what decides nothing."""
    return checked(Claims, read_yaml(path), str(path))


def check_agreement(rules: Claims, said: Collection[str], file: Path, published: Path) -> None:
    """Raise UserError unless every claim has both words and what decides it."""
    for names, others in ((rules.claims, said), (said, rules.claims)):
        for name in names:
            if name not in others:
                raise UserError(
                    f"The claim {name} must stand both in {file} and in the claims of {published}. "
                    f"{nearest(name, others)}"
                )
