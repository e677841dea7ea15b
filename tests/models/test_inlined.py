"""What is compiled follows the text that it was compiled from, also that of another file."""

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


def shuffled(folder: Path) -> list[int]:
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [sys.executable, "-c", SHUFFLE]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return [int(place) for place in result.stdout.split()]


def test_a_change_to_an_inlined_function_reaches_what_was_compiled_before(tmp_path):
    shutil.copytree(SOURCE, tmp_path / "repool", ignore=shutil.ignore_patterns("__pycache__"))
    assert sorted(shuffled(tmp_path)) == list(range(7))
    assert shuffled(tmp_path) == shuffled(tmp_path)
    draws = tmp_path / "repool" / "models" / "kernels" / "inlined" / "draws.py"
    result = "    return np.int64(((word >> np.uint64(32)) * np.uint64(limit)) >> np.uint64(32))\n"
    assert result in draws.read_text()
    draws.write_text(draws.read_text().replace(result, "    return np.int64(0)\n"))
    assert shuffled(tmp_path) == [1, 2, 3, 4, 5, 0, 6]
