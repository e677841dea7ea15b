"""Whatever command a document, a comment or a message names can be given: planned, parsed or asked of `make`."""

import argparse
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import snakemake.cli

from commands import ROOT, Command, collected, documents, planned, uncollected
from repool.cli import parsed

ALL = [command for path in documents() for command in collected(path)]
# Named for what they are, or continued by words around them: nothing that one gives as it stands.
MENTIONS = {"snakemake --report", "snakemake --sdm conda", "snakemake --resources gpu=2", "python -m repool"}
QUICK = ["--configfile", "config/quick.yaml"]


def of(program: str) -> list[Command]:
    """The commands of a program, each wording once."""
    different = {tuple(command.words): command for command in ALL if command.arguments[0] == program}
    return [command for words, command in different.items() if " ".join(words) not in MENTIONS]


def named(command: Command) -> str:
    return f"{command.file}: {command.text}"


SNAKEMAKE = of("snakemake")
PYTHON = of("python")


def test_the_documents_have_commands_and_none_is_overlooked():
    assert {"README.md", "docs/cluster.md", "config/cpu.yaml", "workflow/Snakefile"} <= {each.file for each in ALL}
    assert not {str(path): found for path in documents() if (found := uncollected(path))}


@pytest.mark.parametrize("command", of("make"), ids=named)
def test_make_knows_it(command):
    if not (make := shutil.which("make")):
        pytest.skip("no make")
    outer = {name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name != "MFLAGS"}
    given = [make, "--dry-run", *command.arguments[1:]]
    made = subprocess.run(given, cwd=ROOT, env=outer, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr


@pytest.mark.parametrize("command", [each for each in PYTHON if each.arguments[1] == "-m"], ids=named)
def test_repool_understands_it(command):
    assert parsed(command.arguments[3:]).run


@pytest.mark.parametrize("command", [each for each in PYTHON if "benchmarks/" in each.arguments[1]], ids=named)
def test_a_benchmark_understands_it(command, monkeypatch):
    class Understood(BaseException):
        pass

    parse = argparse.ArgumentParser.parse_args

    def parse_alone(self: argparse.ArgumentParser, *arguments: object) -> None:
        parse(self, *arguments)
        raise Understood

    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", parse_alone)
    monkeypatch.setattr(sys, "argv", command.arguments[1:])
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    with pytest.raises(Understood):
        runpy.run_path(str(ROOT / command.arguments[1]), run_name="__main__")


def test_every_script_of_envs_that_is_named_is_there():
    scripts = {each.arguments[1] for each in PYTHON if each.arguments[1].startswith("envs/")}
    assert all((ROOT / script).is_file() for script in scripts)


@pytest.mark.parametrize("command", SNAKEMAKE, ids=named)
def test_snakemake_is_told_on_how_many_cores(command):
    """A plan does without, so it would not notice."""
    if {"--report", "--unlock"} & set(command.arguments):
        return
    profiles = re.findall(r"--profile (\S+)", " ".join(command.arguments))
    settings = "\n".join((ROOT / profile / "config.yaml").read_text() for profile in profiles)
    assert "--cores" in command.arguments or re.search(r"^(cores|jobs):", settings, re.MULTILINE)


@pytest.mark.parametrize("command", SNAKEMAKE, ids=named)
def test_targets_stand_first(command, monkeypatch):
    """`--configfile`, `--config` and `--resources` take all words after them."""
    monkeypatch.chdir(ROOT)
    _, options = snakemake.cli.parse_args(command.arguments[1:])
    assert all(Path(file).suffix == ".yaml" for file in options.configfile or ())
    first = re.match(r"snakemake ((?:[\w./]+ )*?)(?=-|$)", " ".join(command.arguments) + " ")[1].split()
    assert sorted(options.targets) == sorted(first)


@pytest.fixture(scope="module")
def mine(tmp_path_factory) -> Path:
    """The configuration of docs/new-pooling.md; its new part, which a test of that page's own adds, is another here."""
    (text,) = re.findall(r"^```yaml\n(.*?)^```$", (ROOT / "docs" / "new-pooling.md").read_text(), re.M | re.S)
    path = tmp_path_factory.mktemp("mine") / "mine.yaml"
    path.write_text(text.replace("select: sharp", "select: uniform"))
    return path


def plan_of(command: Command, mine: Path) -> list[str]:
    """The dry run of a command: without a report, which needs results, and without conda where there is none."""
    words = shlex.join(command.arguments[1:]).replace("config/mine.yaml", shlex.quote(str(mine)))
    words = re.sub(r"--report \S+", "", words)
    if not shutil.which("conda"):
        words = words.replace("--sdm conda", "")
    return [*shlex.split(words), "--dry-run", "--nolock", "--quiet"]


def in_little(arguments: list[str]) -> list[str]:
    """The same with the quick configuration in place of the paper's, on one number of cores and GPUs."""
    if "--configfile" not in arguments:
        arguments = [*(word.replace("results/paper/", "results/quick/") for word in arguments), *QUICK]
    return shlex.split(re.sub(r"(--cores |gpu=)\d+", r"\g<1>2", shlex.join(arguments)))


def assert_plans(plans: list[list[str]], folder: Path, elsewhere: Path) -> None:
    different = list(dict.fromkeys(map(tuple, plans)))
    for place in (folder, elsewhere):
        given = [list(words) for words in different if ("--snakefile" in words) == (place is elsewhere)]
        outcomes = planned([({}, words) for words in given], place)
        failed = [
            f"snakemake {' '.join(words)}\n{output}"
            for words, (code, output) in zip(given, outcomes, strict=True)
            if code
        ]
        assert not failed, "\n\n".join(failed)


WITH_A_PLAN = [command for command in SNAKEMAKE if "--unlock" not in command.arguments]
# What `python -m repool plan` passes on to Snakemake.
PASSED_ON = [parsed(each.arguments[3:]).more for each in PYTHON if each.arguments[1:4] == ["-m", "repool", "plan"]]


def test_snakemake_plans_it(mine, tmp_path):
    (tmp_path / "config").symlink_to(ROOT / "config")
    passed_on = [[*words, "--dry-run", "--nolock", "--quiet"] for words in PASSED_ON]
    assert len(passed_on) > 3
    assert_plans(
        [in_little(plan) for plan in [*(plan_of(each, mine) for each in WITH_A_PLAN), *passed_on]], ROOT, tmp_path
    )


@pytest.mark.slow
def test_snakemake_plans_it_for_the_whole_paper(mine, tmp_path):
    assert_plans([plan_of(command, mine) for command in WITH_A_PLAN], ROOT, tmp_path)
