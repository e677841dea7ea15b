"""What the repository promises about itself."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]


def lock() -> dict[str, str]:
    lines = (ROOT / "envs" / "requirements.txt").read_text().splitlines()
    return {canonical(name): version for name, version in (line.split("==") for line in lines if "==" in line)}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements() -> list[tuple[str, str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    listed = [*project["dependencies"], *extras["slurm"], *extras["test"]]
    return [(canonical(match[1]), match[2]) for text in listed if (match := re.match(r"([\w.-]+)>=([\d.]+)", text))]


def test_the_lock_holds_every_requirement_at_an_allowed_version():
    locked = lock()
    for name, lowest in requirements():
        assert name in locked, f"{name} is not in envs/requirements.txt"
        assert as_numbers(locked[name]) >= as_numbers(lowest), name


def as_numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def test_the_readme_names_every_requirement_with_its_reason():
    readme = (ROOT / "README.md").read_text().lower()
    missing = [name for name, _ in requirements() if name not in readme]
    assert not missing


def test_files_are_short_enough_for_one_purpose():
    long = {
        str(path.relative_to(ROOT)): lines
        for folder in ("src", "workflow", "tests", "benchmarks")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".smk") and (lines := len(path.read_text().splitlines())) > 300
    }
    assert not long


def test_a_commit_passes_the_checks_of_make():
    """The hooks of pre-commit are the commands of `make lint` and `make types`."""
    rules = re.findall(r"^(?:lint|types): environment\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    lines = [line.split("-m ")[1] for rule in rules for line in rule.splitlines()]
    commands = {line.removesuffix(" .") for line in lines}  # pre-commit names the files
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    assert {hook["entry"].split("-m ")[1] for hook in hooks} == commands
