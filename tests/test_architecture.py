"""Arrows never point back: no floor imports a later one, and what must start fast imports nothing heavy."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "repool"
FLOORS = ("datasets", "models", "training", "words", "analysis", "figures", "artifacts", "report")
# A floor may read what stands on these, and itself.
MAY_IMPORT = {
    "datasets": set(),
    "models": set(),
    "training": {"models", "datasets"},
    "words": set(),
    "analysis": {"words"},
    "figures": {"words", "analysis"},
    "artifacts": {"words", "analysis", "figures"},
    "report": {"words", "analysis", "artifacts"},
}
# Of the files of a kind, which floors each may read: a table knows of no figure, a view of neither.
PARTS = {"table": {"words", "analysis"}, "figure": {"words", "analysis", "figures"}, "view": {"words", "analysis"}}


def imported(path: Path) -> set[str]:
    """The modules of this package that a file imports, without its prefix."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{name.name}" for name in node.names)]
        elif isinstance(node, ast.Import):
            names = [name.name for name in node.names]
        found |= {name.removeprefix("repool.") for name in names if name.startswith("repool.")}
    return found


def imported_floors(floor: str) -> set[str]:
    names = {name for path in (SOURCE / floor).rglob("*.py") for name in imported(path)}
    return {name.split(".")[0] for name in names} & set(FLOORS)


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_imports_only_what_it_stands_on(floor):
    assert imported_floors(floor) - {floor} <= MAY_IMPORT[floor]


@pytest.mark.parametrize(
    "path", sorted((SOURCE / "artifacts").glob("*/*.py")), ids=lambda path: "/".join(path.parts[-2:])
)
def test_the_files_of_a_kind_stand_apart(path):
    names = imported(path)
    floors = {name.split(".")[0] for name in names} & set(FLOORS) - {"artifacts"}
    assert floors <= PARTS.get(path.stem, {"words"})
    drawn = {name for name in names if name.startswith("artifacts.") and name.split(".")[-1] in ("figure", "view")}
    assert not drawn
    others = {name.split(".")[1] for name in names if name.startswith("artifacts.") and name.count(".") > 1}
    kinds = {folder.name for folder in (SOURCE / "artifacts").iterdir() if folder.is_dir()}
    assert others & kinds <= {path.parent.name}, "one kind does not take from another"


# What looks inside of a block names its type and nothing else of it: to take them apart would change the hash of the
# training code, and so orphan every run that is kept.
IN_A_CIRCLE = ("training.inside", "training.block")


def test_no_file_imports_what_imports_it():
    files = {".".join(path.relative_to(SOURCE).with_suffix("").parts): path for path in SOURCE.rglob("*.py")}
    files = {name.removesuffix(".__init__"): path for name, path in files.items()}
    imports = {name: {other for other in imported(path) if other in files} for name, path in files.items()}
    one, other = IN_A_CIRCLE
    imports[one].remove(other)
    TopologicalSorter(imports).prepare()  # raises CycleError with the files of a circle


def modules_after(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint('\\n'.join(sys.modules))"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize("floor", ["analysis", "figures", "artifacts", "report", "verification", "archive", "planning"])
def test_later_floors_never_import_torch(floor):
    paths = [path.relative_to(SOURCE).with_suffix("") for path in (SOURCE / floor).rglob("*.py")]
    loaded = modules_after("\n".join(f"import repool.{'.'.join(path.parts)}" for path in paths))
    assert not {"torch", "numba"} & loaded


def test_the_command_line_starts_without_anything_heavy():
    loaded = modules_after("from repool.cli import parser\nparser()")
    assert not {"torch", "numba", "pandas", "scipy", "numpy", "jinja2", "matplotlib", "requests"} & loaded


def test_training_imports_neither_pandas_nor_torch_geometric():
    loaded = modules_after(
        "import repool.training.run, repool.models.families.graclus, repool.models.families.global_mean"
    )
    assert not {"pandas", "torch_geometric", "skimage", "rdkit", "sklearn"} & loaded


def test_nothing_of_the_package_imports_what_somebody_brings():
    """A user's operator is imported by its name, and its package with it."""
    for path in SOURCE.rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text())))
        names = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
        names += [name.name for node in nodes if isinstance(node, ast.Import) for name in node.names]
        assert not {"torch_geometric", "tgp", "torch_scatter"} & {name.partition(".")[0] for name in names}, path.name


def is_compiled(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and any("njit" in ast.unparse(each) for each in node.decorator_list)


def test_compiled_functions_take_from_other_files_only_what_stands_in_inlined():
    """Numba would not notice that anything else has changed."""
    for path in SOURCE.rglob("*.py"):
        tree = ast.parse(path.read_text())
        elsewhere = {
            alias.asname or alias.name: node.module
            for node in tree.body
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("repool.")
            for alias in node.names
        }
        used = {
            name.id for node in tree.body if is_compiled(node) for name in ast.walk(node) if isinstance(name, ast.Name)
        }
        taken = {elsewhere[name] for name in used & set(elsewhere)}
        assert all(module.startswith("repool.models.kernels.inlined.") for module in taken), (
            f"{path.name} takes from {taken}"
        )


def test_a_table_takes_its_intervals_without_the_distributions():
    """They are most of what a small job waits for: scipy.stats alone takes as long as pandas."""
    tables = sorted((SOURCE / "artifacts").glob("*/table.py"))
    loaded = modules_after("\n".join(f"import repool.artifacts.{path.parent.name}.table" for path in tables))
    assert not {"scipy.stats", "statsmodels", "matplotlib"} & loaded
