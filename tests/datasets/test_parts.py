"""Whether a dataset can be split, and its metric taken on every part: said before anything is trained."""

import gzip

import numpy as np
import pytest
import yaml
from raw_files import declared_molecules, molecules, zipped_molecules, zipped_texts

from repool.cli import main
from repool.datasets.parts import check_parts, drawn
from repool.datasets.prepare import prepare as prepare_raw
from repool.errors import UserError
from repool.schemas.sources import Expected
from repool.training.splits import split
from toys import make_store


def classes(*counts: int) -> np.ndarray:
    return np.repeat(np.arange(len(counts)), counts)


@pytest.mark.parametrize("graphs", [1, 3, 5])
@pytest.mark.parametrize("how", ["stratified", "shuffled"])
def test_a_tenth_of_a_few_graphs_is_none(graphs, how):
    with pytest.raises(
        UserError, match=rf"TOY cannot be split: 10% held out of {graphs} graphs is none, and its valid"
    ):
        check_parts("TOY", "accuracy", how, classes(graphs), None)
    with pytest.raises(UserError, match=rf"held out of {graphs} graphs"):
        check_parts("TOY", "mae", "shuffled", np.ones(graphs, np.float32), None)


def test_no_graph_at_all():
    with pytest.raises(UserError, match="The files of TOY hold no graph"):
        check_parts("TOY", "auroc", "fixed", classes(0, 0), np.zeros(0, np.int8))


def test_a_tenth_of_six_graphs_is_one():
    check_parts("TOY", "accuracy", "stratified", classes(3, 3), None)
    check_parts("TOY", "mae", "shuffled", np.ones(6, np.float32), None)


def test_classes_of_one_graph_leave_a_part_empty():
    with pytest.raises(UserError, match="most classes have one graph, and its validation part would be empty"):
        check_parts("TOY", "accuracy", "stratified", np.arange(10), None)
    check_parts("TOY", "accuracy", "shuffled", np.arange(10), None)


@pytest.mark.parametrize("counts", [(30,), (10, 10, 10)])
def test_auroc_compares_two_classes(counts):
    with pytest.raises(UserError, match=rf"auroc compares two classes, but TOY has {len(counts)}\."):
        check_parts("TOY", "auroc", "stratified", classes(*counts), None)


@pytest.mark.parametrize(
    ("counts", "part", "missing"), [((97, 3), "validation", 1), ((3, 97), "validation", 0), ((99, 1), "validation", 1)]
)
def test_a_drawn_part_without_a_class(counts, part, missing):
    with pytest.raises(UserError, match=f"The {part} part of TOY has no graph of class {missing}: auroc"):
        check_parts("TOY", "auroc", "stratified", classes(*counts), None)


@pytest.mark.parametrize("part", range(3))
@pytest.mark.parametrize("missing", [0, 1])
def test_a_fixed_part_without_a_class(part, missing):
    fixed, y = np.repeat(np.arange(3, dtype=np.int8), 10), np.tile([0, 1], 15)
    check_parts("TOY", "auroc", "fixed", y, fixed)
    y[fixed == part] = 1 - missing
    name = ("training", "validation", "test")[part]
    with pytest.raises(UserError, match=f"The {name} part of TOY has no graph of class {missing}: auroc"):
        check_parts("TOY", "auroc", "fixed", y, fixed)
    check_parts("TOY", "accuracy", "fixed", y, fixed)


@pytest.mark.parametrize("part", range(3))
def test_a_fixed_part_without_a_graph(part):
    fixed = np.array([one for one in range(3) if one != part] * 5, np.int8)
    with pytest.raises(UserError, match=f"has no graph in its {('training', 'validation', 'test')[part]} part"):
        check_parts("TOY", "accuracy", "fixed", classes(5, 5), fixed)


@pytest.mark.parametrize("counts", [(205, 126, 79), (60, 40), (7, 1), (10, 1, 1), (1, 1, 1, 4), (6,)])
def test_the_rule_is_what_is_drawn(counts):
    store = make_store([(1, [])] * sum(counts))
    store.y[:] = classes(*counts)
    for seed in range(3):
        found = [np.bincount(store.y[part], minlength=len(counts)) for part in split(store, seed)]
        np.testing.assert_array_equal(found, drawn(np.array(counts)))


def test_too_few_graphs_are_not_split():
    with pytest.raises(UserError, match="10% held out of 5 graphs is none"):
        split(make_store([(1, [])] * 5), seed=0)


@pytest.fixture
def prepare(serve, monkeypatch, tmp_path, capsys):
    """A function that declares ten or so graphs of one node, prepares them, and returns exit code and errors."""
    monkeypatch.delenv("REPOOL_MIRROR", raising=False)
    monkeypatch.setenv("REPOOL_CACHE", str(tmp_path / "cache"))

    def run(labels: list[int], **declared: object) -> tuple[int, str]:
        rows = range(1, len(labels) + 1)
        texts = {"A": "", "graph_indicator": "".join(f"{row}\n" for row in rows)}
        texts |= {"graph_labels": "".join(f"{label}\n" for label in labels), "graph_attributes": "0.5\n" * len(labels)}
        entry = {"format": "tu", "task": "classification", "url": serve(zipped_texts(texts)).url, **declared}
        (tmp_path / "datasets.yaml").write_text(yaml.safe_dump({"U": entry}))
        arguments = ["--sources", str(tmp_path / "datasets.yaml"), "--out", str(tmp_path / "U")]
        code = main(["data", "prepare", "U", *arguments])
        assert (tmp_path / "U").exists() == (code == 0)
        return code, capsys.readouterr().err

    return run


@pytest.mark.parametrize(
    ("labels", "declared", "words"),
    [
        ([0, 1, 0, 1, 0], {}, "10% held out of 5 graphs is none"),
        ([0, 1, 0], {"task": "regression"}, "10% held out of 3 graphs is none"),
        ([0, 1, 2] * 10, {"metric": "auroc"}, "auroc compares two classes, but U has 3"),
        ([0] * 28 + [1] * 2, {"metric": "auroc"}, "The validation part of U has no graph of class 1"),
        ([0, 1] * 10, {"metric": "mae"}, "mae (metric) does not go with classification"),
        ([0, 1] * 10, {"task": "regression", "metric": "accuracy"}, "accuracy (metric) does not go with regression"),
        ([0, 1] * 10, {"task": "regression", "split": "stratified"}, "stratified (split) does not go with regression"),
        ([0, 1] * 10, {"split": "fixed"}, "declared with a fixed split, but its files hold none"),
    ],
)
def test_what_cannot_be_measured_is_not_prepared(prepare, labels, declared, words):
    code, errors = prepare(labels, **declared)
    assert code == 1
    assert words in errors


def test_what_can_be_measured_is_prepared(prepare):
    assert prepare([0, 1] * 10, metric="auroc")[0] == 0
    assert prepare([0, 1, 2] * 4)[0] == 0
    assert prepare([0, 1] * 3, task="regression")[0] == 0


def test_molhiv_without_positives_in_its_validation_part_is_refused(declared, tmp_path):

    members = molecules(train="4\n1\n", valid="2\n0\n", test="3\n")
    assert gzip.decompress(members["graph-label.csv.gz"]) == b"0\n1\n0\n1\n0\n"
    (tmp_path / "ogb").mkdir()
    zipped_molecules(tmp_path / "ogb" / "hiv.zip", members)
    changes = {"files": (declared_molecules(members),), "expected": Expected()}
    with pytest.raises(UserError, match="The validation part of MOLHIV has no graph of class 1"):
        prepare_raw(declared["MOLHIV"].model_copy(update=changes), tmp_path / "M", mirror=tmp_path, processes=1)
    assert not (tmp_path / "M").exists()
