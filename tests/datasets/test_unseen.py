"""A TU dataset that nobody here has seen, added by configuration alone: a name, an address, a task."""

import hashlib
import importlib.util
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from raw_files import with_members, zipped_texts
from torch_geometric.io import read_tu_data

from repool.cli import main
from repool.datasets.loading import load

pytestmark = pytest.mark.usefixtures("any_number_of_graphs")
# Three graphs: a triangle, two nodes joined, a node alone.
UNSEEN = {
    "A": "1, 2\n2, 1\n2, 3\n3, 2\n1, 3\n3, 1\n4, 5\n5, 4\n",
    "graph_indicator": "1\n1\n1\n2\n2\n3\n",
    "graph_labels": "0\n1\n0\n",
}
ARCS = [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1), (3, 4), (4, 3)]


@pytest.fixture
def prepare(serve, monkeypatch, tmp_path):
    """A function that declares an archive by its address, prepares it from there, and returns exit code and folder."""
    monkeypatch.delenv("REPOOL_MIRROR", raising=False)
    monkeypatch.setenv("REPOOL_CACHE", str(tmp_path / "cache"))

    def run(content: bytes, place: str = "TOY.zip", **declared: object) -> tuple[int, Path]:
        entry = {"format": "tu", "task": "classification", "url": serve(content).at(place), **declared}
        (tmp_path / "datasets.yaml").write_text(yaml.safe_dump({"UNSEEN": entry}))
        arguments = ["--sources", str(tmp_path / "datasets.yaml"), "--out", str(tmp_path / "UNSEEN")]
        return main(["data", "prepare", "UNSEEN", *arguments]), tmp_path / "UNSEEN"

    return run


@pytest.fixture
def store_of(prepare):
    """A function that prepares the toy with some of its files changed, and loads it."""

    def load_changed(declared: dict | None = None, **changes: str):
        code, folder = prepare(zipped_texts(UNSEEN | changes), **(declared or {}))
        assert code == 0
        return load(folder)

    return load_changed


def arcs_of(store) -> list[tuple[int, int]]:
    rows = np.repeat(np.arange(store.nodes), np.diff(store.in_ptr))
    return list(zip(rows.tolist(), store.in_idx.tolist(), strict=True))


def test_name_address_and_task_are_enough(store_of):
    store = store_of()
    assert (store.graphs, store.nodes, store.outputs, store.y.tolist()) == (3, 6, 2, [0, 1, 0])
    assert (store.card["metric"], store.card["split"], store.card["task"]) == (
        "accuracy",
        "stratified",
        "classification",
    )
    assert arcs_of(store) == ARCS


def test_without_a_checksum_it_is_taken_with_a_warning(store_of, capsys):
    card = store_of().card
    sha256 = card["source"][0]["sha256"]
    assert card["status"] == "unverified"
    assert f"unverified (sha256 {sha256})" in card["note"]
    assert capsys.readouterr().err.count("Warning: UNSEEN is unverified. No checksum of TOY.zip is declared") == 1


def test_with_its_checksum_it_is_verified(store_of, capsys):
    declared = {"sha256": hashlib.sha256(zipped_texts(UNSEEN)).hexdigest()}
    assert store_of(declared).card["status"] == "exact"
    assert "Warning" not in capsys.readouterr().err


def test_another_checksum_refuses_it(prepare, capsys):
    code, folder = prepare(zipped_texts(UNSEEN), sha256="0" * 64)
    assert code == 1
    assert "expected 000000000000..., found" in capsys.readouterr().err
    assert not folder.exists()


PLACES = ("TOY.zip", "files/123", "get.php?file=TOY.zip", "TOY.ZIP", "download/", "TOY.zip?dl=1")


@pytest.mark.parametrize("place", PLACES)
def test_an_address_need_not_end_as_the_archive_does(prepare, place):
    code, folder = prepare(zipped_texts(UNSEEN), place)
    assert code == 0
    assert load(folder).card["source"][0]["origin"].endswith(place)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "page",
    [b"<html>Moved</html>", b"\xef\xbb\xbf\n<!DOCTYPE html><title>Sign in</title>", b"{}"],
    ids=["moved", "sign in", "json"],
)
def test_a_page_in_place_of_the_archive_is_not_kept(prepare, capsys, tmp_path, place, page):
    code, folder = prepare(page, place)
    assert code == 1
    errors = capsys.readouterr().err
    assert "not the right file, expected a whole archive, found" in errors
    assert ("it is a web page (HTML)" in errors) == (page != b"{}")
    assert not folder.exists()
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file() and path.suffix != ".lock"]
    assert prepare(zipped_texts(UNSEEN), place)[0] == 0


def test_a_page_kept_by_an_earlier_version_is_fetched_anew(prepare, tmp_path):
    (tmp_path / "cache" / "tu").mkdir(parents=True)
    (tmp_path / "cache" / "tu" / "UNSEEN.zip").write_bytes(b"<html>Sign in</html>")
    assert prepare(zipped_texts(UNSEEN), "files/123")[0] == 0


def test_a_page_in_place_of_a_text_is_not_kept(prepare):
    smiles = {"format": "molecules", "task": "regression", "features": {"kind": "labels"}}
    assert prepare(b"<html>Sign in</html>", "all.smi", **smiles)[0] == 1
    assert prepare(b"CCO\n" * 3, "all.smi", **smiles)[0] == 0


def test_what_a_mac_adds_to_an_archive_is_left(prepare):
    mac = b"\0\5\x16\7"
    members = {f"__MACOSX/UNSEEN/._UNSEEN_{name}.txt": mac for name in UNSEEN}
    members |= {f"UNSEEN/._UNSEEN_{name}.txt": mac for name in UNSEEN} | {"__MACOSX/UNSEEN/UNSEEN_A.txt": mac}
    code, folder = prepare(with_members(zipped_texts(UNSEEN), members))
    assert code == 0
    assert arcs_of(load(folder)) == ARCS


def test_node_labels(store_of):
    store = store_of(node_labels="7\n3\n7\n3\n3\n9\n")
    assert store.labels.tolist() == [1, 0, 1, 0, 0, 2]
    assert store.card["features"] == {"kind": "labels", "count": 3, "names": ["3", "7", "9"]}


def test_neither_labels_nor_attributes(store_of):
    store = store_of()
    assert (store.labels, store.x, store.card["features"]) == (None, None, {"kind": "constant", "count": 10})


ATTRIBUTES = "0.5, 1\n-2e3, 2\n0, 3\n1, 4\n1, 5\n.25, 6\n"


def test_node_attributes(store_of):
    store = store_of(node_attributes=ATTRIBUTES)
    assert store.x.tolist() == [[0.5, 1], [-2000, 2], [0, 3], [1, 4], [1, 5], [0.25, 6]]
    assert (store.labels, store.inputs) == (None, 2)


@pytest.mark.parametrize(
    ("kind", "inputs"), [("auto", 3), ("labels", 3), ("attributes", 2), ("labels-and-attributes", 5)]
)
def test_labels_and_attributes(store_of, kind, inputs):
    changes = {"node_labels": "7\n3\n7\n3\n3\n9\n", "node_attributes": ATTRIBUTES}
    store = store_of({"features": {"kind": kind}}, **changes)
    assert store.inputs == inputs
    if inputs == 5:
        assert store.x[:2].tolist() == [[0.5, 1, 0, 1, 0], [-2000, 2, 1, 0, 0]]


def test_a_kind_of_features_that_is_not(prepare, capsys):
    code, _ = prepare(zipped_texts(UNSEEN), features={"kind": "atributes"})
    assert code == 1
    assert "Did you mean attributes?" in capsys.readouterr().err


def test_isolated_nodes(store_of):
    store = store_of(A="1, 2\n2, 1\n4, 5\n5, 4\n")
    assert np.diff(store.in_ptr).tolist() == [1, 1, 0, 1, 1, 0]


def test_graphs_of_a_single_node(store_of):
    store = store_of(A="", graph_indicator="1\n2\n3\n")
    assert store.node_ptr.tolist() == [0, 1, 2, 3]
    assert len(store.in_idx) == 0


def test_graphs_without_edges(store_of):
    store = store_of(A="1, 2\n2, 1\n")
    assert np.diff(store.in_ptr[store.node_ptr]).tolist() == [2, 0, 0]


def test_self_loops_are_dropped(store_of):
    store = store_of(A=UNSEEN["A"] + "6, 6\n1, 1\n")
    assert arcs_of(store) == ARCS
    assert store.card["dropped"]["self_loops"] == 2


def test_doubled_edges_count_once(store_of):
    store = store_of(A=UNSEEN["A"] * 2)
    assert arcs_of(store) == ARCS
    assert store.card["dropped"]["duplicate_edges"] == 8


def test_edges_in_one_direction_become_symmetric(store_of):
    store = store_of(A="1, 2\n2, 3\n3, 1\n5, 4\n")
    assert arcs_of(store) == ARCS
    assert "4 edges stood in one direction only" in store.card["note"]


def test_classes_that_do_not_start_at_0(store_of):
    store = store_of(graph_labels="7\n-1\n3\n")
    assert (store.y.tolist(), store.outputs) == ([2, 0, 1], 3)


@pytest.mark.parametrize(
    ("indicator", "y"), [("1\n1\n1\n2\n2\n2\n", [1, 0]), ("1\n1\n1\n3\n3\n3\n", [1, 0]), ("1\n1\n1\n1\n1\n1\n", [0])]
)
def test_graphs_without_a_node_are_left_out_and_counted(store_of, indicator, y):
    labels = "5\n2\n9\n" if indicator[6] == "2" else "5\n9\n2\n"
    store = store_of(graph_indicator=indicator, graph_labels=labels)
    assert store.y.tolist() == y
    assert (store.graphs, store.node_ptr[-1]) == (len(y), 6)
    assert store.card["dropped"]["empty_graphs"] == 3 - len(y)
    assert f"{3 - len(y)} graphs of UNSEEN_graph_labels.txt have no node" in store.card["note"]


def test_regression_on_a_graph_attribute(store_of):
    declared = {"task": "regression", "options": {"target": 1}}
    store = store_of(declared, graph_attributes="1, 0.5\n2, -1\n3, 2.25\n")
    assert (store.y.tolist(), store.y.dtype, store.outputs) == ([0.5, -1, 2.25], np.float32, 1)
    assert (store.card["metric"], store.card["split"]) == ("mae", "shuffled")


@pytest.mark.parametrize(
    ("changes", "declared", "message"),
    [
        ({"node_attributes": "1, 2\n3\n"}, {}, "node_attributes.txt, line 2: expected 2 numbers"),
        ({"node_attributes": "1\n2\nx\n4\n5\n6\n"}, {}, "line 3: expected a number, found 'x'"),
        ({"node_attributes": "1\nnan\n3\n4\n5\n6\n"}, {}, "line 2: nan is not a finite number"),
        ({"node_attributes": "1\n2\n"}, {}, "has 2 lines, expected 6"),
        ({"graph_attributes": "1\n2\n3\n"}, {"task": "regression", "options": {"target": 1}}, "there is no target 1"),
        ({"graph_labels": "1, 2\n0, 1\n1, 1\n"}, {}, "graph_labels.txt, line 1: expected a whole number"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_left(prepare, capsys, changes, declared, message):
    code, folder = prepare(zipped_texts(UNSEEN | changes), **declared)
    assert code == 1
    assert message in capsys.readouterr().err
    assert not folder.exists()


def test_a_real_dataset_with_labels_in_two_columns_equals_pyg(prepare, tmp_path):
    package = Path(importlib.util.find_spec("grakel").submodule_search_locations[0])
    texts = {
        path.stem.removeprefix("Cuneiform_"): path.read_text()
        for path in (package / "tests" / "data" / "Cuneiform").glob("Cuneiform_*.txt")
    }
    code, folder = prepare(zipped_texts(texts), features={"kind": "labels-and-attributes"})
    assert code == 0
    store = load(folder)
    raw = tmp_path / "raw"
    raw.mkdir()
    for name, text in texts.items():
        (raw / f"UNSEEN_{name}.txt").write_text(text)
    data, slices, _ = read_tu_data(str(raw), "UNSEEN")
    assert store.node_ptr.tolist() == slices["x"].tolist()
    np.testing.assert_array_equal(store.x, data.x)
    np.testing.assert_array_equal(store.y, data.y)
    offset = torch.from_numpy(np.repeat(store.node_ptr[:-1], np.diff(slices["edge_index"])))
    assert arcs_of(store) == list(map(tuple, (data.edge_index + offset).t().tolist()))
