"""What is compiled follows the text that it was compiled from, also that of another file, and not where it lies."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "repool"
SHUFFLE = """
import numpy as np
from repool.training.permutations import _places
print(*_places(np.array([[0, 6]], np.int32), 7, np.array([5], np.uint64)))
"""


def shuffled(folder: Path, **variables: str) -> list[int]:
    own = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    environment = {**own, "PYTHONPATH": str(folder), **variables}
    command = [sys.executable, "-c", SHUFFLE]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return [int(place) for place in result.stdout.split()]


def copied(folder: Path) -> Path:
    """The package in another folder, nothing of it compiled."""
    shutil.copytree(SOURCE, folder / "repool", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def kept(folder: Path) -> dict[str, bytes]:
    """Whatever numba has written below a folder, with the place of each."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*.nb[ic]"))}


def test_a_copy_takes_along_what_was_compiled(tmp_path):
    first = shuffled(copied(tmp_path / "first"))
    before = kept(tmp_path / "first")
    assert any("permutations-" in place for place in before)
    shutil.copytree(tmp_path / "first", tmp_path / "second")
    assert shuffled(tmp_path / "second") == first
    assert kept(tmp_path / "second") == before


def test_two_states_of_a_file_share_a_folder_and_nothing_else(tmp_path):
    shared = str(tmp_path / "shared")
    usual, other = copied(tmp_path / "usual"), copied(tmp_path / "other")
    permutations = other / "repool" / "training" / "permutations.py"
    permutations.write_text(permutations.read_text() + "\n")
    first = shuffled(usual, NUMBA_CACHE_DIR=shared)
    before = kept(tmp_path / "shared")
    assert shuffled(other, NUMBA_CACHE_DIR=shared) == first
    after = kept(tmp_path / "shared")
    assert {place: after.get(place) for place in before} == before
    assert len({Path(place).parent for place in after if "permutations-" in place}) == 2
    assert kept(usual) == kept(other)


def test_a_change_to_an_inlined_function_reaches_what_was_compiled_before(tmp_path):
    copied(tmp_path)
    assert sorted(shuffled(tmp_path)) == list(range(7))
    assert shuffled(tmp_path) == shuffled(tmp_path)
    draws = tmp_path / "repool" / "models" / "kernels" / "inlined" / "draws.py"
    result = "    return np.int64(((word >> np.uint64(32)) * np.uint64(limit)) >> np.uint64(32))\n"
    assert result in draws.read_text()
    draws.write_text(draws.read_text().replace(result, "    return np.int64(0)\n"))
    assert shuffled(tmp_path) == [1, 2, 3, 4, 5, 0, 6]
