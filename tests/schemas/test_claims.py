"""What decides claims: mistakes are sentences, and the names are those of the tests and columns that there are."""

import copy
from pathlib import Path

import pytest
import yaml

from repool.analysis import inside
from repool.analysis.claims import between
from repool.analysis.claims import tests as claim_tests
from repool.analysis.claims.alone import LOWER
from repool.analysis.columns import COLUMNS, SCORES
from repool.errors import UserError
from repool.schemas import claims
from repool.schemas.claims import MEASURES, TESTS, read_claims

CLAIMS = yaml.safe_load((Path(__file__).parents[2] / "config" / "claims.yaml").read_text())
FIRST = "complement-matches-graclus"
ROW = {"test": "equivalent", "pairs": ["graclus:complement"], "datasets": ["NCI1"]}
MADE = {"artifacts": ["table_1"], "tests": [ROW]}


def reading(folder: Path, content: dict) -> None:
    (folder / "claims.yaml").write_text(yaml.safe_dump(content))
    read_claims(folder / "claims.yaml")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({**ROW, "marign": 0.1}, r"marign is not a key of .*tests\[0\]\. Did you mean margin\?"),
        ({"test": "equivalent", "pairs": ROW["pairs"], "dataset": ["NCI1"]}, r"dataset is not .*Did you mean datasets"),
        ({"test": "equivalent", "pairs": ROW["pairs"]}, r"claims\.complement-.*\.tests\[0\] lacks datasets"),
        ({**ROW, "datasets": []}, r"tests\[0\]\.datasets: .*at least 1 item"),
        ({**ROW, "test": "equivalnt"}, r"tests\[0\]\.test: equivalnt is not a test of .*Did you mean equivalent\?"),
        ({**ROW, "pairs": ["graclus"]}, r"tests\[0\]\.pairs: 'graclus' is not a pair of methods"),
        ({**ROW, "pairs": "graclus:gin"}, r"tests\[0\]\.pairs: a list belongs here"),
        ({**ROW, "pairs": ["graclus:graclus"]}, r"compares a method with itself"),
        ({**ROW, "measure": "permuted_men"}, r"permuted_men is not a measure.*Did you mean permuted_mean\?"),
        ({**ROW, "measure": "permutation", "margin": None}, r"tests\[0\]\.margin: .*number, found None"),
        ({**ROW, "measure": "seconds_per_epoch"}, r"seconds_per_epoch has no margin \(claims\."),
        ({**ROW, "margin": "1e-3"}, r"tests\[0\]\.margin: .*write 1\.0e-3"),
        ({**ROW, "margin": -1}, r"tests\[0\]\.margin: .*greater than or equal to 0"),
        ({**ROW, "need": "one"}, r"one is not a value of .*tests\[0\]\.need\. Known: all, any"),
        ({**ROW, "methods": ["graclus"]}, r"the test equivalent reads no methods"),
        ({**ROW, "published": 0.5}, r"the test equivalent reads no published"),
        ({**ROW, "test": "faster", "margin": 2}, r"the test faster reads no margin"),
        ({**ROW, "test": "similar spread"}, r"the test similar spread lacks margin"),
        ({**ROW, "test": "no wider spread", "margin": 1}, r"the margin of no wider spread is a factor above 1"),
        ({**ROW, "test": "by about"}, r"the test by about lacks size"),
        ({**ROW, "pooled": True}, r"the test equivalent reads no pooled"),
        ({**ROW, "test": "not worse", "pooled": True, "margin": 0}, r"a pooled test needs all datasets, and a margin"),
        ({"test": "gap", "datasets": ["NCI1"]}, r"the test gap lacks margin"),
        ({"test": "below", "datasets": ["NCI1"], "methods": ["gmn"]}, r"the test below lacks measure"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_test_of_a_claim(tmp_path, row, message):
    content = copy.deepcopy(CLAIMS)
    content["claims"][FIRST]["tests"] = [row]
    with pytest.raises(UserError, match=message):
        reading(tmp_path, content)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("margins", {"acuracy": 1.0}, r"margins: acuracy is not a metric or measure\. Did you mean accuracy\?"),
        ("margins", {"accuracy": 0}, r"margins\.accuracy: .*greater than 0"),
        ("minimum_seeds", 6.0, r"minimum_seeds: .*integer, found 6\.0"),
        ("tests", {"betr": "x"}, r"tests: betr is not a test of claims\. Did you mean better\?"),
        ("tests", {"better": "x"}, r"tests has no words for by about \(claims\.complement-.*\.tests\[0\]\)"),
        ("measures", {"permutatoin": "x"}, r"measures: permutatoin is not a measure\. Did you mean permutation\?"),
        ("claims", [], r"claims: a mapping .* belongs here"),
        ("claims", {"made": {**MADE, "artifacts": ["tabel_1"]}}, r"tabel_1 is not an artifact.*Did you mean table_1"),
        ("claims", {"made": {**MADE, "tests": []}}, r"claims\.made\.tests: .*at least 1 item"),
        (
            "claims",
            {"made": {**MADE, "published": {"tables": ["figure_1"], "methods": ["gin"]}}},
            r"published\.tables\[0\]: figure_1 has no means and deviations",
        ),
    ],
)  # fmt: skip
def test_a_mistake_elsewhere_in_the_file(tmp_path, key, value, message):
    with pytest.raises(UserError, match=message):
        reading(tmp_path, {**CLAIMS, key: value})


def test_what_a_claim_may_ask_is_what_there_is():
    alone = [name for name, parts in TESTS.items() if parts is claims.ALONE]
    others = {*alone, *between.BETWEEN, LOWER, "gap", "trend", "by about"}
    assert [name for name in TESTS if name not in others] == list(claim_tests.TESTS)
    assert set(alone) == {*claim_tests.ALONE, *claim_tests.COMPUTED}
    assert set(claims.SCORES) < set(SCORES)
    assert set(MEASURES) <= {*COLUMNS, *inside.MEASURES}
