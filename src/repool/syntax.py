"""What a file of code says, as a hash of its syntax tree, and what it imports.

Comments, docstrings, layout and what errors say are no part of it. Both are found once for a content of a file and kept
where Python keeps the file's bytecode: parsing the whole package takes as long as all else that a plan asks of it.
"""

import ast
import contextlib
import functools
import hashlib
import json
import sys
from collections.abc import Iterator
from importlib.util import cache_from_source
from pathlib import Path
from typing import NamedTuple

from repool.atomic import replacing

# Fields of syntax trees that say nothing of what runs: `x: Final`, the u of u"", and what only some Pythons have.
SILENT = {"ctx", "kind", "type_comment", "type_ignores", "type_params"}
# A message is no result: an error of these kinds is the same whatever it says, and so is what words it.
WORDED = ("UserError",)
# Of so many contents most are of files that were edited since.
MOST_KEPT = 2000


class Code(NamedTuple):
    """What one file says: the hash of its tree, and the names that it imports of this package, at any depth."""

    tree: str
    imports: tuple[str, ...]


def code(path: Path) -> Code:
    """What a file of Python says; raises SyntaxError and OSError as Python itself."""
    source = path.read_bytes()
    content = hashlib.sha256(source).hexdigest()
    if content not in _kept():
        tree = _tree(source)
        _kept()[content] = Code(hashlib.sha256(canonical(tree).encode()).hexdigest(), _imports(tree))
        _new.add(content)
    return _kept()[content]


# Contents of which `_kept` knows more than its file.
_new: set[str] = set()


@functools.cache
def _kept() -> dict[str, Code]:
    """By the content of a file what it says, as far as an earlier process of this very code wrote it down."""
    try:
        kept = json.loads(_cache().read_text())
        if kept["by"] == _own_content() and len(kept["code"]) < MOST_KEPT:
            return {content: Code(tree, tuple(imports)) for content, (tree, imports) in kept["code"].items()}
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not there, cut short or of another time: the files themselves say it
    return {}


def keep() -> None:
    """Write down what was found, for the next process; where nothing can be written, it finds it again."""
    if _new and not sys.dont_write_bytecode:
        with contextlib.suppress(OSError), replacing(_cache()) as part:
            part.write_text(json.dumps({"by": _own_content(), "code": _kept()}))
        _new.clear()


def _cache() -> Path:
    return Path(cache_from_source(__file__)).with_suffix(".json")


@functools.cache
def _own_content() -> str:
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()


def canonical(node: object) -> str:
    """A syntax tree as text, the same under every Python that can parse it: empty and absent fields are left out."""
    if isinstance(node, list):
        return f"[{','.join(map(canonical, node))}]"
    if not isinstance(node, ast.AST):
        return f"{type(node).__name__}:{node!r}"
    if isinstance(node, ast.Raise) and _is_worded(node.exc):
        return "Raise(worded)"
    if isinstance(node, ast.JoinedStr):  # Python 3.12 finds an empty text behind a width
        return f"JoinedStr({[canonical(part) for part in node.values if getattr(part, 'value', None) != '']})"
    fields = (
        f"{name}={canonical(value)}"
        for name, value in sorted(ast.iter_fields(node))
        if name not in SILENT and value is not None and value != []
    )
    # None is absent as a field, but a constant as a value.
    constant = "None" if isinstance(node, ast.Constant) and node.value is None else ""
    return f"{type(node).__name__}({','.join(fields)}{constant})"


def _is_worded(raised: ast.expr | None) -> bool:
    return isinstance(raised, ast.Call) and isinstance(raised.func, ast.Name) and raised.func.id in WORDED


def _tree(source: bytes) -> ast.Module:
    tree = ast.parse(source)
    for node in [tree, *_statements(tree)]:
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            _drop_docstring(node)
    return tree


def _imports(tree: ast.Module) -> tuple[str, ...]:
    found: set[str] = set()
    for node in _statements(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return tuple(sorted(name for name in found if name.split(".")[0] == "repool"))


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Every statement below a node, at any depth; expressions, most of a tree, hold none."""
    for block in ("body", "orelse", "finalbody", "handlers", "cases"):
        for statement in getattr(node, block, ()):
            yield statement
            yield from _statements(statement)


def _drop_docstring(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    first = node.body[0] if node.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        node.body = node.body[1:]
