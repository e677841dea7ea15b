"""OGB's sets by name: what is declared of them is OGB's own list, what cannot be trained says why, scores are OGB's."""

import gzip
import re
from pathlib import Path

import numpy as np
import ogb.graphproppred
import pandas as pd
import pytest
import torch
from ogb.graphproppred import Evaluator
from ogb.io.read_graph_raw import read_csv_graph_raw
from raw_files import SMILES, molecules, zipped_molecules

from repool.cli import main
from repool.datasets import ogb as reader
from repool.datasets.card import part_sha256
from repool.datasets.loading import load
from repool.datasets.named import by_name
from repool.datasets.ogb_names import ADDRESS, NAMES, REFUSED, SETS, TASKS, declaration
from repool.datasets.sources import declared as declare
from repool.errors import UserError
from repool.schemas.reading import read_yaml
from repool.training import evaluators, scores

MASTER = pd.read_csv(
    Path(ogb.graphproppred.__file__).parent / "master.csv", index_col=0, keep_default_na=False
).to_dict()
METRICS = {"rocauc": "auroc", "rmse": "rmse", "acc": "accuracy"}
SOURCES = Path(__file__).parents[2] / "config" / "datasets.yaml"
ALL = [f"{index % 5}\n" for index in range(40)]


def test_every_set_of_ogb_is_declared_or_refused():
    assert {*NAMES, *REFUSED} == set(MASTER)
    assert not {*NAMES} & {*REFUSED}


@pytest.mark.parametrize("name", sorted(SETS))
def test_a_declaration_is_what_ogb_says_of_the_set(name):
    dataset, about = declare(name, declaration(name), "names"), MASTER[name]
    (file,) = dataset.files
    assert list(file.urls) == [about["url"]] == [ADDRESS.format(place=SETS[name].place)]
    assert file.mirror == f"ogb/{about['download_name']}.zip"
    assert dataset.metric == METRICS[about["eval metric"]]
    assert dataset.task == ("regression" if about["task type"] == "regression" else "classification")
    assert dataset.split == "fixed"
    assert about["num tasks"] == "1"
    assert (dataset.features.kind == "atoms") == (about["has_node_attr"] == "True")


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_cannot_be_trained_is_refused_with_the_reason(name):
    reason = rf"{name} has {TASKS[name]} tasks" if name in TASKS else "asks for the words of a function's name"
    with pytest.raises(UserError, match=rf"{reason}.*Of OGB's sets these can be: ogbg-molbace, "):
        by_name(name, {})
    if name in TASKS:
        assert str(TASKS[name]) == MASTER[name]["num tasks"]
    else:
        assert MASTER[name]["task type"] == "subtoken prediction"


def test_molhiv_by_ogbs_name_is_declared_with_all_that_is_known_of_its_files():
    known = read_yaml(SOURCES)
    assert by_name("ogbg-molhiv", known) == known["MOLHIV"]
    with pytest.raises(UserError, match=r"ogbg-molbac is no dataset .* Did you mean ogbg-molbace\?"):
        by_name("ogbg-molbac", known)


@pytest.mark.parametrize("name", ["ogbg-molbace", "ogbg-molesol", "ogbg-ppa"])
def test_our_scores_are_those_of_ogbs_evaluator(name):
    """On random predictions, ties among them."""
    evaluators.register()
    stream = np.random.default_rng(0)
    metric = scores.metric(declaration(name)["metric"])
    if name == "ogbg-molesol":
        y, outputs = stream.normal(size=(500, 1)), stream.normal(size=(500, 1))
        predicted = outputs
    else:
        classes = 2 if name == "ogbg-molbace" else 37
        y = stream.integers(0, classes, (500, 1))
        outputs = stream.normal(size=(500, classes)).round(1)
        predicted = outputs[:, 1:] if classes == 2 else outputs.argmax(axis=1)[:, None]
    (expected,) = Evaluator(name).eval({"y_true": y, "y_pred": predicted}).values()
    truth = torch.from_numpy(y[:, 0]).unsqueeze(0)
    found = metric.score(torch.from_numpy(outputs).unsqueeze(0), truth)
    assert found.item() == pytest.approx(expected, abs=1e-9)


def many(**changes: str | None) -> dict[str, bytes]:
    """Forty molecules, as many of each of five."""
    parts = {"train": range(0, 24), "valid": range(24, 32), "test": range(32, 40)}
    texts = {part: "".join(f"{graph}\n" for graph in of) for part, of in parts.items()}
    return molecules(SMILES * 8, **{**texts, **changes})


def prepared(tmp_path: Path, members: dict[str, bytes], source: str):
    """An archive that is made up, under a name that is none of OGB's."""
    (tmp_path / "ogb").mkdir()
    zipped_molecules(tmp_path / "ogb" / "MADE.zip", members)
    out = tmp_path / "MADE"
    given = ["data", "prepare", "MADE", "--out", str(out), "--mirror", str(tmp_path), "--source", source]
    return main(given), out


def source(**entry: str) -> str:
    rest = "".join(f', "{key}": "{value}"' for key, value in entry.items())
    return f'{{"format": "ogb", "url": "http://example.invalid/MADE.zip"{rest}}}'


def test_targets_are_read_as_numbers_and_judged_by_rmse(tmp_path):
    targets = [0.1 * graph - 2 for graph in range(40)]
    members = many(**{"graph-label": "".join(f"{target}\n" for target in targets)})
    code, out = prepared(tmp_path, members, source(task="regression", metric="rmse"))
    assert code == 0
    store = load(out)
    np.testing.assert_array_equal(store.y, np.float32(targets))
    assert (store.card["metric"], store.card["split"], store.card["features"]["kind"]) == ("rmse", "fixed", "atoms")
    assert np.bincount(store.split).tolist() == [24, 8, 8]


def test_more_than_two_classes_without_features_of_nodes_are_read_as_by_ogb(tmp_path):
    members = many(**{"graph-label": "".join(ALL), "node-feat": None, "edge-feat": "0.5,1\n" * 8 * 14})
    code, out = prepared(tmp_path, members, source(task="classification"))
    assert code == 0
    store = load(out)
    assert (store.outputs, store.card["features"]) == (5, {"kind": "constant", "count": 10})
    assert "Features of nodes and edges are not read." in store.card["note"]
    raw = tmp_path / "raw"
    raw.mkdir()
    for name, content in members.items():
        (raw / name).write_bytes(content)
    graphs = read_csv_graph_raw(str(raw), add_inverse_edge=True)
    np.testing.assert_array_equal(np.diff(store.node_ptr), [graph["num_nodes"] for graph in graphs])
    ends = np.concatenate(
        [graph["edge_index"] + first for graph, first in zip(graphs, store.node_ptr, strict=False)], 1
    )
    np.testing.assert_array_equal(store.in_idx, ends[0][np.lexsort(ends)])
    assert store.y.tolist() == [int(label) for label in ALL]


def test_other_features_of_nodes_are_numbers(tmp_path):
    rows = sum(int(size) for size in gzip.decompress(many()["num-node-list.csv.gz"]).split())
    members = many(**{"node-feat": "0.5,2\n" * rows, "edge-feat": None})
    code, out = prepared(tmp_path, members, source(task="classification"))
    assert code == 0
    store = load(out)
    assert store.card["features"] == {"kind": "continuous", "count": 2}
    assert store.x[0].tolist() == [0.5, 2.0]


@pytest.mark.parametrize(
    ("changes", "entry", "message"),
    [
        ({"graph-label": "0,1\n" * 40}, {}, r"graph-label\.csv\.gz has 2 columns, one a task"),
        ({"graph-label": "0.5\n" * 40}, {}, r"line 1: a class is a whole number from 0, found 0\.5"),
        ({"graph-label": "-1\n" * 40}, {}, r"line 1: a class is a whole number from 0, found -1"),
        ({"graph-label": "2\n" * 40}, {"metric": "auroc"}, "line 1: a class is 0 or 1, found 2"),
        ({"graph-label": "\n0" * 40}, {}, r"graph-label\.csv\.gz"),
        ({"graph-label": "nan\n" * 40}, {"task": "regression"}, "line 1: nan is not a finite number"),
        ({"node-feat": None}, {"features": "atoms"}, r"lacks node-feat\.csv\.gz"),
        ({"valid": "0\n"}, {}, r"valid\.csv\.gz, line 1: graph 0 is listed before"),
        ({"valid": "x\n"}, {}, r"valid\.csv\.gz, line 1: expected a whole number, found 'x'"),
        ({"train": None}, {}, r"lacks train\.csv\.gz"),
        ({}, {"split": "stratified"}, "ogb comes with its own split: declare `split: fixed`"),
        ({}, {"class": "TUDataset"}, "class is for datasets of format pyg, this one is ogb"),
    ],
)
def test_what_does_not_fit_is_a_sentence(tmp_path, capsys, changes, entry, message):
    entry = {"task": "classification", **entry}
    features = entry.pop("features", "")
    text = source(**entry)
    text = text.replace("{", f'{{"features": {{"kind": "{features}"}}, ', 1) if features else text
    code, _ = prepared(tmp_path, many(**changes), text)
    assert code == 1
    assert re.search(message, capsys.readouterr().err)


def test_the_real_molhiv_comes_by_ogbs_name(real_archives, tmp_path):
    out = tmp_path / "ogbg-molhiv"
    assert main(["data", "prepare", "ogbg-molhiv", "--out", str(out), "--mirror", str(real_archives)]) == 0
    store = load(out)
    assert (store.graphs, store.card["metric"], store.card["dataset"]) == (41_127, "auroc", "ogbg-molhiv")


def test_the_reader_takes_what_the_archive_says_by_itself():
    graphs = reader.parse(many(), kind="auto")
    assert graphs.atoms is not None
    assert len(part_sha256(graphs, "test")) == 64
