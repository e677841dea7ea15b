"""`make` chooses, checks and keeps its Python; with pretended interpreters, in a folder of an awkward name."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TARGETS = ("page", "quick", "test", "lint", "types", "unit", "slow", "soak", "environment", "lock", "pin", "clean")

# Answers as Python VERSION does to what envs/install.sh asks of it; what pip is told stands in pip.log.
INTERPRETER = """#!/bin/sh
case "$*" in
*version_info*) printf %s VERSION ;;
*ensurepip*) exit ENSUREPIP ;;
*"venv --clear"*) rm -rf "$4" && mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
*"-m pip"*) echo "$@" >>pip.log; [ ! -e pip.fails ] ;;
*) exit 9 ;;
esac
"""


class Machine:
    """A copy of what `make` needs, and a PATH with the interpreters of the test alone."""

    def __init__(self, folder: Path):
        self.folder = folder / "it's my proj ü"
        self.bin = folder / "bin"
        (self.folder / "envs").mkdir(parents=True)
        self.bin.mkdir()
        for name in ("Makefile", "pyproject.toml", "envs/install.sh", "envs/pythons.sh", "envs/requirements.txt"):
            shutil.copy(ROOT / name, self.folder / name)
        for tool in ("sh", "sed", "cat", "cksum", "paste", "rm", "mkdir", "cp"):
            (self.bin / tool).symlink_to(shutil.which(tool))

    def python(self, name: str, version: str, ensurepip: bool = True) -> Path:
        path = self.bin / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(INTERPRETER.replace("VERSION", version).replace("ENSUREPIP", "0" if ensurepip else "1"))
        path.chmod(0o755)
        return path

    def make(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
        environment = {"PATH": str(self.bin), "PYENV_ROOT": str(self.bin / "pyenv"), **variables}
        command = [shutil.which("make"), *arguments]
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True)

    @property
    def has(self) -> str | None:
        """The version of the environment that stands, if it is whole."""
        stamp = self.folder / ".venv" / "installed"
        return stamp.read_text().splitlines()[0] if stamp.exists() else None

    @property
    def installs(self) -> int:
        log = self.folder / "pip.log"
        return log.read_text().count("requirements.txt") if log.exists() else 0


@pytest.fixture
def machine(tmp_path) -> Machine:
    return Machine(tmp_path)


def test_what_serves_is_what_pyproject_and_the_readme_say():
    versions = re.search(r'^VERSIONS="(.*)"', (ROOT / "envs" / "pythons.sh").read_text(), re.MULTILINE)[1].split()
    last = int(versions[-1].split(".")[1])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert versions == [f"3.{minor}" for minor in range(11, last + 1)]
    assert project["requires-python"] == f">={versions[0]},<3.{last + 1}"
    assert f"Python {' or '.join(versions)}" in (ROOT / "README.md").read_text()


def test_a_python_that_does_not_serve_is_a_sentence_before_anything_is_made(machine):
    machine.python("python3.10", "3.10")
    machine.python("python3.11", "3.11")
    kept = machine.python("pyenv/versions/3.12.1/bin/python", "3.12")
    made = machine.make("quick", "PYTHON=python3.10")
    assert made.returncode == 2
    assert "python3.10 is Python 3.10. repool needs Python 3.11 or 3.12" in made.stderr
    assert 'add PYTHON="python3.11", PYTHON="' + str(kept) in made.stderr
    assert not (machine.folder / ".venv").exists()


@pytest.mark.parametrize("target", ["lock", "pin"])
def test_the_lock_is_made_by_a_python_that_serves(machine, target):
    machine.python("python3.10", "3.10")
    made = machine.make(target, "PYTHON=python3.10")
    assert made.returncode == 2
    assert "python3.10 is Python 3.10. repool needs Python 3.11 or 3.12" in made.stderr


@pytest.mark.parametrize("name", ["python3.9", "/nowhere/bin/python"])
def test_a_python_that_is_not_there_is_a_sentence(machine, name):
    made = machine.make("test", f"PYTHON={name}")
    assert made.returncode == 2
    assert f"{name} is not there, or does not run. repool needs Python 3.11 or 3.12" in made.stderr
    assert not (machine.folder / ".venv").exists()


def test_a_python_without_venv_names_the_package_that_has_it(machine):
    machine.python("python3", "3.11", ensurepip=False)
    made = machine.make("environment")
    assert made.returncode == 2
    assert "apt-get install python3.11-venv" in made.stderr
    assert not (machine.folder / ".venv").exists()


def test_an_environment_is_made_once(machine):
    machine.python("python3", "3.11")
    for _ in range(2):
        made = machine.make("environment")
        assert made.returncode == 0, made.stderr
        assert (machine.has, machine.installs) == ("3.11", 1)


def test_an_interpreter_may_stand_in_a_folder_with_a_space(machine):
    path = machine.python("my pythons/python", "3.12")
    made = machine.make("environment", f"PYTHON={path}")
    assert made.returncode == 0, made.stderr
    assert machine.has == "3.12"


def test_another_version_makes_the_environment_anew_and_no_wish_keeps_it(machine):
    machine.python("python3", "3.11")
    machine.python("python3.12", "3.12")
    machine.make("environment")
    (machine.folder / ".venv" / "of-3.11").touch()
    for arguments in (["PYTHON=python3.12"], [], ["PYTHON=python3.12"]):
        made = machine.make("environment", *arguments)
        assert made.returncode == 0, made.stderr
        assert (machine.has, machine.installs) == ("3.12", 2)
    assert not (machine.folder / ".venv" / "of-3.11").exists()
    assert machine.make("environment", PYTHON="python3").returncode == 0
    assert (machine.has, machine.installs) == ("3.11", 3)


def test_a_wish_that_cannot_be_met_leaves_the_environment_that_stands(machine):
    machine.python("python3", "3.11")
    machine.make("environment")
    machine.python("python3.10", "3.10")
    assert machine.make("environment", "PYTHON=python3.10").returncode == 2
    assert machine.has == "3.11"


def test_what_was_not_finished_is_begun_anew(machine):
    machine.python("python3", "3.11")
    (machine.folder / "pip.fails").touch()
    failed = machine.make("environment")
    assert failed.returncode == 2
    assert "pip could not install" in failed.stderr
    assert machine.has is None
    (machine.folder / ".venv" / "half").touch()
    (machine.folder / "pip.fails").unlink()
    assert machine.make("environment").returncode == 0
    assert machine.has == "3.11"
    assert not (machine.folder / ".venv" / "half").exists()


def test_an_environment_that_something_else_left_is_begun_anew(machine):
    machine.python("python3", "3.11")
    (machine.folder / ".venv").mkdir()
    (machine.folder / ".venv" / "half").touch()
    assert machine.make("environment").returncode == 0
    assert not (machine.folder / ".venv" / "half").exists()


def test_a_new_lock_is_installed_into_what_stands(machine):
    machine.python("python3", "3.11")
    machine.make("environment")
    own = machine.folder / ".venv" / "own"
    own.touch()
    with (machine.folder / "envs" / "requirements.txt").open("a") as lock:
        lock.write("another==1\n")
    assert machine.make("environment").returncode == 0
    assert (machine.has, machine.installs, own.exists()) == ("3.11", 2, True)


def test_an_environment_in_a_project_that_moved_is_made_anew(machine):
    machine.python("python3", "3.11")
    machine.make("environment")
    machine.folder = machine.folder.rename(machine.folder.with_name("moved"))
    assert machine.make("environment").returncode == 0
    assert machine.installs == 2


def test_an_environment_whose_interpreter_is_gone_is_made_anew(machine):
    machine.python("python3", "3.11")
    machine.make("environment")
    (machine.folder / ".venv" / "bin" / "python").unlink()
    assert machine.make("environment").returncode == 0
    assert machine.installs == 2


def test_a_variable_of_the_user_names_no_environment_to_clear(machine):
    machine.python("python3", "3.11")
    other = machine.folder / "other"
    other.mkdir()
    assert machine.make("environment", VENV="other").returncode == 0
    assert other.exists()
    assert machine.has == "3.11"


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_uses_relative_paths_that_a_space_cannot_break(machine, target):
    made = machine.make("--dry-run", target)
    assert made.returncode == 0, made.stderr
    assert machine.folder.name not in made.stdout


def test_every_target_is_tested():
    phony = re.search(r"^\.PHONY: (.*)", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
    assert set(phony.split()) == set(TARGETS)


# What .ci/run does with the other interpreters of the machine, when `make` answers as told.
MAKE = """#!/bin/sh
echo "make $*" >>made.log
case "$*" in
test) exit TEST ;;
environment*) echo "ENVIRONMENT"; exit FAILED ;;
unit*) exit UNIT ;;
esac
"""


def ci(machine: Machine, environment: str = "", failed: int = 0, unit: int = 0, test: int = 0):
    (machine.folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", machine.folder / ".ci" / "run")
    machine.python("python3.11", "3.11")
    machine.python("python3.12", "3.12")
    told = {"TEST": test, "ENVIRONMENT": environment, "FAILED": failed, "UNIT": unit}
    text = MAKE
    for name, value in told.items():
        text = text.replace(name, str(value))
    for tool in ("make", "chromium", "pdflatex", "pdftotext"):
        (machine.bin / tool).write_text(text if tool == "make" else "#!/bin/sh\n")
        (machine.bin / tool).chmod(0o755)
    for tool in ("bash", "env", "dirname", "tee", "grep", "mktemp"):
        (machine.bin / tool).symlink_to(shutil.which(tool))
    (machine.folder / ".venv" / "bin").mkdir(parents=True)
    shutil.copy(machine.bin / "python3.11", machine.folder / ".venv" / "bin" / "python")
    variables = {"PATH": str(machine.bin), "PYENV_ROOT": "/nowhere", "TMPDIR": str(machine.folder)}
    made = subprocess.run([".ci/run"], cwd=machine.folder, env=variables, capture_output=True, text=True)
    return made, (machine.folder / "made.log").read_text().splitlines()


def test_ci_runs_the_unit_tests_on_the_other_python_too(machine):
    made, commands = ci(machine)
    assert made.returncode == 0, made.stderr
    assert commands == [
        "make test",
        "make environment VENV=.venv-3.12 PYTHON=python3.12",
        "make unit VENV=.venv-3.12 PYTHON=python3.12",
    ]


@pytest.mark.parametrize(
    "told", [{"test": 2}, {"unit": 2}, {"failed": 2, "environment": "ERROR: No matching distribution found for numba"}]
)
def test_ci_fails_where_tests_or_the_lock_fail(machine, told):
    assert ci(machine, **told)[0].returncode != 0


@pytest.mark.parametrize(
    "reason",
    [
        "WARNING: Retrying (Retry(total=4, connect=None)) after connection broken by NewConnectionError",
        "pip._vendor.urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool(host=files): Read timed out.",
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
    ],
)
def test_ci_says_aloud_that_a_download_failed_and_goes_on(machine, reason):
    made, commands = ci(machine, environment=reason, failed=2)
    assert made.returncode == 0, made.stderr
    assert "NOT TESTED on Python 3.12" in made.stdout.splitlines()[-1]
    assert not [command for command in commands if "unit" in command]
