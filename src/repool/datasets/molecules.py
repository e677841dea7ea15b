"""Reader of molecules in SMILES: atoms are nodes, bonds are edges, the target is the penalised logP of ZINC."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rdkit import Chem, rdBase
from rdkit.Chem.rdMolDescriptors import CalcCrippenDescriptors
from rdkit.Contrib.SA_Score import sascorer

from repool.datasets.graphs import Graphs, pointer, symmetric_adjacency
from repool.datasets.parallel import each
from repool.errors import UserError
from repool.schemas.reading import read_text
from repool.schemas.sources import Dataset

# Standardised logP - SA - cycle, with the means and deviations of the benchmark's files: these constants give every
# validation and test target of ZINC 12k to 1e-6. Those usually quoted (GCPN, JT-VAE) do not.
LOG_P, SYNTHETIC_ACCESSIBILITY, CYCLE, SHIFT = 0.6976318, -1.1981676, -3.4751391, 2.1118300
LARGEST_FREE_CYCLE = 6


@dataclass(frozen=True)
class Molecule:
    """Type of each atom, the bonds (int64 [bonds, 2], each once), and the target."""

    atoms: tuple[str, ...]
    bonds: npt.NDArray[np.int64]
    y: float


def read(dataset: Dataset, files: Sequence[Path], processes: int = 1) -> Graphs:
    """Read one file of SMILES, a molecule a line (what follows a blank is its name); RDKit must accept it.

    Lines that RDKit refuses are left out and counted in a remark. The types of atoms are those found, sorted.
    """
    lines = [line.split()[0] for line in read_text(files[0]).splitlines() if line.strip()]
    parsed = each(molecule, lines, processes=processes, description=f"{dataset.name}: molecules")
    molecules = [found for found in parsed if found is not None]
    if not molecules:
        raise UserError(f"{files[0].name} holds no molecule that RDKit can read ({len(lines):,} lines).")
    refused = len(lines) - len(molecules)
    remark = f"{refused:,} of {len(lines):,} lines are not molecules to RDKit (valences) and were left out."
    return assemble(molecules, remarks=(remark,) if refused else ())


def molecule(smiles: str) -> Molecule | None:
    """The graph and target of a molecule; None when RDKit refuses it."""
    with rdBase.BlockLogs():
        parsed = Chem.MolFromSmiles(smiles)
    if parsed is None or not parsed.GetNumAtoms():
        return None
    return Molecule(atom_types(parsed), bonds(parsed), penalised_log_p(parsed))


def bonds(parsed: Chem.Mol) -> npt.NDArray[np.int64]:
    """The bonds as pairs of atoms, int64 [bonds, 2], the smaller one first, ascending."""
    return np.argwhere(np.triu(Chem.GetAdjacencyMatrix(parsed)))


def atom_types(parsed: Chem.Mol) -> tuple[str, ...]:
    """Type of each atom in the manner of ZINC's dictionary: element, bracketed hydrogens, charge; "C", "C H1", "O -".

    Hydrogens count where the Kekule form of the SMILES writes them (at stereo centres and charges), so that aromatic
    [nH] is "N". Source: the 28 types of benchmarking-gnns' molecules, all reproduced.
    """
    kekule = Chem.Mol(parsed)
    Chem.Kekulize(kekule, clearAromaticFlags=True)
    return tuple(_type(kekule.GetAtomWithIdx(index)) for index in range(kekule.GetNumAtoms()))


def penalised_log_p(parsed: Chem.Mol) -> float:
    """The target of ZINC 12k: logP, minus synthetic accessibility, minus the atoms above 6 of the longest cycle."""
    cycle = max(longest_basis_cycle(parsed.GetNumAtoms(), bonds(parsed)) - LARGEST_FREE_CYCLE, 0)
    log_p, accessibility = CalcCrippenDescriptors(parsed)[0], sascorer.calculateScore(parsed)
    return float(LOG_P * log_p + SYNTHETIC_ACCESSIBILITY * accessibility + CYCLE * cycle + SHIFT)


def longest_basis_cycle(nodes: int, edges: npt.NDArray[np.int64]) -> int:
    """Length of the longest cycle in the cycle basis that Paton's algorithm finds, 0 without cycles.

    edges: int64 [edges, 2], each once, no loops.

    A basis is not unique, and the targets depend on it: roots and neighbours are taken in ascending order, as networkx
    2 did for the benchmark (networkx 3 and RDKit's smallest rings differ in some fused systems).
    """
    neighbours: list[list[int]] = [[] for _ in range(nodes)]
    for one, other in edges.tolist():
        neighbours[one].append(other)
        neighbours[other].append(one)
    longest, left = 0, set(range(nodes))
    while left:
        root = min(left)
        stack, parent, used = [root], {root: root}, {root: set[int]()}
        while stack:
            node = stack.pop()
            for other in sorted(neighbours[node]):
                if other not in used:
                    parent[other], used[other] = node, {node}
                    stack.append(other)
                elif other not in used[node]:
                    longest = max(longest, _cycle_length(node, parent, used[other]))
                    used[other].add(node)
        left -= parent.keys()
    return longest


def assemble(molecules: Sequence[Molecule], remarks: tuple[str, ...] = ()) -> Graphs:
    """Put the molecules side by side; the dictionary of types is what occurs in them, sorted."""
    names = sorted({atom for found in molecules for atom in found.atoms})
    code = {name: index for index, name in enumerate(names)}
    node_ptr = pointer(np.array([len(found.atoms) for found in molecules]))
    edges = np.concatenate([found.bonds + first for found, first in zip(molecules, node_ptr[:-1], strict=True)])
    adjacency = symmetric_adjacency(edges[:, 0], edges[:, 1], int(node_ptr[-1]))
    return Graphs(
        node_ptr=node_ptr,
        in_ptr=adjacency.ptr,
        in_idx=adjacency.idx,
        labels=np.array([code[atom] for found in molecules for atom in found.atoms], dtype=np.int32),
        label_names=tuple(names),
        y=np.array([found.y for found in molecules], dtype=np.float32),
        remarks=remarks,
    )


def _cycle_length(node: int, parent: dict[int, int], used: set[int]) -> int:
    """Atoms of the cycle closed at node: up the tree until an atom that the other end was reached from."""
    length, step = 3, parent[node]
    while step not in used:
        length, step = length + 1, parent[step]
    return length


def _type(atom: Chem.Atom) -> str:
    hydrogens, charge = atom.GetNumExplicitHs(), atom.GetFormalCharge()
    parts = [atom.GetSymbol()]
    if hydrogens:
        parts.append(f"H{hydrogens}")
    if charge:
        parts.append(("+" if charge > 0 else "-") * abs(charge))
    return " ".join(parts)
