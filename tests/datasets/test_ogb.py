import gzip
import hashlib
import zipfile

import numpy as np
import pytest
from ogb.io.read_graph_raw import read_csv_graph_raw
from ogb.utils.features import get_atom_feature_dims, get_bond_feature_dims
from ogb.utils.mol import smiles2graph
from raw_files import SMILES, declared_molecules, five_molecules, molecules, zipped_molecules

from repool.categories import ATOM_SIZES, BOND_SIZES
from repool.datasets import ogb
from repool.datasets.card import make_card
from repool.datasets.loading import load
from repool.datasets.prepare import prepare
from repool.datasets.verify import verify
from repool.errors import UserError
from repool.schemas.sources import Dataset, Expected


def arcs_of(graphs, index: int) -> dict[tuple[int, int], tuple[int, ...]]:
    """The bond of every arc (from, into) of a graph, counted within it."""
    first, last = graphs.node_ptr[index : index + 2]
    into = np.repeat(np.arange(len(graphs.in_ptr) - 1), np.diff(graphs.in_ptr)) - first
    chosen = (into >= 0) & (into < last - first)
    of = graphs.in_idx[chosen] - first
    return dict(
        zip(zip(of.tolist(), into[chosen].tolist(), strict=True), map(tuple, graphs.bonds[chosen]), strict=True)
    )


def expected_arcs(graph) -> dict[tuple[int, int], tuple[int, ...]]:
    return dict(zip(map(tuple, graph["edge_index"].T.tolist()), map(tuple, graph["edge_feat"]), strict=True))


def test_every_graph_is_the_one_of_smiles2graph():
    graphs = ogb.parse(molecules())
    for index, smiles in enumerate(SMILES):
        expected = smiles2graph(smiles)
        first, last = graphs.node_ptr[index : index + 2]
        np.testing.assert_array_equal(graphs.atoms[first:last], expected["node_feat"])
        assert arcs_of(graphs, index) == expected_arcs(expected)
    assert graphs.y.tolist() == [0, 1, 0, 1, 0]
    assert graphs.split.tolist() == [0, 0, 1, 2, 0]
    assert (graphs.atoms.dtype, graphs.bonds.dtype, graphs.y.dtype) == (np.uint8, np.uint8, np.int64)


def test_features_have_as_many_values_as_in_ogb():
    assert list(ATOM_SIZES) == get_atom_feature_dims()
    assert list(BOND_SIZES) == get_bond_feature_dims()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"edge": None}, None),
        ({"edge": "0,1\n0,1\n1,x\n"}, r"edge\.csv\.gz, line 3: expected 2 whole numbers.*found '1,x'"),
        ({"num-node-list": "1\n2\n4\n9\n"}, r"num-edge-list\.csv\.gz has 5 lines, expected 4"),
        ({"num-node-list": "1\n2\n4\n0\n3\n"}, r"num-node-list\.csv\.gz, line 4: expected a number from 1"),
        ({"num-node-list": "1\n2\n4\n9\n4\n"}, r"node-feat\.csv\.gz has 19 lines, expected 20"),
        ({"num-edge-list": "0\n0\n3\n9\n3\n"}, r"edge\.csv\.gz has 14 lines, expected 15"),
        ({"graph-label": "0\n1\n0\n2\n0\n"}, r"graph-label\.csv\.gz, line 4: a class is 0 or 1, found 2"),
        ({"train": "4\n0\n1\n5\n"}, r"train\.csv\.gz, line 4: graph 5, but graphs are 0 to 4"),
        ({"valid": "2\n4\n"}, r"valid\.csv\.gz, line 2: graph 4 is listed before"),
        ({"train": "4\n0\n1\n0\n"}, r"train\.csv\.gz, line 4: graph 0 is listed before"),
        ({"test": ""}, r"No part of the split lists graph 3"),
    ],
)
def test_bad_archives_are_named_with_the_line(declared, tmp_path, changes, message):
    path = zipped_molecules(tmp_path / "hiv.zip", molecules(**changes))
    with pytest.raises(UserError, match=message or r"hiv\.zip \(for MOLHIV\) lacks edge\.csv\.gz"):
        ogb.read(declared["MOLHIV"], [path])


def changed(text: str, line: int, new: str) -> str:
    lines = text.splitlines(keepends=True)
    lines[line - 1] = new
    return "".join(lines)


def test_bonds_and_features_that_do_not_fit():
    edges = gzip.decompress(molecules()["edge.csv.gz"]).decode()
    with pytest.raises(UserError, match=r"edge\.csv\.gz, line 3: edge 2 and 4, but nodes of graph 2 are 0 to 3"):
        ogb.parse(molecules(edge=changed(edges, 3, "2,4\n")))
    with pytest.raises(UserError, match=r"edge\.csv\.gz, line 2: the edge is a self loop, or was listed before"):
        ogb.parse(molecules(edge=changed(edges, 2, "1,0\n")))
    with pytest.raises(UserError, match=r"edge\.csv\.gz, line 1: the edge is a self loop"):
        ogb.parse(molecules(edge=changed(edges, 1, "1,1\n")))
    bonds = gzip.decompress(molecules()["edge-feat.csv.gz"]).decode()
    with pytest.raises(UserError, match=r"edge-feat\.csv\.gz, line 2: 5, 0, 0, but the largest values.*are 4, 5, 1"):
        ogb.parse(molecules(**{"edge-feat": changed(bonds, 2, "5,0,0\n")}))


def test_a_member_that_is_not_gzip():
    with pytest.raises(UserError, match=r"edge\.csv\.gz is not a whole gzip file"):
        ogb.parse(molecules() | {"edge.csv.gz": b"0,1\n"})


def test_members_are_compared_with_the_published_ones(declared, tmp_path):
    members = molecules()
    file = declared_molecules(members)
    path = zipped_molecules(tmp_path / "hiv.zip", members)
    published = verify(path, file, declared["MOLHIV"])
    assert (published.status, published.origin) == ("exact", "http://example.invalid/hiv.zip")
    assert set(published.verified) == set(members)

    features = gzip.decompress(members["node-feat.csv.gz"]).decode()
    other = molecules(**{"node-feat": changed(features, 1, "5,0,4,5,3,0,1,0,0\n")})
    unknown = verify(zipped_molecules(path, other), file, declared["MOLHIV"])
    assert (unknown.status, unknown.origin) == ("unverified", "mirror folder, ogb/hiv.zip")
    assert set(unknown.verified) == set(members) - {"node-feat.csv.gz"}
    listed = declared_molecules(members, hashlib.sha256(path.read_bytes()).hexdigest())
    rebuilt = verify(path, listed, declared["MOLHIV"])
    assert (rebuilt.status, rebuilt.verified) == ("rebuilt", unknown.verified)
    graphs = ogb.read(declared["MOLHIV"], [path])
    card = make_card(five_molecules(declared["MOLHIV"]), [rebuilt], graphs, {})
    assert card["status"] == "rebuilt"
    assert "node-feat.csv.gz" not in card["source"][0]["verified"]
    assert "not the published bytes: node-feat.csv.gz." in card["note"]


def test_other_edges_or_a_missing_member_refuse_the_archive(declared, tmp_path):
    members = molecules()
    file = declared_molecules(members)
    edges = gzip.decompress(members["edge.csv.gz"]).decode()
    path = zipped_molecules(tmp_path / "hiv.zip", members | molecules(edge=changed(edges, 1, "1,2\n")))
    with pytest.raises(UserError, match=r"not the published archive: its edge\.csv\.gz has another content"):
        verify(path, file, declared["MOLHIV"])
    del members["node-feat.csv.gz"]
    with pytest.raises(UserError, match=r"lacks node-feat\.csv\.gz"):
        verify(zipped_molecules(path, members), file, declared["MOLHIV"])


def test_what_is_prepared_is_loaded_and_checked(declared, tmp_path):
    (tmp_path / "ogb").mkdir()
    members = molecules()
    zipped_molecules(tmp_path / "ogb" / "hiv.zip", members)
    expected = Expected(graphs=5, node_features=9)
    dataset = five_molecules(declared["MOLHIV"], files=(declared_molecules(members),), expected=expected)
    prepare(dataset, tmp_path / "MOLHIV", mirror=tmp_path, processes=1)
    store = load(tmp_path / "MOLHIV")
    assert (store.card["features"], store.inputs) == ({"kind": "atoms", "count": 9}, 9)
    assert (store.labels, store.x, store.directed) == (None, None, False)
    assert store.atoms.shape == (store.nodes, 9)
    assert store.bonds.shape == (len(store.in_idx), 3)
    assert isinstance(store.bonds.base, np.memmap)
    np.save(tmp_path / "MOLHIV" / "arrays" / "bonds.npy", store.bonds[:-1].copy())
    with pytest.raises(UserError, match=r"bonds\.npy is uint8 \[27, 3\], expected uint8 \[28, 3\]"):
        load(tmp_path / "MOLHIV")


def test_the_real_archive_is_read_as_by_ogb(declared: dict[str, Dataset], real_archives, tmp_path):
    prepare(declared["MOLHIV"], tmp_path / "MOLHIV", mirror=real_archives, processes=1)
    store = load(tmp_path / "MOLHIV")
    assert (store.graphs, store.inputs, store.outputs, int(store.y.sum())) == (41_127, 9, 2, 1_443)
    assert np.bincount(store.split).tolist() == [32_901, 4_113, 4_113]
    assert store.card["metric"] == "auroc"
    known = declared["MOLHIV"].files[0].members
    assert set(store.card["source"][0]["verified"]) >= {member.name for member in known if not member.otherwise}

    with zipfile.ZipFile(real_archives / "ogb" / "hiv.zip") as archive:
        archive.extractall(tmp_path)
    graphs = read_csv_graph_raw(str(tmp_path / "hiv" / "raw"), add_inverse_edge=True)
    np.testing.assert_array_equal(np.diff(store.node_ptr), [graph["num_nodes"] for graph in graphs])
    np.testing.assert_array_equal(store.atoms, np.concatenate([graph["node_feat"] for graph in graphs]))
    ends = np.concatenate(
        [graph["edge_index"] + first for graph, first in zip(graphs, store.node_ptr, strict=False)], 1
    )
    bonds = np.concatenate([graph["edge_feat"] for graph in graphs])
    order = np.lexsort(ends)
    np.testing.assert_array_equal(store.in_idx, ends[0][order])
    np.testing.assert_array_equal(np.diff(store.in_ptr), np.bincount(ends[1], minlength=store.nodes))
    np.testing.assert_array_equal(store.bonds, bonds[order])
