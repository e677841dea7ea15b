"""What code a job depends on: a hash of syntax trees, so that comments, docstrings, layout and messages change nothing.

Snakemake does not see imported modules. A rule names the modules it starts from; what they import of this package, at
any level, counts too. What a module picks by name at run time (a model family, a reader) is named by the rule.
"""

import ast
import functools
import hashlib
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parent
# What computes a run. Not here, since it cannot change a record: how a job starts, shows progress, is leased a device,
# saves a checkpoint, words a message and writes what was computed.
TRAINING = ("training.arithmetic", "training.block")
# Fields of syntax trees that say nothing of what runs: `x: Final`, the u of u"", and what only some Pythons have.
SILENT = {"ctx", "kind", "type_comment", "type_ignores", "type_params"}
# A message is no result: an error of these kinds is the same whatever it says, and so is what words it.
WORDED = ("UserError",)
WORDING = ("errors",)


def training_code(family: str) -> str:
    """Fingerprint of what trains a model family (`diffpool-v2`)."""
    return fingerprint(*TRAINING, f"models.families.{family.replace('-', '_')}")


@functools.cache
def fingerprint(*modules: str) -> str:
    """Hash of these modules (`training.block`) and of all they import from this package; 16 hexadecimal digits."""
    joined = "".join(f"{module} {_tree_hash(module)}\n" for module in reached(*modules))
    return hashlib.sha256(joined.encode()).hexdigest()[:16]


def reached(*modules: str) -> list[str]:
    """These modules and all that they import from this package, sorted."""
    found: set[str] = set()
    pending = list(modules)
    while pending:
        module = pending.pop()
        if module not in found:
            found.add(module)
            pending += _imports(module)
    return sorted(found)


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


@functools.cache
def _tree(module: str) -> ast.Module:
    tree = ast.parse(_file(module).read_text(encoding="utf-8"))
    for node in [tree, *_statements(tree)]:
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            _drop_docstring(node)
    return tree


@functools.cache
def _tree_hash(module: str) -> str:
    return hashlib.sha256(canonical(_tree(module)).encode()).hexdigest()


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
        if head == "repool" and rest not in WORDING and is_module(rest):
            yield rest


def is_module(module: str) -> bool:
    """Whether `datasets.tu`, say, is a module of this package."""
    return bool(module) and _file(module).is_file()


def _file(module: str) -> Path:
    return PACKAGE.joinpath(*module.split(".")).with_suffix(".py")


def _drop_docstring(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    first = node.body[0] if node.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        node.body = node.body[1:]
