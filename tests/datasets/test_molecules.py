import numpy as np
import pytest

from repool.datasets import molecules
from repool.datasets.loading import load
from repool.datasets.prepare import prepare
from repool.errors import UserError

# Validation and test molecules of ZINC 12k (benchmarking-gnns) and their published targets. In the last three
# the benchmark's cycle basis is not the set of smallest rings.
REFERENCE = [
    ("C[C@@]1(c2ccc(F)cc2)NC(=O)N(CN2CCN(S(=O)(=O)c3ccc4ccccc4c3)CC2)C1=O", 0.6299158),
    ("COCc1ccc(C(=O)Oc2ccc(F)cc2)cc1", 2.4657564),
    ("[NH3+][C@@H](c1ccc(F)c(Br)c1)C1CCCCCC1", -2.5764427),
    ("O=C(COc1ccc([N+](=O)[O-])cc1Cl)NC1CCCCCCC1", -4.4949598),
    ("Cc1[nH]c2ccccc2c1CC(=O)N[C@H](C(N)=O)c1ccccc1", 0.7741638),
    ("CCCCCCNC(=O)c1c([O-])n2c3c(cccc3c1=O)CCC2", -20.3404980),
    ("[NH3+]CCCC(=O)N1C[C@@H]2C[C@H](C1)Cn1c2cccc1=O", -10.3082399),
    ("CC1CC[NH+](C[C@H](O)COCCC23CC4CC(CC(C4)C2)C3)CC1", -9.6759882),
]


@pytest.mark.parametrize(("smiles", "y"), REFERENCE)
def test_the_target_is_that_of_zinc(smiles, y):
    assert molecules.molecule(smiles).y == pytest.approx(y, abs=2e-6)


def test_atoms_and_bonds():
    found = molecules.molecule("C[C@H](N)C([O-])=O")
    assert found.atoms == ("C", "C H1", "N", "C", "O -", "O")
    assert found.bonds.tolist() == [[0, 1], [1, 2], [1, 3], [3, 4], [3, 5]]


@pytest.mark.parametrize(
    ("smiles", "atoms"),
    [
        ("c1cc[nH]c1", {"C", "N"}),  # a hydrogen that only the aromatic form writes is not part of the type
        ("C[NH+](C)C", {"C", "N H1 +"}),
        ("[NH3+]CC", {"C", "N H3 +"}),
        ("[Zn++]", {"Zn ++"}),
        ("ClCBr", {"Cl", "C", "Br"}),
    ],
)
def test_types_of_atoms(smiles, atoms):
    assert set(molecules.molecule(smiles).atoms) == atoms


@pytest.mark.parametrize(
    ("nodes", "edges", "longest"),
    [
        (1, [], 0),
        (4, [[0, 1], [1, 2], [2, 3]], 0),
        (6, [[0, 1], [1, 2], [0, 2], [3, 4], [4, 5], [3, 5]], 3),
        (8, [[i, (i + 1) % 8] for i in range(8)], 8),
        (10, [[i, i + 1] for i in range(9)] + [[0, 9], [0, 5]], 6),  # two rings of six share a bond
    ],
)
def test_the_longest_cycle_of_a_basis(nodes, edges, longest):
    assert molecules.longest_basis_cycle(nodes, np.array(edges, np.int64).reshape(-1, 2)) == longest


@pytest.mark.parametrize("smiles", ["", "C(", "C[N](C)(C)(C)C"])
def test_what_is_no_molecule(smiles):
    assert molecules.molecule(smiles) is None


def test_a_file_without_molecules(declared, tmp_path):
    path = tmp_path / "none.smi"
    path.write_text("C(\tfirst\n\nC[N](C)(C)(C)C\tsecond\n")
    with pytest.raises(UserError, match=r"none\.smi holds no molecule.*2 lines"):
        molecules.read(declared["MOLECULES"], [path])


def test_refused_lines_are_counted(declared, tmp_path):
    path = tmp_path / "some.smi"
    path.write_text("CCO\t1\nC[N](C)(C)(C)C\t2\n[Na+].[Cl-]\t3\n")
    graphs = molecules.read(declared["MOLECULES"], [path])
    assert graphs.node_ptr.tolist() == [0, 3, 5]
    assert graphs.in_ptr.tolist() == [0, 1, 3, 4, 4, 4]
    assert graphs.in_idx.tolist() == [1, 0, 2, 1]
    assert [graphs.label_names[label] for label in graphs.labels] == ["C", "C", "O", "Na +", "Cl -"]
    assert "1 of 3 lines" in graphs.remarks[0]


def test_the_molecules_of_the_wheel(declared, tmp_path):
    prepare(declared["MOLECULES"], tmp_path, mirror=None, processes=2)
    store = load(tmp_path)
    assert store.graphs == len(store.y) == 4991
    assert store.y.dtype == np.float32
    assert (store.outputs, store.card["classes"], store.card["split"]) == (1, None, "shuffled")
    assert store.inputs == len(store.card["features"]["names"]) == store.labels.max() + 1
    assert "8 of 4,999 lines" in store.card["note"]


def test_a_file_that_is_no_text(declared, tmp_path):
    path = tmp_path / "all.smi"
    path.write_bytes(b"CCO\n\xff\xfe\n")
    with pytest.raises(UserError, match=r"all\.smi is not UTF-8 \(byte 4\)"):
        molecules.read(declared["MOLECULES"], [path])
    path.write_bytes(b"\xef\xbb\xbfCCO one\n")
    assert molecules.read(declared["MOLECULES"], [path]).y.size == 1
