"""What `repool train --spec` refuses before anything trains."""

import copy
import json
from pathlib import Path

import pytest

from repool.cli import main
from repool.errors import UserError
from repool.overlays import merged
from repool.spec import spec
from repool.training.command import read_spec

CONFIG = merged([Path(__file__).parents[2] / "config" / "paper.yaml"])
DIFFPOOL = spec(CONFIG, "NCI1", "diffpool")
GONE = object()


def changed(path: str, value: object) -> str:
    found = copy.deepcopy(DIFFPOOL)
    *parents, last = path.split(".")
    part = found
    for parent in parents:
        part = part[parent]
    if value is GONE:
        del part[last]
    else:
        part[last] = value
    return json.dumps(found)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("model.select", "lerned", r"--spec, model: lerned is not a select of .*diffpool\. Did you mean learned\?"),
        ("model.select", ["learned"], r"--spec, model\.select: .*string"),
        ("model.family", "difpool", r"--spec, model\.family: difpool is not a model family\. Did you mean diffpool\?"),
        ("model.family", GONE, r"--spec, model lacks family"),
        ("model.heads", 3, r"--spec, model: heads is not an option of the family diffpool"),
        ("model.hiden", 3, r"hiden is not a key of --spec, model\. Did you mean hidden\?"),
        ("model.hidden", GONE, r"--spec, model: the family diffpool lacks hidden\. `repool spec` prints"),
        ("model.hidden", "32", r"--spec, model\.hidden: .*found 32\. Write 32 without quotes"),
        ("model.hidden", 32.0, r"--spec, model\.hidden: .*integer, found 32\.0"),
        ("model.link_weight", float("nan"), r"--spec, model\.link_weight: .*finite number"),
        ("training.batch", GONE, r"--spec, training lacks batch"),
        ("training.lowest_learning_rate", 1, r"lowest_learning_rate, 1, is above learning_rate, 0\.001"),
        ("training.max_epochs", 0, r"--spec, training\.max_epochs: .*equal to 1, found 0"),
        ("dataset", "../NCI1", r"--spec, dataset: '\.\./NCI1' cannot be the name of a dataset"),
        ("training", GONE, r"--spec lacks training"),
        ("modle", {}, r"modle is not a key of --spec\. Did you mean model\?"),
    ],
)
def test_a_mistake_in_a_spec_is_a_sentence(path, value, message):
    with pytest.raises(UserError, match=message):
        read_spec(changed(path, value))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "--spec is not valid JSON"),
        ("[]", r"--spec: a mapping .* belongs here, found \[\]"),
        ("none.json", "there is no file none.json, and it is no JSON either"),
        ("{" + '"a":{' * 100_000, "--spec is not valid JSON"),
    ],
)
def test_what_is_no_spec_at_all(text, message):
    with pytest.raises(UserError, match=message):
        read_spec(text)


def test_a_spec_in_a_file_is_named_and_may_have_a_byte_order_mark(tmp_path):
    path = tmp_path / "spec.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(DIFFPOOL).encode())
    assert read_spec(str(path)) == DIFFPOOL
    path.write_text(changed("model.select", "lerned"))
    with pytest.raises(UserError, match=r"--spec .*spec\.json, model: lerned"):
        read_spec(str(path))
    path.write_bytes(b"\xe9")
    with pytest.raises(UserError, match="is not UTF-8"):
        read_spec(str(path))


def test_every_cell_of_the_paper_has_a_spec_that_is_taken_as_it_is():
    for name, method in CONFIG["methods"].items():
        for dataset in CONFIG["hyperparameters"][method["hyperparameters"]]:
            assert read_spec(json.dumps(spec(CONFIG, dataset, name))) == spec(CONFIG, dataset, name)


def test_the_command_line_says_it_without_a_traceback(capsys, tmp_path):
    arguments = ["train", "--spec", changed("model.select", "lerned"), "--seeds", "0", "--out", str(tmp_path)]
    assert main(arguments) == 1
    assert "Did you mean learned?" in capsys.readouterr().err
