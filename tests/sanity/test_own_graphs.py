"""Graphs that PyTorch Geometric gives: a class of its own, or a function of somebody's."""

import json
import textwrap
from pathlib import Path

import numpy as np
import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.datasets import TUDataset

from repool.cli import main
from repool.datasets import tu
from repool.datasets.data_objects import graphs_of
from repool.datasets.fetch import fetch_all
from repool.datasets.sources import declared as declaration
from repool.datasets.sources import load_sources
from repool.errors import UserError
from repool.sanity.own_graphs import obtain
from repool.schemas.sources import Dataset

GRAPHS = """
import torch
from torch_geometric.data import Data

def ring(size, y, **more):
    a = torch.arange(size)
    return Data(x=torch.ones(size, 2), edge_index=torch.stack([a, (a + 1) % size]), y=y, **more)

def graphs(count=12):
    return [ring(3 + place % 4, place % 2) for place in range(count)]

def parts():
    return {"train": graphs(8), "val": graphs(4), "test": [ring(9, 0), ring(10, 1)]}

def drawn():
    return [Data(x=torch.rand(4, 2), edge_index=torch.tensor([[0], [1]]), y=place % 2) for place in range(12)]

def stops():
    return 1 / 0
"""


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """The working folder, with a file of functions."""
    (tmp_path / "my_graphs.py").write_text(GRAPHS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REPOOL_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("REPOOL_MIRROR", raising=False)
    return tmp_path


def made(given: str, name: str = "OWN", **changes: object) -> Dataset:
    entry = {"format": "pyg", "task": "classification", "from": given} | changes
    return declaration(name, entry, "sources")


@pytest.fixture(scope="module")
def declared() -> dict[str, Dataset]:
    return load_sources(Path(__file__).parents[2] / "config" / "datasets.yaml")


@pytest.fixture(scope="module")
def mutag_mirror(tmp_path_factory, declared) -> Path:
    """A mirror with MUTAG's files in the folder that TUDataset takes as its root."""
    mirror = tmp_path_factory.mktemp("mirror")
    raw = mirror / "pyg" / "MUTAG-PYG" / "MUTAG" / "raw"
    raw.mkdir(parents=True)
    for source in fetch_all(declared["MUTAG"], None):
        (raw / source.file).write_bytes(source.path.read_bytes())
    return mirror


MUTAG = {"arguments": {"name": "MUTAG"}, "name": "MUTAG-PYG"}


def test_a_class_gives_the_graphs_that_our_own_reader_gives(folder, mutag_mirror, declared):
    del folder
    sources, theirs = obtain(made("TUDataset", **MUTAG), mutag_mirror)
    ours = tu.read(declared["MUTAG"], [source.path for source in fetch_all(declared["MUTAG"], None)])
    for name in ("node_ptr", "in_ptr", "in_idx", "y"):
        np.testing.assert_array_equal(getattr(theirs, name), getattr(ours, name))
    np.testing.assert_array_equal(theirs.x, np.eye(len(ours.label_names), dtype=np.float32)[ours.labels])
    assert theirs.remarks == ()
    (source,) = sources
    assert source.origin.endswith("torch_geometric.datasets.TUDataset(name='MUTAG')")


def test_nothing_is_written_into_a_mirror(folder, mutag_mirror):
    del folder
    before = sorted(mutag_mirror.rglob("*"))
    obtain(made("TUDataset", **MUTAG), mutag_mirror)
    assert sorted(mutag_mirror.rglob("*")) == before


def test_what_a_mirror_lacks_is_named_and_not_downloaded(folder, mutag_mirror, monkeypatch):
    monkeypatch.setattr(TUDataset, "download", lambda _: pytest.fail("a mirror folder forbids the network"))
    with pytest.raises(UserError, match=r"has no pyg/OTHER \(for OTHER\): put there the folder"):
        obtain(made("TUDataset", "OTHER", arguments={"name": "MUTAG"}), mutag_mirror)
    (folder / "mirror" / "pyg" / "OTHER").mkdir(parents=True)
    with pytest.raises(UserError, match=r"The mirror folder lacks MUTAG/raw/MUTAG_A\.txt, .* in .*pyg/OTHER"):
        obtain(made("TUDataset", "OTHER", arguments={"name": "MUTAG"}), folder / "mirror")


def test_a_download_is_kept_and_is_not_made_twice(folder, mutag_mirror, monkeypatch):
    downloads = []

    def download(self) -> None:
        downloads.append(self.name)
        Path(self.raw_dir).mkdir(parents=True, exist_ok=True)
        for path in (mutag_mirror / "pyg" / "MUTAG-PYG" / "MUTAG" / "raw").iterdir():
            Path(self.raw_dir, path.name).write_bytes(path.read_bytes())

    monkeypatch.setattr(TUDataset, "download", download)
    first, _ = obtain(made("TUDataset", **MUTAG), None)
    again, _ = obtain(made("TUDataset", **MUTAG), None)
    offline, _ = obtain(made("TUDataset", **MUTAG), mutag_mirror)
    assert downloads == ["MUTAG"]
    assert first[0].sha256 == again[0].sha256 == offline[0].sha256
    assert (folder / "cache" / "pyg" / "MUTAG-PYG" / "MUTAG" / "raw" / "MUTAG_A.txt").is_file()
    assert not list((folder / "cache").rglob("processed"))


def test_a_function_of_ones_own_becomes_a_dataset(folder):
    entry = {"format": "pyg", "task": "classification", "from": "my_graphs.py:graphs", "arguments": {"count": 24}}
    assert main(["data", "prepare", "OWN", "--source", json.dumps(entry), "--out", "OWN"]) == 0
    card = json.loads((folder / "OWN" / "card.json").read_text())
    assert (card["graphs"], card["classes"], card["status"]) == (24, 2, "unverified")
    assert card["features"] == {"kind": "continuous", "count": 2}
    assert card["source"][0]["file"] == "my_graphs.py"
    assert "108 edges stood in one direction only and were made symmetric." in card["note"]


def test_parts_by_name_are_a_fixed_split(folder):
    del folder
    _, graphs = obtain(made("my_graphs.py:parts", split="fixed"), None)
    assert graphs.split.tolist() == [0] * 8 + [1] * 4 + [2] * 2
    assert np.diff(graphs.node_ptr)[-2:].tolist() == [9, 10]


def test_what_is_drawn_on_the_way_is_the_same_each_time(folder):
    del folder
    first, second = (obtain(made("my_graphs.py:drawn"), None)[1] for _ in range(2))
    np.testing.assert_array_equal(first.x, second.x)


def test_another_file_than_was_planned_for_is_refused(folder):
    del folder
    with pytest.raises(UserError, match="but the specification asks for sha256 0000"):
        obtain(made("my_graphs.py:graphs", version="sha256 0000"), None)


@pytest.mark.parametrize(
    ("given", "changes", "sentence"),
    [
        ("my_graphs.py:grahps", {}, "has no grahps. Did you mean graphs"),
        ("other.py:graphs", {}, "other.py cannot be read"),
        ("TUDatset", {}, "has no TUDatset. Did you mean TUDataset"),
        ("my_graphs.py:stops", {}, r"my_graphs.py:stops\(\) for OWN stops with ZeroDivisionError: division by zero"),
        (
            "my_graphs.py:graphs",
            {"arguments": {"size": 3}},
            "stops with TypeError: .*unexpected keyword argument 'size'",
        ),
        ("my_graphs.py:ring", {"arguments": {"size": 3, "y": 1}}, "Graph 0 is a tuple, expected a torch_geometric"),
        ("my_graphs.py:graphs", {"arguments": {"count": 0}}, "There is not one graph"),
        ("FakeDataset", {"split": "fixed"}, "FakeDataset takes no `split`"),
        ("TUDataset", {}, r"stops with TypeError: .*missing 1 required positional argument: 'name'"),
    ],
)
def test_what_gives_no_graphs_is_explained(folder, given, changes, sentence):
    del folder
    with pytest.raises(UserError, match=sentence):
        obtain(made(given, **changes), None)


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"from": "../x"}, "from must be a class of torch_geometric.datasets, .* found '../x'"),
        ({"from": ""}, "from must be a class"),
        ({"url": "https://example.org/x.zip", "from": "TUDataset"}, "format pyg has no files"),
        ({"features": {"kind": "labels"}, "from": "TUDataset"}, "does not go with classification of format pyg"),
        ({"format": "tu", "url": "https://example.org/x.zip", "arguments": {"a": 1}}, "are of format pyg, not of tu"),
    ],
)
def test_a_declaration_that_does_not_fit_is_refused(entry, sentence):
    with pytest.raises(UserError, match=sentence):
        declaration("OWN", {"format": "pyg", "task": "classification"} | entry, "sources")


EDGES = torch.tensor([[0, 1], [1, 2]])


def graph(**changes: object) -> Data:
    return Data(**{"x": torch.ones(3, 2), "edge_index": EDGES, "y": torch.tensor([1])} | changes)


def test_edges_become_symmetric_and_what_was_left_out_is_counted():
    edges = torch.tensor([[0, 1, 0, 0, 2], [1, 0, 1, 0, 1]])
    graphs = graphs_of([graph(edge_index=edges), Data(x=torch.ones(0, 2), edge_index=edges[:, :0], y=0)], None, None)
    assert graphs.in_ptr.tolist() == [0, 1, 3, 4]
    assert graphs.in_idx.tolist() == [1, 0, 2, 1]
    assert graphs.dropped == {"self_loops": 1, "duplicate_edges": 1, "empty_graphs": 1}


def test_what_no_network_reads_is_said_to_be_left_out():
    graphs = graphs_of([graph(edge_attr=torch.ones(2, 1), pos=torch.ones(3, 3))], None, None)
    assert graphs.remarks[-1] == "What no network here reads was left out: edge_attr, pos."


def test_a_column_of_whole_numbers_is_labels_and_classes_count_from_0():
    objects = [graph(x=torch.tensor([[7], [3], [7]]), y=4), graph(x=torch.tensor([[9], [9], [3]]), y=-1.0)]
    graphs = graphs_of(objects, None, None)
    assert graphs.labels.tolist() == [1, 0, 1, 2, 2, 0]
    assert graphs.label_names == ("3", "7", "9")
    assert graphs.y.tolist() == [1, 0]


def test_a_target_is_a_column_and_nodes_may_carry_nothing():
    graphs = graphs_of([graph(y=torch.tensor([[0.5, 2.5]]), x=None, num_nodes=3)], None, target=1)
    assert (graphs.y.tolist(), graphs.y.dtype, graphs.x, graphs.labels) == ([2.5], np.float32, None, None)


@pytest.mark.parametrize(
    ("changes", "target", "sentence"),
    [
        ({"y": None}, None, "Graph 1 has no y"),
        ({"y": torch.tensor([0, 1])}, None, "y has 2 numbers, expected one class a graph"),
        ({"y": 0.5}, None, "y is 0.5, but a class is a whole number. Declare task: regression"),
        ({"y": float("nan")}, 0, "y is nan"),
        ({"y": 1.0}, 3, r"y has 1 numbers, from 0: there is no target 3 \(options.target\)"),
        ({"edge_index": None}, None, "has no edge_index"),
        (
            {"edge_index": EDGES.float()},
            None,
            r"edge_index must be whole numbers, \[2, edges\]; found float32 \[2, 2\]",
        ),
        ({"edge_index": EDGES.t().reshape(4, 1)}, None, r"found int64 \[4, 1\]"),
        ({"edge_index": EDGES + 1}, None, "edge_index has node 3, but its nodes are 0 to 2"),
        ({"edge_index": EDGES - 1}, None, "edge_index has node -1"),
        ({"x": None, "num_nodes": 3}, None, "has no x, others have"),
        ({"x": torch.ones(3, 5)}, None, r"x is \[3, 5\], expected \[3, 2\]"),
        ({"x": torch.full((3, 2), torch.inf)}, None, "Graph 1: x holds what is no finite number"),
        ({"x": torch.eye(3, 2).to_sparse()}, None, "x is a Tensor, expected a dense tensor"),
    ],
)
def test_a_graph_that_does_not_fit_is_named(changes, target, sentence):
    with pytest.raises(UserError, match=sentence):
        graphs_of([graph(), graph(**changes)], None, target)


def test_categories_are_not_taken_for_numbers():
    with pytest.raises(UserError, match="x has 2 columns of whole numbers, which may be categories"):
        graphs_of([graph(x=torch.ones(3, 2, dtype=torch.long))], None, None)


def test_the_example_of_the_documents_gives_graphs(tmp_path, monkeypatch):
    """The function that docs/data.md prints."""
    text = (Path(__file__).parents[2] / "docs" / "data.md").read_text()
    code = text.split("```python\n", 1)[1].partition("```")[0]
    (tmp_path / "my_graphs.py").write_text(textwrap.dedent(code))
    monkeypatch.chdir(tmp_path)
    _, graphs = obtain(made("my_graphs.py:graphs"), None)
    assert len(graphs.y) > 20
