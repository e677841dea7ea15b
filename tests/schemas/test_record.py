"""A record is held to itself, to its name, and to its folder."""

import json
from pathlib import Path

import pytest
from made import make_failed_record, make_record, write_record

from repool.errors import UserError
from repool.schemas.record import Failed, Scored, glance, read_record, sealed

SCORES = {"validation": [0.5, 0.75, 0.75, 0.25], "test": [0.5, 0.625, 0.5, 0.25]}


@pytest.fixture
def path(tmp_path) -> Path:
    return make_record(tmp_path, 1, 0.625, curves=SCORES, best_epoch=2, validation=0.75)


def content(path: Path) -> dict:
    return json.loads(path.read_text())


def refusal(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        read_record(path)
    message = str(caught.value)
    assert path.name in message
    assert "Delete it and run the same command: that seed's block trains again." in message
    return message


def test_a_record_that_agrees_with_itself_is_read(path, tmp_path):
    record = read_record(path)
    assert isinstance(record, Scored)
    assert (record.seed, record.test, record.curves.validation) == (1, 0.625, SCORES["validation"])
    failed = read_record(make_failed_record(tmp_path, 2))
    assert isinstance(failed, Failed)
    assert not hasattr(failed, "test")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"test": 0.999}, "test is 0.999, but its curve has 0.625 in epoch 2"),
        ({"validation": 0.5}, "validation is 0.5, but its curve has 0.75 in epoch 2"),
        ({"best_epoch": 99}, "best_epoch is 99, of 4 epochs"),
        ({"best_epoch": 0}, "best_epoch"),
        ({"best_epoch": 3, "test": 0.5}, "best_epoch is 3, but validation is best (0.75) in epoch 2"),
        ({"epochs": 5}, "its curve train_loss has 4 epochs, the record says 5"),
        ({"spec": {"dataset": "NCI1", "training": {"learning_rate": 1}}}, "spec_sha256 is not the hash of spec"),
        ({"dataset": "DD"}, "its spec is of dataset NCI1, the record of DD"),
        ({"seed": 77}, "seed is 77, but by its name and folder it is 1"),
        ({"method": "complement"}, "method is complement, but by its name and folder it is graclus"),
        ({"seed": "1"}, "seed: Input should be a valid integer, found 1"),
        ({"test": "0.625"}, "test: Input should be a valid number"),
        ({"test": None}, "test: Input should be a valid number"),
        ({"metric": "acuracy"}, "Did you mean accuracy?"),
        ({"schema": 2}, "of schema 2, but this version reads 3"),
        ({"scema": 3}, "scema is not a key of"),
        ({"outcome": "failed"}, "best_epoch is not a key of"),
        ({"split_sizes": [1, 2]}, "split_sizes"),
    ],
)
def test_a_record_that_disagrees_with_itself_or_its_name_is_a_sentence(path, changes, words):
    """Also where whoever edited it sealed it again."""
    write_record(path, content(path) | changes)
    assert words in refusal(path)


@pytest.mark.parametrize(
    "key", ["test", "seed", "device", "outcome", "curves", "spec", "spec_sha256", "code", "inside", "versions"]
)
def test_a_record_that_lacks_something_is_a_sentence(path, key):
    write_record(path, {name: value for name, value in content(path).items() if name != key})
    assert f"lacks {key}" in refusal(path)


@pytest.mark.parametrize("curve", ["validation", "test", "train_loss", "learning_rate", "validation_loss"])
def test_a_record_without_one_of_its_curves_is_a_sentence(path, curve):
    curves = {name: values for name, values in content(path)["curves"].items() if name != curve}
    write_record(path, content(path) | {"curves": curves})
    assert f"curves lacks {curve}" in refusal(path)


@pytest.mark.parametrize(("metric", "score"), [("accuracy", 7.5), ("auroc", 1.01), ("accuracy", -0.5), ("mae", -1.0)])
def test_a_score_out_of_range_is_a_sentence(tmp_path, metric, score):
    path = make_record(tmp_path, 1, score, metric=metric)
    assert f"test is {score} in epoch 1, but {metric} is 0" in refusal(path)


@pytest.mark.parametrize("number", ["NaN", "Infinity"])
@pytest.mark.parametrize("key", ["test", "curves", "spec", "inside"])
def test_a_number_that_is_none_is_a_sentence(path, key, number):
    wrong = {
        "test": float(number),
        "curves": {**content(path)["curves"], "train_loss": [0.5, float(number), 0.5, 0.5]},
        "spec": {"dataset": "NCI1", "training": {"learning_rate": float(number)}},
        "inside": {"homogeneity": [], "permutation": float(number), "divergence": None},
    }
    write_record(path, content(path) | {key: wrong[key]}, seal=False)
    refusal(path)


@pytest.mark.parametrize(
    "changes",
    [{"code": "0ther"}, {"device": "cuda"}, {"parameters": 1}, {"data_sha256": "other"}, {"sha256": "0" * 64}],
)
def test_what_only_the_digest_can_tell_is_told_by_it(path, changes):
    write_record(path, content(path) | changes, seal=False)
    assert "was changed after it was written" in refusal(path)


def test_a_lower_score_is_the_better_one_of_errors(tmp_path):
    curves = {"validation": [0.5, 0.25, 0.75], "test": [2.5, 1.5, 3.0]}
    path = make_record(tmp_path, 0, 1.5, "ZINC", metric="mae", curves=curves, best_epoch=2, validation=0.25)
    assert read_record(path).test == 1.5
    write_record(path, content(path) | {"best_epoch": 3, "validation": 0.75, "test": 3.0})
    assert "validation is best (0.25) in epoch 2" in refusal(path)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "null", '{"schema": 3}', "\x00\x01"], ids=["empty", "list", "cut", "null", "lone", "bytes"]
)
def test_what_is_no_record_is_a_sentence(path, text):
    path.write_text(text)
    with pytest.raises(UserError, match=r"seed-01\.json"):
        read_record(path)
    assert glance(path) is None


def test_a_record_is_not_read_under_another_kind_of_name(path):
    other = path.rename(path.with_name("seed-one.json"))
    with pytest.raises(UserError, match="not named as a record is, such as seed-07"):
        read_record(other)


def test_a_glance_sees_spec_and_code_of_whole_files_alone(path, tmp_path):
    record = read_record(path)
    assert glance(path) == (record.spec_sha256, record.code)
    failed = make_failed_record(tmp_path, 2)
    assert glance(failed) == (record.spec_sha256, record.code)
    path.write_bytes(path.read_bytes()[:-20])
    assert glance(path) is None
    assert glance(path.with_name("seed-09.json")) is None
    assert glance(path.parent) is None


def test_the_seal_is_of_everything_but_itself(path):
    assert sealed(content(path)) == content(path)
    assert sealed({**content(path), "code": "x"})["sha256"] != content(path)["sha256"]
