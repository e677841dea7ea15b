import zipfile

import numpy as np
import pytest
import scipy.sparse

from repool.datasets import tu
from repool.datasets.fetch import fetch
from repool.datasets.graphs import symmetric_adjacency
from repool.datasets.loading import load
from repool.datasets.prepare import prepare
from repool.errors import UserError

# Two graphs: a triangle with labels 3, 7, 3 and a node without an edge; a path of two nodes.
TOY = {
    "_A.txt": "1, 2\n2, 1\n2, 3\n3, 2\n1, 3\n3, 1\n5, 6\n6, 5\n",
    "_graph_indicator.txt": "1\n1\n1\n1\n2\n2\n",
    "_graph_labels.txt": "1\n-1\n",
    "_node_labels.txt": "3\n7\n3\n0\n7\n7\n",
}

DOUBLED = {"IMDB-B": 193_062, "IMDB-C": 109_424}  # every edge of these archives is listed twice in each direction


def parse(kind="labels", target=None, **changes):
    texts = TOY | {f"_{name}.txt": text for name, text in changes.items()}
    return tu.parse({f"TOY{suffix}": text.encode() for suffix, text in texts.items() if text is not None}, kind, target)


def edges_of(graphs):
    rows = np.repeat(np.arange(len(graphs.in_ptr) - 1), np.diff(graphs.in_ptr))
    return list(zip(rows.tolist(), graphs.in_idx.tolist(), strict=True))


def test_a_plain_dataset():
    graphs = parse()
    assert graphs.node_ptr.tolist() == [0, 4, 6]
    assert edges_of(graphs) == [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1), (4, 5), (5, 4)]
    assert graphs.labels.tolist() == [1, 2, 1, 0, 2, 2]
    assert graphs.label_names == ("0", "3", "7")
    assert graphs.y.tolist() == [1, 0]
    assert graphs.dropped == {"self_loops": 0, "duplicate_edges": 0, "empty_graphs": 0}
    assert graphs.remarks == ()
    assert (graphs.in_ptr.dtype, graphs.in_idx.dtype, graphs.labels.dtype) == (np.int64, np.int32, np.int32)


def test_repeated_edges_and_self_loops_are_dropped_and_counted():
    graphs = parse(A=TOY["_A.txt"] * 2 + "4, 4\n4, 4\n1, 1\n")
    assert edges_of(graphs) == edges_of(parse())
    assert graphs.dropped == {"self_loops": 3, "duplicate_edges": 8, "empty_graphs": 0}


def test_edges_in_one_direction_become_symmetric():
    graphs = parse(A="1, 2\n3, 2\n1, 3\n6, 5\n")
    assert edges_of(graphs) == edges_of(parse())
    assert "4 edges stood in one direction only" in graphs.remarks[0]


def test_no_edges_at_all():
    graphs = parse(A="")
    assert len(graphs.in_idx) == 0
    assert graphs.in_ptr.tolist() == [0] * 7


def test_a_dataset_without_node_labels():
    assert parse(kind="constant", node_labels=None).labels is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"A": "1, 2\n2, x\n"}, r"TOY_A\.txt, line 2: expected 2 whole numbers.*found '2, x'"),
        ({"A": "1, 2\n\n2, 1\n"}, r"TOY_A\.txt, line 2"),
        ({"A": "1, 2\n2, 1, 3\n"}, r"TOY_A\.txt, line 2"),
        ({"A": "1\n2\n"}, r"TOY_A\.txt, line 1"),
        ({"A": f"1, 2\n2, {2**70}\n"}, r"TOY_A\.txt, line 2"),
        ({"node_labels": "3\n7\n3\n1.5\n7\n7\n"}, r"TOY_node_labels\.txt, line 4: expected a whole number"),
        ({"node_labels": "3\n7\n"}, r"TOY_node_labels\.txt has 2 lines, expected 6"),
        ({"A": "1, 2\n2, 7\n"}, r"TOY_A\.txt, line 2: edge 2 and 7, but nodes are 1 to 6"),
        ({"A": "0, 1\n"}, r"TOY_A\.txt, line 1: edge 0 and 1"),
        ({"A": "1, 2\n4, 5\n"}, r"TOY_A\.txt, line 2: edge 4 and 5 joins graphs 1 and 2"),
        (
            {"graph_indicator": "1\n1\n1\n1\n2\n3\n"},
            r"indicator\.txt, line 6: graph 3, but TOY_graph_labels\.txt has 2",
        ),
        ({"graph_indicator": "1\n1\n2\n1\n2\n2\n"}, r"indicator\.txt, line 4: graph 1 after graph 2"),
        ({"graph_indicator": ""}, r"TOY_graph_indicator\.txt is empty"),
        ({"graph_labels": None}, r"one file named \*_graph_labels\.txt; found"),
        ({"node_labels": None}, r"one file named \*_node_labels\.txt"),
    ],
)
def test_bad_files_are_named_with_the_line(changes, message):
    with pytest.raises(UserError, match=message):
        parse(**changes)


def test_symmetric_adjacency_equals_scipy():
    rng = np.random.default_rng(0)
    rows, columns = rng.integers(0, 50, (2, 400))
    found = symmetric_adjacency(rows, columns, 50)
    A = scipy.sparse.coo_matrix((np.ones(400), (rows, columns)), (50, 50)).tocsr()
    A = A + A.T
    A.setdiag(0)
    A.eliminate_zeros()
    A.sort_indices()
    assert found.ptr.tolist() == A.indptr.tolist()
    assert found.idx.tolist() == A.indices.tolist()
    assert found.self_loops == np.sum(rows == columns)
    assert found.self_loops + found.duplicates + (len(found.idx) - found.mirrored) == 400


def test_a_zip_with_double_slashes(toy, tmp_path):
    path = tmp_path / "TOY.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for suffix, text in TOY.items():
            archive.writestr(f"TOY//TOY{suffix}", text)
        archive.writestr("TOY//README.txt", "not read")
    assert edges_of(tu.read(toy(), [path])) == edges_of(parse())


def test_mutag_of_the_wheel(declared, tmp_path):
    prepare(declared["MUTAG"], tmp_path, mirror=None, processes=1)
    store = load(tmp_path)
    assert (store.graphs, store.nodes, store.card["edges"]) == (188, 3371, 3721)
    assert (store.inputs, store.outputs, store.directed) == (7, 2, False)
    assert np.bincount(store.y).tolist() == [63, 125]
    assert store.card["status"] == "embedded"


@pytest.mark.parametrize("name", ["NCI1", "NCI109", "PROTEINS", "DD", "IMDB-B", "IMDB-C"])
def test_the_real_archives_have_the_published_counts(declared, real_archives, tmp_path, name):
    prepare(declared[name], tmp_path, mirror=real_archives, processes=1)
    store = load(tmp_path)
    card, expected = store.card, declared[name].expected
    assert card["status"] == ("rebuilt" if name == "DD" else "exact")
    assert "expected" not in card["note"]
    assert (store.graphs, store.outputs) == (expected.graphs, expected.classes)
    assert store.inputs == (expected.node_labels or 10)
    assert round(card["avg_nodes"], 2) == expected.avg_nodes
    assert round(card["avg_edges"], 2) == expected.avg_edges
    assert card["dropped"] == {"self_loops": 0, "duplicate_edges": DOUBLED.get(name, 0), "empty_graphs": 0}


def test_the_real_nci1_is_read_as_written(declared, real_archives):
    source = fetch(declared["NCI1"].files[0], declared["NCI1"], real_archives)
    with zipfile.ZipFile(source.path) as archive:
        lines = archive.read("NCI1/NCI1_A.txt").decode().splitlines()
        indicator = [int(line) for line in archive.read("NCI1/NCI1_graph_indicator.txt").decode().split()]
    graphs = tu.read(declared["NCI1"], [source.path])
    written = {tuple(int(number) - 1 for number in line.split(",")) for line in lines}
    assert set(edges_of(graphs)) == written
    assert np.repeat(np.arange(1, 4111), np.diff(graphs.node_ptr)).tolist() == indicator
