"""Which tests there are, and under which names, is the same in every process: pytest-xdist refuses anything else."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Of control characters and bytes, which say nothing to a reader and often come from a clock or a compressor.
UNREADABLE = re.compile(r"\\x(?:[01][0-9a-f]|7f)|(?:\\x[89a-f][0-9a-f]){3}|[^ -~]")


def collected(**environment: str) -> list[str]:
    """Names in order. Collecting takes seconds, so two in a row do not begin in the same second."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "-o", "addopts=--import-mode=importlib"]
    command += ["-p", "no:cacheprovider", "-p", "no:xdist", "-W", "ignore"]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    found = subprocess.run(
        command, cwd=ROOT, env={**inherited, **environment}, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr
    return [line for line in found.stdout.splitlines() if "::" in line]


@pytest.fixture(scope="module")
def names() -> list[str]:
    return collected(PYTHONHASHSEED="1")


def test_names_depend_neither_on_time_nor_on_hashes_nor_on_the_machine(names, tmp_path):
    elsewhere = {"PYTHONHASHSEED": "2", "TZ": "Asia/Tokyo", "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    assert collected(**elsewhere) == names
    assert len(set(names)) == len(names)
    assert f"{Path(__file__).relative_to(ROOT)}::{test_names_can_be_read.__name__}" in names


def test_names_can_be_read(names):
    assert [name for name in names if UNREADABLE.search(name)] == []


@pytest.mark.parametrize("blob", [r"a[\x1f\x8b\x08\x00M@]", r"a[x\x7f]", r"a[\x80\xff\xe1]", "a[\x01]"], ids=range(4))
def test_a_name_made_of_bytes_is_noticed(blob):
    assert UNREADABLE.search(blob)
    assert not UNREADABLE.search(r"a[Cear\xe1, Ji\u0159\xed-x\xb2-first\nsecond]")
