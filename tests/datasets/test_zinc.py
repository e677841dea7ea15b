import os
import pickle
import zipfile

import numpy as np
import pytest
import torch

from repool.datasets import zinc
from repool.datasets.card import part_sha256
from repool.datasets.fetch import fetch_all
from repool.datasets.loading import load
from repool.datasets.prepare import prepare
from repool.errors import UserError
from repool.schemas.sources import Expected, Form

INDEX = {"train": "2,0,3\r\n", "val": "1\r\n", "test": "0,1\r\n"}  # as published: one line, Windows' end


def molecule(types: list[int], bonds: dict[tuple[int, int], int], y: float) -> dict:
    """As benchmarking-gnns pickled them."""
    A = torch.zeros(len(types), len(types), dtype=torch.long)
    for (one, other), kind in bonds.items():
        A[one, other] = A[other, one] = kind
    values = (len(types), torch.tensor(types), A, torch.tensor([y]))
    return dict(zip(("num_atom", "atom_type", "bond_type", "logP_SA_cycle_normalized"), values, strict=True))


MOLECULES = {
    "train": [
        molecule([0, 1], {(0, 1): 2}, 0.25),
        molecule([5], {}, 9.0),
        molecule([0, 0, 27], {(0, 1): 1, (0, 2): 3}, -1.5),
        molecule([3], {}, 2.0),
    ],
    "val": [molecule([7, 7], {}, 0.0), molecule([2, 0, 0], {(0, 2): 1, (1, 2): 4}, 0.125)],
    "test": [molecule([1, 0], {(0, 1): 1}, 3.0), molecule([0], {}, -4.0)],
}


def packed(path, molecules=MOLECULES, protocol=2):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("molecules/atom_dict.pickle", b"not read")
        for part, listed in molecules.items():
            archive.writestr(f"molecules/{part}.pickle", pickle.dumps(listed, protocol))
    return path


def files(folder, molecules=MOLECULES, index=INDEX, protocol=2):
    """molecules.zip and the three indices, in a folder."""
    for part, text in index.items():
        (folder / f"{part}.index").write_text(text, newline="")
    return [packed(folder / "molecules.zip", molecules, protocol), *(folder / f"{part}.index" for part in zinc.PARTS)]


@pytest.fixture
def declared_zinc(declared):
    return declared["ZINC"]


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_the_published_form(declared_zinc, tmp_path, protocol):
    graphs = zinc.read(declared_zinc, files(tmp_path, protocol=protocol))
    chosen = [*(MOLECULES["train"][i] for i in (2, 0, 3)), MOLECULES["val"][1], *MOLECULES["test"]]
    assert graphs.split.tolist() == [0, 0, 0, 1, 2, 2]
    assert np.diff(graphs.node_ptr).tolist() == [entry["num_atom"] for entry in chosen]
    assert graphs.labels.tolist() == [code for entry in chosen for code in entry["atom_type"].tolist()]
    assert graphs.y.tolist() == [entry["logP_SA_cycle_normalized"].item() for entry in chosen]
    into = np.repeat(np.arange(len(graphs.labels)), np.diff(graphs.in_ptr))
    found = set(zip(into.tolist(), graphs.in_idx.tolist(), strict=True))
    assert found == {
        (first + int(one), first + int(other))
        for first, entry in zip(graphs.node_ptr.tolist(), chosen, strict=False)
        for one, other in entry["bond_type"].nonzero()
    }


def test_arrays_in_place_of_tensors_are_read_too(declared_zinc, tmp_path):
    as_arrays = {
        part: [{key: np.asarray(value) for key, value in entry.items()} for entry in listed]
        for part, listed in MOLECULES.items()
    }
    expected = zinc.read(declared_zinc, files(tmp_path))
    found = zinc.read(declared_zinc, files(tmp_path, as_arrays))
    for part in ("training", "validation", "test"):
        assert part_sha256(found, part) == part_sha256(expected, part)


class Hostile:
    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return os.system, (f"touch {self.trace}",)


def test_a_hostile_archive_executes_nothing(declared_zinc, tmp_path):
    trace = tmp_path / "trace"
    with pytest.raises(UserError, match=r"val\.pickle is refused: it asks for posix\.system"):
        zinc.read(declared_zinc, files(tmp_path, MOLECULES | {"val": [Hostile(trace)]}))
    assert not trace.exists()


def test_a_key_nested_without_end_ends_in_a_sentence(declared_zinc, tmp_path):
    paths = files(tmp_path)
    noise = os.urandom(10_000)  # so that the archive does not look like a bomb
    with zipfile.ZipFile(paths[0], "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("molecules/train.pickle", b"\x80\x04})" + b"\x85" * 200_000 + b"Ns.")
        archive.writestr("molecules/noise", noise)
    with pytest.raises(
        UserError, match=r"Reading molecules\.zip ended its process: the file is not what was published"
    ):
        zinc.read(declared_zinc, paths)


@pytest.mark.parametrize(
    ("part", "text", "message"),
    [
        (
            "train",
            "2,4,0",
            r"train\.index, number 2: molecule 4, but train\.pickle has 4, numbered from 0\. The index is",
        ),
        ("val", "1,x", r"val\.index, number 2: expected a whole number, found 'x'"),
        ("val", "-1", r"val\.index, number 1: expected a whole number, found '-1'"),
        ("val", "9" * 5000, r"val\.index, number 1: expected a whole number, found '99999"),
        ("val", "", r"val\.index, number 1: expected a whole number, found ''"),
        ("test", "0,1,0", r"test\.index, number 3: molecule 0 is listed before"),
    ],
)
def test_an_index_that_does_not_fit(declared_zinc, tmp_path, part, text, message):
    with pytest.raises(UserError, match=message):
        zinc.read(declared_zinc, files(tmp_path, index=INDEX | {part: text}))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bond_type": None}, r"val\.pickle, molecule 1 lacks the arrays"),
        ({"bond_type": torch.zeros(2, 2)}, r"val\.pickle, molecule 1: 3 atoms, a matrix of bonds \[2, 2\], 1 targets"),
        ({"atom_type": torch.tensor([0, 28, 0])}, r"types of atoms are 0 to 27, found 0 to 28"),
        (
            {"atom_type": torch.tensor([0.0, float("nan"), 1.0])},
            r"types and bonds are float32 and int64, expected whole",
        ),
        ({"logP_SA_cycle_normalized": torch.tensor([float("nan")])}, r"the target of molecule 3 is not a number"),
    ],
)
def test_a_molecule_that_is_not_whole(declared_zinc, tmp_path, change, message):
    molecules = MOLECULES | {"val": [MOLECULES["val"][0], MOLECULES["val"][1] | change]}
    with pytest.raises(UserError, match=message):
        zinc.read(declared_zinc, files(tmp_path, molecules))


def test_an_archive_that_is_not_whole(declared_zinc, tmp_path):
    paths = files(tmp_path, {part: MOLECULES[part] for part in ("train", "test")})
    with pytest.raises(UserError, match=r"molecules\.zip holds no val\.pickle"):
        zinc.read(declared_zinc, paths)
    paths = files(tmp_path, MOLECULES | {"val": {"a": 1}})
    with pytest.raises(UserError, match=r"val\.pickle holds no list of molecules, but a dict"):
        zinc.read(declared_zinc, paths)
    content = bytearray(packed(paths[0]).read_bytes())
    content[content.index(b"train.pickle") + 200] ^= 255
    paths[0].write_bytes(content)
    with pytest.raises(
        UserError, match=r"molecules\.zip is not a whole zip archive|train\.pickle is not a whole pickle"
    ):
        zinc.read(declared_zinc, paths)


def arrays_of(path, molecules=MOLECULES, **changes):
    """The other form: the chosen molecules as flat arrays."""
    content = {"atom_names": np.array(zinc.ATOMS)}
    for part, text in INDEX.items():
        chosen = [molecules[part][int(place)] for place in text.split(",")]
        bonds = [np.argwhere(np.triu(entry["bond_type"])) for entry in chosen]
        content |= {
            f"{part}_num_nodes": np.array([entry["num_atom"] for entry in chosen], np.uint8),
            f"{part}_num_bonds": np.array([len(pairs) for pairs in bonds], np.uint8),
            f"{part}_atom_type": np.concatenate([entry["atom_type"] for entry in chosen]).astype(np.uint8),
            f"{part}_bond_src": np.concatenate(bonds)[:, 0].astype(np.uint8),
            f"{part}_bond_dst": np.concatenate(bonds)[:, 1].astype(np.uint8),
            f"{part}_y": np.array([entry["logP_SA_cycle_normalized"].item() for entry in chosen], np.float32),
        }
    np.savez(path, **(content | changes))
    return path


def test_both_forms_have_the_same_content(declared_zinc, tmp_path):
    published = zinc.read(declared_zinc, files(tmp_path))
    arrays = zinc.read(declared_zinc, [arrays_of(tmp_path / "zinc.npz")])
    for part in ("training", "validation", "test"):
        assert part_sha256(arrays, part) == part_sha256(published, part)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"val_bond_dst": np.array([2, 3], np.uint8)}, r"bond 1 of the val part names an atom outside of its molecule"),
        ({"val_bond_dst": np.array([2], np.uint8)}, r"the val part has 2 and 1 ends of bonds, expected 2"),
        ({"val_num_bonds": np.array([1], np.uint8)}, r"the val part has 2 and 2 ends of bonds, expected 1"),
        ({"val_y": np.zeros(2, np.float32)}, r"6 molecules of 12 atoms"),
        ({"val_num_nodes": np.array([-3])}, r"the val part has arrays that are no lists of numbers"),
        ({"val_num_nodes": np.array([2**64 - 1], np.uint64)}, r"arrays that are no lists of numbers"),
        ({"val_bond_src": np.array([-1, 0])}, r"arrays that are no lists of numbers"),
        ({"val_atom_type": np.array([0.0, np.nan, 1.0])}, r"arrays that are no lists of numbers"),
        ({"val_y": np.array([[0.125]], np.float32)}, r"arrays that are no lists of numbers"),
        ({"val_y": np.array(["0.5"])}, r"arrays that are no lists of numbers"),
        ({"val_y": np.array([None])}, r"not a whole archive of arrays"),  # would need a pickle
        ({"atom_names": np.array(["C"])}, r"are not the 28 types"),
    ],
)
def test_arrays_that_do_not_fit(declared_zinc, tmp_path, changes, message):
    with pytest.raises(UserError, match=message):
        zinc.read(declared_zinc, [arrays_of(tmp_path / "zinc.npz", **changes)])


@pytest.fixture
def toy_zinc(declared_zinc, tmp_path):
    """The declaration with the toy's checksums, and an empty mirror folder."""
    mirror = tmp_path / "mirror"
    (mirror / "zinc" / "sources").mkdir(parents=True)
    graphs = zinc.read(declared_zinc, files(tmp_path))
    source = declared_zinc.files[1:]
    unknown = {"accepted": (), "unlisted_upstream": False}
    indices = tuple(file.model_copy(update=unknown) for file in source)
    npz = declared_zinc.forms[1][0].model_copy(update=unknown)
    changes = {
        "files": (declared_zinc.files[0], *indices),
        "alternatives": (Form(files=[npz]),),
        "parts": {part: part_sha256(graphs, part) for part in ("validation", "test")},
        "expected": Expected(),
    }
    dataset = declared_zinc.model_copy(update=changes)
    return dataset, mirror


def test_the_published_form_goes_before_the_substitute(toy_zinc, tmp_path):
    dataset, mirror = toy_zinc
    arrays_of(mirror / "zinc" / "zinc12k_graphs.npz")
    assert [source.file for source in fetch_all(dataset, mirror)] == ["zinc12k_graphs.npz"]
    files(mirror / "zinc")
    for part in zinc.PARTS:
        (mirror / "zinc" / f"{part}.index").rename(mirror / "zinc" / "sources" / f"{part}.index")
    prepare(dataset, tmp_path / "ZINC", mirror, processes=1)
    store = load(tmp_path / "ZINC")
    assert store.card["source"][0]["file"] == "molecules.zip"
    assert store.card["verified_parts"] == ["validation", "test"]
    assert store.card["status"] == "unverified"  # nobody here knows the published training part
    assert "the validation and test parts. Of the training part only the counts are known." in store.card["note"]
    assert store.card["source"][0]["origin"] == "mirror folder, zinc/molecules.zip"
    assert (store.card["arcs"], store.card["edges"], store.directed) == (len(store.in_idx), len(store.in_idx), False)


def test_a_mirror_with_neither_form_is_told_both(toy_zinc):
    dataset, mirror = toy_zinc
    with pytest.raises(
        UserError, match=r"has no zinc/molecules\.zip \(for ZINC\), nor zinc/zinc12k_graphs\.npz in its place"
    ):
        fetch_all(dataset, mirror)


def test_another_validation_part_is_refused(toy_zinc, tmp_path):
    dataset, mirror = toy_zinc
    arrays_of(mirror / "zinc" / "zinc12k_graphs.npz", val_y=np.array([0.5], np.float32))
    with pytest.raises(UserError, match="The validation part of ZINC is not the published one"):
        prepare(dataset, tmp_path / "ZINC", mirror, processes=1)
    assert not (tmp_path / "ZINC").exists()


def test_an_archive_that_would_expand_absurdly_is_refused(declared_zinc, tmp_path):
    paths = files(tmp_path)
    narrow = declared_zinc.files[0].model_copy(update={"expanded": 1000})
    small = declared_zinc.model_copy(update={"files": (narrow, *declared_zinc.files[1:])})
    with pytest.raises(UserError, match="would expand to"):
        zinc.read(small, paths)
    assert declared_zinc.files[0].expanded > 1_400_000_000  # 249,456 molecules take so many bytes


def test_the_real_substitute_says_so(declared_zinc, real_archives, tmp_path):
    prepare(declared_zinc, tmp_path, mirror=real_archives, processes=1)
    store = load(tmp_path)
    card = store.card
    assert (card["status"], card["verified_parts"]) == ("substitute", ["validation", "test"])
    assert "A substitute in its training part" in card["note"]
    assert np.bincount(store.split).tolist() == [10_000, 1_000, 1_000]
    assert (store.graphs, store.inputs, store.outputs, store.y.dtype) == (12_000, 28, 1, np.float32)
    assert (round(card["avg_nodes"], 2), round(card["avg_edges"], 2)) == (23.13, 49.79)
    held_out = store.split > 0
    assert np.diff(store.node_ptr)[held_out].mean() == pytest.approx(23.1, abs=0.01)
