"""What code a job depends on: a hash of syntax trees, so that comments, docstrings and layout change nothing.

Snakemake does not see imported modules. A rule names the modules it starts from; what they import of this package, at
any level, counts too. What a module picks by name at run time (a model family, a reader) is named by the rule.
"""

import ast
import functools
import hashlib
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parent


@functools.cache
def fingerprint(*modules: str) -> str:
    """Hash of these modules (`training.block`) and of all they import from this package; 16 hexadecimal digits."""
    reached: set[str] = set()
    pending = list(modules)
    while pending:
        module = pending.pop()
        if module not in reached:
            reached.add(module)
            pending += _imports(module)
    joined = "".join(f"{module} {_tree_hash(module)}\n" for module in sorted(reached))
    return hashlib.sha256(joined.encode()).hexdigest()[:16]


@functools.cache
def _tree(module: str) -> ast.Module:
    tree = ast.parse(_file(module).read_text(encoding="utf-8"))
    for node in [tree, *_statements(tree)]:
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            _drop_docstring(node)
    return tree


@functools.cache
def _tree_hash(module: str) -> str:
    return hashlib.sha256(ast.dump(_tree(module)).encode()).hexdigest()


@functools.cache
def _imports(module: str) -> tuple[str, ...]:
    found = []
    for node in _statements(_tree(module)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "repool":
            found += [node.module, *(f"{node.module}.{name.name}" for name in node.names)]
        elif isinstance(node, ast.Import):
            found += [name.name for name in node.names]
    return tuple(sorted(set(_own(found))))


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Every statement below a node, at any depth; expressions, most of a tree, hold none."""
    for block in ("body", "orelse", "finalbody", "handlers", "cases"):
        for statement in getattr(node, block, ()):
            yield statement
            yield from _statements(statement)


def _own(names: list[str]) -> Iterator[str]:
    """Those names that are modules of this package, without its prefix."""
    for name in names:
        head, _, rest = name.partition(".")
        if head == "repool" and rest and is_module(rest):
            yield rest


def is_module(module: str) -> bool:
    """Whether `datasets.tu`, say, is a module of this package."""
    path = PACKAGE.joinpath(*module.split("."))
    return path.with_suffix(".py").is_file()


def _file(module: str) -> Path:
    return PACKAGE.joinpath(*module.split(".")).with_suffix(".py")


def _drop_docstring(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    first = node.body[0] if node.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        node.body = node.body[1:]
