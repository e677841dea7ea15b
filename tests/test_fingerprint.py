"""Which code a fingerprint covers and what changes it."""

import ast
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from repool import fingerprint as module
from repool import syntax

SOURCE = Path(__file__).parents[1] / "src"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of its own in place of repool's files."""
    (tmp_path / "models").mkdir()
    (tmp_path / "base.py").write_text("VALUE = 1\n")
    (tmp_path / "models" / "one.py").write_text("from repool.base import VALUE\n\n\ndef f(x):\n    return x + VALUE\n")
    (tmp_path / "models" / "two.py").write_text("def g():\n    import repool.base\n\n    return repool.base\n")
    monkeypatch.setattr(module, "PACKAGE", tmp_path)
    return tmp_path


def of(*names: str) -> str:
    module._code.cache_clear()
    module.fingerprint.cache_clear()
    return module.fingerprint(*names)


@pytest.fixture(autouse=True)
def _forget():
    yield
    module._code.cache_clear()
    module.fingerprint.cache_clear()


def test_comments_docstrings_and_layout_change_nothing(package):
    before = of("models.one")
    text = '"""Doc."""\nfrom repool.base import VALUE  # it\ndef f(\n  x,\n):\n    """Doc."""\n    return (x + VALUE)\n'
    (package / "models" / "one.py").write_text(text)
    assert of("models.one") == before


def test_a_formula_changes_it_and_so_does_one_in_an_imported_module(package):
    before = of("models.one")
    (package / "base.py").write_text("VALUE = 2\n")
    imported = of("models.one")
    (package / "models" / "one.py").write_text("from repool.base import VALUE\n\n\ndef f(x):\n    return x - VALUE\n")
    assert len({before, imported, of("models.one")}) == 3


def test_what_an_error_says_changes_nothing_but_what_raises_it_does(package):
    text = "def f(x):\n    if x < 0:\n        raise UserError(f'{x} is less')\n    return x\n"
    (package / "models" / "one.py").write_text(text)
    before = of("models.one")
    (package / "models" / "one.py").write_text(text.replace("is less", "is below zero"))
    assert of("models.one") == before
    (package / "models" / "one.py").write_text(text.replace("< 0", "<= 0"))
    assert of("models.one") != before


def test_imports_inside_functions_count(package):
    before = of("models.two")
    (package / "base.py").write_text("VALUE = 2\n")
    assert of("models.two") != before


def test_other_modules_do_not_count(package):
    before = of("models.two")
    (package / "models" / "one.py").write_text("def f(x):\n    return x\n")
    assert of("models.two") == before


# Every kind of syntax whose tree, or its dump, differs between versions of Python.
SAMPLE = """
import numpy as np
class A(Base, key=None):
    x: int = 1
    def f(self, a, /, b=2.5, *c, d: "str" = u"e", **g) -> None:
        return f"{a!r:>{b}}" "and" f"{g}", (yield), not a, ..., b"bytes", 10**400 - 1e-300 + 1j
    async def g(self):
        async with x as y, z:
            return [i async for i in y if i] or {**self.x, "k": lambda: None}
match x:
    case {"a": [1, *rest], **others} | A(y=None):
        del x[1:2, ::3]
    case _:
        pass
try:
    pass
except* ValueError as e:
    raise e from None
"""
RECORDED = "a4cebd894cf4531c"
PRINTS = """
import ast, json, sys
sys.path.insert(0, sys.argv[1])
from repool import fingerprint, syntax
names = sorted(
    ".".join(path.relative_to(fingerprint.PACKAGE).with_suffix("").parts)
    for path in fingerprint.PACKAGE.rglob("*.py") if path.name != "__init__.py"
)
prints = {name: fingerprint.fingerprint(name) for name in names}
print(json.dumps([syntax.canonical(ast.parse(sys.stdin.read())), prints]))
"""


def interpreters() -> list[str]:
    """Every Python here that this project supports, by version."""
    shims = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [str(path) for path in shims.glob("3.1[123]*/bin/python")]
    found += [path for minor in (11, 12, 13) if (path := shutil.which(f"python3.{minor}"))]
    runs = [path for path in found if subprocess.run([path, "-c", ""], capture_output=True).returncode == 0]
    return sorted({*runs, sys.executable})


def printed(python: str) -> list:
    made = subprocess.run([python, "-c", PRINTS, str(SOURCE)], input=SAMPLE, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)


def test_every_python_finds_the_same_fingerprints():
    here = printed(sys.executable)
    assert len(here[1]) > 100
    for python in interpreters():
        assert printed(python) == here, python


def test_the_canonical_form_is_the_recorded_one():
    """So that a later Python, or a change here, does not train everything again unnoticed."""
    assert hashlib.sha256(syntax.canonical(ast.parse(SAMPLE)).encode()).hexdigest()[:16] == RECORDED


COUNTS = {
    *(
        "categories",
        "models.graphs",
        "models.levels",
        "models.network",
        "models.layers.linear",
        "models.kernels.inlined.draws",
    ),
    *("training.arithmetic", "training.batches", "training.block", "training.inside", "training.optimiser"),
    *("training.permutations", "training.plateau", "training.scores", "training.splits", "training.streams"),
}
CANNOT_CHANGE_A_RECORD = {
    "training.run": "starts, stops and resumes: a resumed run has the bytes of an uninterrupted one",
    "training.checkpoint": "the same",
    "training.progress": "shows",
    "training.lease": "says which GPU",
    "training.device": "says which device",
    "training.record": "writes what was computed; the record's schema says how",
    "training.kept": "knows what is there already",
    "training.memory": "words",
    "training.probe": "measures, and leaves no record",
    "schemas.progress": "shows",
    "schemas.probe": "the same",
    "training.retry": "removes failed records",
    "datasets.loading": "maps and verifies: wrong arrays are refused",
    "training.command": "reads the command line",
    "cli": "the same",
    "errors": "words",
    "atomic": "writes whole files",
    "schemas.checked": "checks what was read, and changes none of it",
    "schemas.reading": "the same",
    "places": "where files are",
    "fingerprint": "this",
    "syntax": "the same",
}


@pytest.mark.parametrize(
    "family", ["graclus", "global-mean", "graphsage", "gin", "diffpool", "diffpool-v2", "gmn", "mincut"]
)
def test_a_training_depends_on_what_computes_and_on_nothing_else(family):
    reached = set(module.reached(*module.TRAINING, f"models.families.{family.replace('-', '_')}"))
    assert reached >= COUNTS
    assert not reached & set(CANNOT_CHANGE_A_RECORD)
    assert all(name.split(".")[0] in ("models", "training", "datasets", "categories") for name in reached)
    assert all(module.is_module(name) for name in CANNOT_CHANGE_A_RECORD)


@pytest.mark.parametrize(
    "family", ["graclus", "global-mean", "graphsage", "gin", "diffpool", "diffpool-v2", "gmn", "mincut"]
)
def test_what_somebody_brings_is_no_code_of_the_papers_families(family):
    """Their runs are kept: nothing that is made for brought poolings may change what they were trained by."""
    reached = module.reached(*module.TRAINING, f"models.families.{family.replace('-', '_')}")
    assert not [name for name in reached if name.startswith(("models.operators", "sanity"))]
