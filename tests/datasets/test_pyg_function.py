"""Graphs from a function that somebody wrote: what becomes of them, and a sentence for each mistake."""

import json
import re

import numpy as np
import pytest
import torch
from torch_geometric.data import Data
from torch_geometric.utils import is_undirected

from repool.cli import main
from repool.datasets.brought import version_of
from repool.datasets.loading import load
from repool.datasets.pyg_function import bring

BEFORE = """
import numpy as np
import torch
from torch_geometric.data import Data, HeteroData

RING = torch.tensor([[0, 1, 2], [1, 2, 0]])
BOTH = torch.cat([RING, RING.flip(0)], dim=1)


def ring(index, **changes):
    given = {"x": torch.rand(3, 2), "edge_index": BOTH, "y": torch.tensor([index % 2]), **changes}
    return Data(**{name: value for name, value in given.items() if value is not None})


def rings(count=40, **changes):
    return [ring(index, **changes) for index in range(count)]


def with_bad(position=3, **changes):
    return [ring(index, **(changes if index == position else {})) for index in range(40)]
"""


@pytest.fixture
def prepare(tmp_path, monkeypatch, capsys):
    """A function that prepares what `graphs` returns; the store, or the sentence."""
    monkeypatch.chdir(tmp_path)

    def run(returned: str, **entry: object):
        body = returned if "\n" in returned else f"def graphs():\n    return {returned}\n"
        (tmp_path / "my_data.py").write_text(f"{BEFORE}\n\n{body}")
        source = {"format": "pyg", "function": "my_data.py:graphs", "task": "classification", **entry}
        source = {key: value for key, value in source.items() if value is not None}
        code = main(["data", "prepare", "MINE", "--out", "MINE", "--source", json.dumps(source)])
        said = capsys.readouterr().err
        return load(tmp_path / "MINE") if code == 0 else said

    return run


def note(store) -> str:
    return store.card["note"]


def test_features_edges_and_classes_are_those_of_the_graphs(prepare, tmp_path):
    store = prepare("rings()")
    given = bring("my_data.py:graphs", {}).graphs
    assert (store.graphs, store.outputs, store.card["status"], store.card["split"]) == (
        40,
        2,
        "unverified",
        "stratified",
    )
    np.testing.assert_array_equal(store.x, np.concatenate([graph.x.numpy() for graph in given]))
    np.testing.assert_array_equal(store.y, np.concatenate([graph.y.numpy() for graph in given]))
    np.testing.assert_array_equal(np.diff(store.in_ptr), np.full(120, 2))
    assert store.in_idx[:6].tolist() == [1, 2, 0, 2, 0, 1]
    (source,) = store.card["source"]
    assert (source["file"], f"sha256 {source['sha256']}") == (
        "my_data.py",
        version_of({"function": "my_data.py:graphs"}),
    )
    assert tmp_path.name not in json.dumps(store.card)


def test_directed_edges_loops_and_repeated_ones_are_said_on_the_card(prepare):
    store = prepare("rings(edge_index=torch.cat([RING, RING[:, :1], torch.tensor([[2], [2]])], dim=1))")
    assert store.card["dropped"] == {"self_loops": 40, "duplicate_edges": 40, "empty_graphs": 0}
    assert "120 edges stood in one direction only and were made symmetric." in note(store)
    ends = np.stack([store.in_idx, np.repeat(np.arange(store.nodes), np.diff(store.in_ptr))])
    assert is_undirected(Data(edge_index=torch.from_numpy(ends.astype(np.int64))).edge_index)


@pytest.mark.parametrize(
    ("graphs", "features", "kind", "sentence"),
    [
        ("rings(x=None, num_nodes=3)", {}, {"kind": "constant", "count": 10}, ""),
        ("rings(x=torch.rand(3, 4))", {"kind": "constant"}, {"kind": "constant", "count": 10}, ""),
        ("rings(x=torch.eye(3))", {}, {"kind": "labels", "count": 3, "names": ["0", "1", "2"]}, "x is one-hot"),
        ("rings(x=torch.eye(3))", {"kind": "attributes"}, {"kind": "continuous", "count": 3}, ""),
        ("rings(x=torch.tensor([5, 7, 5]))", {}, {"kind": "labels", "count": 2, "names": ["5", "7"]}, "one column"),
        ("rings(x=torch.ones(3, 2).long())", {"kind": "attributes"}, {"kind": "continuous", "count": 2}, ""),
        ("rings(x=torch.rand(3, 1).double())", {}, {"kind": "continuous", "count": 1}, ""),
        (
            "rings(edge_attr=torch.rand(6, 2), pos=torch.rand(3, 3))",
            {},
            None,
            "Not read of the graphs: edge_attr, pos.",
        ),
    ],
)
def test_what_nodes_carry_is_declared_or_found(prepare, graphs, features, kind, sentence):
    store = prepare(graphs, features=features)
    assert kind is None or store.card["features"] == kind
    assert sentence in note(store)


def test_empty_graphs_are_left_out_and_single_nodes_stay(prepare):
    alone = "ring(0, x=torch.rand(1, 2), edge_index=torch.empty(2, 0))"
    nobody = "ring(1, x=torch.rand(0, 2), edge_index=torch.empty(2, 0, dtype=torch.long))"
    store = prepare(f"[{nobody}, {alone}, *rings()]")
    assert np.diff(store.node_ptr).tolist() == [1, *[3] * 40]
    assert store.card["dropped"]["empty_graphs"] == 1
    assert "1 graphs have no node and were left out." in note(store)


@pytest.mark.parametrize(
    ("y", "options", "targets"),
    [
        ("torch.tensor(0.5 * index)", {}, [0, 0.5]),
        ("torch.tensor([[0.5 * index]])", {}, [0, 0.5]),
        ("torch.tensor([[1.0, 2.0 * index]])", {"target": 1}, [0, 2]),
        ("index", {}, [0, 1]),
    ],
)
def test_targets_of_a_regression(prepare, y, options, targets):
    graphs = f"[ring(index, y={y}) for index in range(40)]"
    store = prepare(graphs, task="regression", metric="rmse", options=options)
    assert (store.y[:2].tolist(), store.y.dtype, store.card["metric"]) == (targets, np.float32, "rmse")


def test_classes_become_whole_numbers_from_zero(prepare):
    store = prepare("[ring(index, y=torch.tensor([-1.0 if index % 2 else 3.0])) for index in range(40)]")
    assert store.y[:2].tolist() == [1, 0]
    assert "Classes are numbered from 0: -1, 3 became 0, 1." in note(store)


PARTS = {
    "lists": '{"train": rings(20), "val": rings(8), "test": rings(12)}',
    "indices": '{"graphs": rings(), "train": range(20), "valid": np.arange(20, 28), "test": list(range(28, 40))}',
    "masks": '{"graphs": rings(), "train": torch.arange(40) < 20, "validation": [20 <= i < 28 for i in range(40)], '
    '"test": torch.arange(40) >= 28}',
}


@pytest.mark.parametrize("form", PARTS)
def test_parts_of_the_functions_own(prepare, form):
    store = prepare(PARTS[form], split="fixed")
    np.testing.assert_array_equal(store.split, np.repeat([0, 1, 2], [20, 8, 12]))
    assert "gives parts of its own: declare `split: fixed`" in prepare(PARTS[form])


def test_what_draws_from_global_streams_draws_the_same_again(prepare):
    drawn = "rings(x=torch.rand(3, 2) + torch.tensor(np.random.rand(3, 2)))"
    first = prepare(drawn).card["content_sha256"]
    np.random.random()
    assert prepare(drawn).card["content_sha256"] == first


BAD = {
    "does not import": (
        "1 / 0\n",
        {},
        r"my_data\.py does not import: ZeroDivisionError: division by zero \(line \d+ of",
    ),
    "syntax": ("def graphs(:\n", {}, r"my_data\.py does not import: SyntaxError: "),
    "lacks a package": ("import no_such_thing\n", {}, "does not import: ModuleNotFoundError: No module named"),
    "leaves": ("raise SystemExit(3)\n", {}, "does not import: SystemExit: 3"),
    "other name": ("def graph():\n    return []\n", {}, r"has no graphs\. Did you mean graph\?"),
    "no function": ("graphs = []\n", {}, r"is no function but a list: write one that returns a list"),
    "raises": ("def graphs():\n    return {}['a']\n", {}, r"my_data\.py:graphs raises KeyError: 'a' \(line \d+"),
    "needs": ("def graphs(root):\n    return []\n", {}, "cannot be called .*: missing a required argument: 'root'"),
    "argument": ("rings()", {"arguments": {"n": 3}}, "cannot be called .*: got an unexpected keyword argument 'n'"),
    "nothing": ("None", {}, r"my_data\.py:graphs gives nothing, expected a list"),
    "a graph": ("ring(0)", {}, r"gives one graph \(Data\), expected a list"),
    "another thing": ("3", {}, "gives a int, expected a list"),
    "generator": ("(ring(i) for i in range(3))", {}, r"gives a generator, .* return list\(\.\.\.\)"),
    "no graphs": ("[]", {}, r"my_data\.py:graphs gives no graph\."),
    "no nodes": ("rings(x=torch.rand(0, 2), edge_index=torch.empty(2, 0))", {}, "gives graphs without any node"),
    "no data": ("[*rings(), {}]", {}, r"graph 40 is a dict, expected torch_geometric\.data\.Data"),
    "hetero": ("[HeteroData()]", {}, "graph 0 is a HeteroData, expected"),
    "widths": ("with_bad(x=torch.rand(3, 5))", {}, "graph 3: x has 5 columns, those before have 2"),
    "no x": ("with_bad(x=None, num_nodes=3)", {}, "graph 3 has no x, those before have it"),
    "x late": ("[ring(0, x=None, num_nodes=3), ring(1)]", {}, "graph 1 has x, those before have none"),
    "NaN": (
        "with_bad(x=torch.tensor([[0, 0], [0, float('nan')], [0, 0]]))",
        {},
        r"graph 3: x\[1, 1\] is nan, not a fin",
    ),
    "infinite": (
        "with_bad(x=torch.full((3, 2), 1e300, dtype=torch.double))",
        {},
        r"graph 3: x\[0, 0\] is 1e\+300, not a finite",
    ),
    "x of text": ("with_bad(x=['a', 'b', 'c'])", {}, "graph 3: x is a list, expected a dense tensor of numbers"),
    "x of three": (
        "with_bad(x=torch.rand(3, 2, 2))",
        {},
        r"graph 3: x is of shape \[3, 2, 2\], expected \[nodes, feat",
    ),
    "labels": ("rings()", {"features": {"kind": "labels"}}, "x is neither one-hot nor one column of whole numbers"),
    "categories": (
        "rings(x=torch.tensor([[3, 0], [1, 2], [0, 7]]))",
        {},
        "x has 2 columns of whole numbers, which may be",
    ),
    "sparse x": ("with_bad(x=torch.eye(3, 2).to_sparse())", {}, "graph 3: x is a Tensor, expected a dense tensor"),
    "negative": ("with_bad(edge_index=BOTH - 1)", {}, "graph 3: edge_index names node -1, but nodes are 0 to 2"),
    "no labels": ("rings(x=None, num_nodes=3)", {"features": {"kind": "labels"}}, "gives graphs without x: declare"),
    "sizes": (
        "with_bad(x=None, edge_index=None)",
        {"features": {"kind": "constant"}},
        "graph 3 says neither x nor num",
    ),
    "num_nodes": ("with_bad(num_nodes=7)", {}, "graph 3: x has 3 rows, but num_nodes is 7"),
    "no edges": (
        "with_bad(edge_index=None)",
        {},
        r"graph 3 has no edge_index\. A graph without edges has one of shape",
    ),
    "transposed": ("with_bad(edge_index=BOTH.T)", {}, r"graph 3: edge_index is of shape \[6, 2\], .* Transpose it"),
    "outside": ("with_bad(edge_index=BOTH + 1)", {}, "graph 3: edge_index names node 3, but nodes are 0 to 2"),
    "float edges": ("with_bad(edge_index=BOTH / 2)", {}, "graph 3: edge_index has numbers of type float32"),
    "no y": ("with_bad(y=None)", {}, r"graph 3 has no y, its class or target"),
    "empty y": ("with_bad(y=torch.empty(0))", {}, "graph 3: y is empty"),
    "y of nodes": (
        "rings(y=torch.tensor([0, 1, 0]))",
        {},
        "graph 0: y has 3 values, one a node: graphs are classified",
    ),
    "tasks": ("rings(y=torch.tensor([[0, 1]]))", {}, "y has 2 values a graph, for as many tasks"),
    "y of widths": ("with_bad(y=torch.tensor([[0, 1]]))", {}, "graph 3: y has 2 values, those before have 1"),
    "targets": ("rings(y=torch.rand(1, 19))", {"task": "regression"}, r"y has 19 values .* options: \{target: 0\}"),
    "no target": (
        "rings(y=torch.rand(1, 2))",
        {"task": "regression", "options": {"target": 2}},
        r"y has 2 values a graph, from 0: there is no target 2",
    ),
    "NaN target": ("with_bad(y=float('nan'))", {"task": "regression"}, "graph 3: y is nan, not a finite number"),
    "NaN class": ("with_bad(y=float('nan'))", {}, "graph 3: y is nan, which is no class"),
    "float class": (
        "with_bad(y=torch.tensor([0.37]))",
        {},
        r"y is 0\.37.*, which is no class\. Declare `task: regression`",
    ),
    "one class": ("rings(y=1)", {}, "every graph has class 1, there is nothing to learn"),
    "few": ("rings(4)", {}, "MINE cannot be split: 10% held out of 4 graphs is none"),
    "keys": (
        '{"train": rings(), "tset": rings()}',
        {},
        "gives a mapping of train, tset, expected train, validation and",
    ),
    "outside index": (
        PARTS["indices"].replace("40))", "41))"),
        {"split": "fixed"},
        "test has the index 40, but graphs",
    ),
    "twice": (
        PARTS["indices"].replace("range(28", "range(27"),
        {"split": "fixed"},
        "test: graph 27 is listed more than",
    ),
    "no part": (PARTS["indices"].replace("range(28", "range(29"), {"split": "fixed"}, "graph 28 is in no part"),
    "short mask": (
        PARTS["masks"].replace("arange(40) < 20", "arange(9) < 5"),
        {},
        "is a mask of 9 values, for 40 graphs",
    ),
    "no indices": (PARTS["indices"].replace("range(20)", "'all'"), {}, "train is neither a list of indices nor a mask"),
    "no fixed": ("rings()", {"split": "fixed"}, "declared with a fixed split, but its files hold none"),
    "both": ("rings()", {"class": "TUDataset"}, r"pyg needs either function .* or class"),
    "neither": ("rings()", {"function": None}, r"pyg needs either function .* or class"),
    "url": ("rings()", {"url": "https://example.org/a.zip"}, "pyg reads no files of its own"),
    "up": (
        "rings()",
        {"function": "../my_data.py:graphs"},
        r"\.\./my_data\.py is not below the folder where this runs",
    ),
    "absolute": ("rings()", {"function": "/tmp/my_data.py:graphs"}, "is not below the folder where this runs"),
    "no name": ("rings()", {"function": "my_data.py"}, r"names no function of a file\. Write file\.py:name"),
    "no file": ("rings()", {"function": "mine.py:graphs"}, r"mine\.py cannot be read \(No such file or directory\)"),
}


@pytest.mark.parametrize("mistake", BAD)
def test_every_mistake_is_a_sentence(prepare, mistake):
    returned, entry, sentence = BAD[mistake]
    said = prepare(returned, **entry)
    assert isinstance(said, str), "it was prepared"
    assert re.search(sentence, said), said
    assert "Traceback" not in said
