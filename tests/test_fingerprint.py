"""Which code a fingerprint covers and what changes it."""

import pytest

from repool import fingerprint as module


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
    for cached in (module._tree, module._tree_hash, module._imports, module.fingerprint):
        cached.cache_clear()
    return module.fingerprint(*names)


@pytest.fixture(autouse=True)
def _forget():
    yield
    for cached in (module._tree, module._tree_hash, module._imports, module.fingerprint):
        cached.cache_clear()


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


def test_imports_inside_functions_count(package):
    before = of("models.two")
    (package / "base.py").write_text("VALUE = 2\n")
    assert of("models.two") != before


def test_other_modules_do_not_count(package):
    before = of("models.two")
    (package / "models" / "one.py").write_text("def f(x):\n    return x\n")
    assert of("models.two") == before
