"""The lock, pyproject.toml and the conda environments name the same packages at the same versions."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
ENVS = ROOT / "envs"
FLOORS = {"driver": ("analysis", "figures", "report"), "trainer-cpu": ("datasets", "models", "training")}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(environment: str) -> dict[str, str]:
    lines = yaml.safe_load((ENVS / f"{environment}.yaml").read_text())["dependencies"][-1]["pip"]
    return dict(line.split("==") for line in lines if not line.startswith("--"))


def test_the_environments_are_those_of_the_lock():
    made = subprocess.run([sys.executable, ENVS / "make.py", "--check"], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr


def test_a_check_finds_a_version_that_the_lock_does_not_have(tmp_path):
    for name in ("make.py", "requirements.txt", "driver.yaml", "trainer-cpu.yaml", "trainer-cuda.yaml"):
        (tmp_path / name).write_text(
            (ENVS / name).read_text().replace("pandas==3", "pandas==2" if name[0] == "d" else "pandas==3")
        )
    made = subprocess.run([sys.executable, tmp_path / "make.py", "--check"], capture_output=True, text=True)
    assert made.returncode == 1
    assert "driver.yaml differ from the lock" in made.stderr


def test_together_they_hold_every_dependency_and_no_test():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    names = {canonical(re.match(r"[\w.-]+", text)[0]) for text in project["dependencies"] + extras["slurm"]}
    together = {canonical(name) for environment in FLOORS for name in pinned(environment)}
    assert names <= together
    assert not {"torch", "numba"} & pinned("driver").keys()
    assert not {"pytest", "torch-geometric", "snakemake"} & pinned("trainer-cpu").keys()


def test_the_two_trainers_differ_in_the_build_of_torch_alone():
    assert pinned("trainer-cpu") == pinned("trainer-cuda")
    assert "whl/cpu" in (ENVS / "trainer-cpu.yaml").read_text()
    assert "whl/cpu" not in (ENVS / "trainer-cuda.yaml").read_text()


@pytest.mark.parametrize("environment", FLOORS)
def test_what_a_floor_imports_is_in_its_environment(environment):
    held = {canonical(name) for name in pinned(environment)}
    distributions = packages_distributions()
    paths = [path for floor in FLOORS[environment] for path in (ROOT / "src" / "repool" / floor).rglob("*.py")]
    for path in [*paths, *(ROOT / "src" / "repool").glob("*.py")]:
        for module in imported(path) - sys.stdlib_module_names - {"repool", "__future__"}:
            assert {canonical(name) for name in distributions[module]} & held, f"{path.name} imports {module}"


def imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    names = [name.name for node in nodes if isinstance(node, ast.Import) for name in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level]
    return {name.partition(".")[0] for name in names}


@pytest.mark.slow
def test_the_lock_installs_into_an_empty_environment_and_runs(tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHONPATH", raising=False)
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    python = venv / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", ENVS / "requirements.txt"], check=True)
    target = "results/quick/tables/cells/MUTAG/graclus.csv"
    options = ["--snakefile", ROOT / "workflow" / "Snakefile", "--configfile", ROOT / "config" / "quick.yaml"]
    ran = subprocess.run(
        [python, "-m", "snakemake", target, "--cores", "1", *options], cwd=tmp_path, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert (tmp_path / target).is_file()
