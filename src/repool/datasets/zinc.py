"""Reader of ZINC 12k (Dwivedi et al., 2020): atoms by type, bonds without theirs, the target penalised logP.

The published form is molecules.zip, pickled lists of all molecules, with three lists of indices: which of them belong
to the benchmark. The other form is an archive of arrays with the same 12,000 places, some of its training molecules
being others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from repool.datasets import pickled
from repool.datasets.archive import open_member
from repool.datasets.graphs import Graphs, IntArray, pointer, symmetric_adjacency
from repool.datasets.parallel import apart
from repool.errors import UserError
from repool.schemas.reading import read_text
from repool.schemas.sources import Dataset

PARTS = ("train", "val", "test")
# The dictionary of the benchmark, in the order of its codes.
ATOMS = (
    "C", "O", "N", "F", "C H1", "S", "Cl", "O -", "N H1 +", "Br", "N H3 +", "N H2 +", "N +", "N -", "S -", "I", "P",
    "O H1 +", "N H1 -", "O +", "S +", "P H1", "P H2", "C H2 -", "P +", "S H1 +", "C H1 -", "P H1 +",
)  # fmt: skip
LONGEST = 20  # characters of a number in an index
WHOLE = "iu"  # kinds of numpy types
MEMORY = 16_000_000_000  # bytes for the reader of pickles; the published molecules take 3 GB
TYPES, BONDS, TARGET = KEYS = ("atom_type", "bond_type", "logP_SA_cycle_normalized")


@dataclass(frozen=True)
class Part:
    """Molecules side by side: atoms of each, types of atoms, bonds (atoms of the part, int64 [bonds, 2]), targets."""

    sizes: IntArray
    types: npt.NDArray
    bonds: IntArray
    y: npt.NDArray


def read(dataset: Dataset, files: Sequence[Path], processes: int = 1) -> Graphs:  # noqa: ARG001 (one signature for all)
    """Read molecules.zip and its lists train.index, val.index and test.index, or the archive of arrays.

    Pickles are read apart: one that is nested deeply enough ends the process that hashes it.
    """
    if len(files) == 1:
        return assemble(files[0].name, [_part_of_arrays(files[0], part) for part in PARTS])
    largest = dataset.files[0].expanded
    return assemble(files[0].name, apart(_published, tuple(files), largest, name=files[0].name, memory=MEMORY))


def assemble(name: str, parts: Sequence[Part]) -> Graphs:
    """Put the parts side by side; raises UserError where atoms have no type, or bonds no atoms."""
    sizes, types, y = (np.concatenate([getattr(part, key) for part in parts]) for key in ("sizes", "types", "y"))
    node_ptr = pointer(sizes)
    if len(types) != node_ptr[-1] or len(y) != len(sizes) or not sizes.all():
        raise UserError(f"{name}: {len(sizes):,} molecules of {node_ptr[-1]:,} atoms, {len(types):,} types of atoms.")
    if len(types) and (types.min() < 0 or types.max() >= len(ATOMS)):
        raise UserError(f"{name}: types of atoms are 0 to {len(ATOMS) - 1}, found {types.min()} to {types.max()}.")
    if not np.isfinite(y).all():
        raise UserError(f"{name}: the target of molecule {int((~np.isfinite(y)).argmax())} is not a number.")
    first = np.cumsum([0, *(part.sizes.sum() for part in parts)])
    bonds = np.concatenate([part.bonds + start for part, start in zip(parts, first, strict=False)])
    adjacency = symmetric_adjacency(bonds[:, 0], bonds[:, 1], int(node_ptr[-1]))
    return Graphs(
        node_ptr=node_ptr,
        in_ptr=adjacency.ptr,
        in_idx=adjacency.idx,
        labels=types.astype(np.int32),
        label_names=ATOMS,
        y=y.astype(np.float32),
        split=np.repeat(np.arange(len(parts), dtype=np.int8), [len(part.sizes) for part in parts]),
    )


def _published(files: Sequence[Path], largest: int) -> list[Part]:
    return [_chosen(files[0], part, index, largest) for part, index in zip(PARTS, files[1:], strict=True)]


def _chosen(archive: Path, part: str, index: Path, largest: int) -> Part:
    """The molecules of a pickled list that an index names, in its order."""
    name = f"{part}.pickle"
    with open_member(archive, name, largest) as (stream, size):
        bar = tqdm.wrapattr(stream, "read", total=size, desc=f"{archive.name}, {name}", disable=None, leave=False)
        with bar as watched:
            molecules = pickled.load(watched, name)
    if not isinstance(molecules, list):
        raise UserError(f"{name} holds no list of molecules, but a {type(molecules).__name__}.")
    places = read_index(index, len(molecules), name)
    return _side_by_side([_molecule(molecules[place], f"{name}, molecule {place}") for place in places])


def read_index(path: Path, molecules: int, of: str) -> list[int]:
    """The places that an index lists, numbers from 0 separated by commas; raises UserError where one does not fit."""
    places: dict[int, None] = {}
    for position, text in enumerate(read_text(path).strip().rstrip(",").split(","), start=1):
        if not text.strip().isdecimal() or len(text) > LONGEST:
            raise UserError(f"{path.name}, number {position}: expected a whole number, found {text.strip()[:20]!r}.")
        place = int(text)
        if place >= molecules:
            raise UserError(
                f"{path.name}, number {position}: molecule {place:,}, but {of} has {molecules:,}, numbered from 0. "
                "The index is not of this file: get both from their source."
            )
        if place in places:
            raise UserError(f"{path.name}, number {position}: molecule {place:,} is listed before.")
        places[place] = None
    return list(places)


def _molecule(entry: Any, name: str) -> tuple[npt.NDArray, npt.NDArray, float]:
    """Types of the atoms, matrix of the bonds, target."""
    if not isinstance(entry, dict) or not all(isinstance(entry.get(key), pickled.Stored) for key in KEYS):
        raise UserError(f"{name} lacks the arrays {', '.join(KEYS)}.")
    types, bonds, target = (entry[key].array(f"{name}, {key}") for key in KEYS)
    if types.ndim != 1 or bonds.shape != (len(types), len(types)) or target.size != 1:
        raise UserError(f"{name}: {len(types)} atoms, a matrix of bonds {list(bonds.shape)}, {target.size} targets.")
    if types.dtype.kind not in WHOLE or bonds.dtype.kind not in WHOLE:
        raise UserError(f"{name}: types and bonds are {types.dtype} and {bonds.dtype}, expected whole numbers.")
    return types, bonds, float(target.item())


def _side_by_side(molecules: Sequence[tuple[npt.NDArray, npt.NDArray, float]]) -> Part:
    sizes = np.array([len(types) for types, _, _ in molecules])
    pairs = zip(molecules, pointer(sizes), strict=False)
    return Part(
        sizes=sizes,
        types=np.concatenate([types for types, _, _ in molecules]),
        bonds=np.concatenate([np.argwhere(bonds) + start for (_, bonds, _), start in pairs]),
        y=np.array([target for _, _, target in molecules], np.float32),
    )


def _part_of_arrays(path: Path, part: str) -> Part:
    """A part of the archive of arrays: num_nodes, num_bonds, atom_type, bond_src, bond_dst (within a molecule), y."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            if tuple(arrays["atom_names"]) != ATOMS:
                raise UserError(f"{path.name}: its atom_names are not the {len(ATOMS)} types of the benchmark.")
            names = ("num_nodes", "num_bonds", "atom_type", "bond_src", "bond_dst", "y")
            sizes, counts, types, one, other, y = (arrays[f"{part}_{name}"] for name in names)
    except UserError:
        raise
    except Exception as error:  # whatever a damaged archive or header makes zipfile and numpy raise
        raise UserError(f"{path.name} is not a whole archive of arrays ({error}). Get it again.") from error
    for array, kinds in ((y, "f"), *((array, WHOLE) for array in (sizes, counts, types, one, other))):
        if array.ndim != 1 or array.dtype.kind not in kinds or (kinds == WHOLE and not _are_counts(array)):
            raise UserError(f"{path.name}: the {part} part has arrays that are no lists of numbers. Get it again.")
    sizes, counts = sizes.astype(np.int64), counts.astype(np.int64)
    if len(counts) != len(sizes) or not len(one) == len(other) == counts.sum():
        found = f"{len(one):,} and {len(other):,} ends of bonds, expected {counts.sum():,} of each (num_bonds)"
        raise UserError(f"{path.name}: the {part} part has {found}. Get it again.")
    ends = np.stack([one, other], axis=1).astype(np.int64)
    if (outside := (ends >= np.repeat(sizes, counts)[:, None]).any(axis=1)).any():
        bond = int(outside.argmax())
        raise UserError(f"{path.name}: bond {bond} of the {part} part names an atom outside of its molecule.")
    return Part(sizes, types, ends + np.repeat(pointer(sizes)[:-1], counts)[:, None], y)


def _are_counts(array: npt.NDArray) -> bool:
    return not array.size or (array.min() >= 0 and array.max() < 2**31)
