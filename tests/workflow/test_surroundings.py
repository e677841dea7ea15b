"""The shell, the folder and the user that the workflow runs in decide nothing."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from project import ROOT, Project

from repool.artifacts.distribution.table import COLUMNS
from repool.overlays import merged
from repool.spec import spec_text
from repool_workflow.environment import export, typed_in

SNAKEFILE = ROOT / "workflow" / "Snakefile"
CARD = "results/quick/data/MUTAG/card.json"
QUICK = ["--configfile", str(ROOT / "config" / "quick.yaml")]
SHADOWS = ("statistics", "numbers", "typing", "json", "random", "yaml", "repool", "labels", "grid", "found")
NOBODY = 12345


def snakemake(folder: Path, *arguments: str, snakefile: Path = SNAKEFILE, **variables: str) -> str:
    """What Snakemake says, called in a folder as a shell does."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(snakefile), "--cores", "1", *arguments]
    environment = {**os.environ, "PWD": str(folder), **variables}
    made = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)
    said = made.stdout + made.stderr
    assert made.returncode == 0, said
    assert "Traceback" not in said
    return said


def test_a_figure_is_drawn_from_a_notebook(finished, tmp_path):
    project = Project(tmp_path / "project")
    project.take(finished)
    (project.folder / "results" / "tiny" / "figures" / "figure_1.svg").unlink()
    backend = "module://matplotlib_inline.backend_inline"
    given = ["results/tiny/figures/figure_1.svg", "--configfile", "config/tiny.yaml"]
    snakemake(project.folder, *given, snakefile=project.folder / "Snakefile", MPLBACKEND=backend)
    assert (project.folder / "results" / "tiny" / "figures" / "figure_1.svg").exists()


def shadowed(folder: Path) -> Path:
    for name in SHADOWS:
        (folder / f"{name}.py").write_text("raise SystemExit('this is the module of the working folder')\n")
    return folder


def test_modules_of_the_working_folder_stand_for_nothing(tmp_path):
    command = [sys.executable, "-m", "repool", "data", "list", "--sources", str(ROOT / "config" / "datasets.yaml")]
    without = {key: value for key, value in os.environ.items() if key != "PYTHONSAFEPATH"}
    without["PYTHONPATH"] = str(ROOT / "src")
    # Python itself finds the package, so that of the working folder must not have its name.
    (shadowed(tmp_path) / "repool.py").unlink()
    made = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=without)
    assert made.returncode == 0, made.stdout + made.stderr


def test_modules_of_the_working_folder_stand_for_nothing_in_jobs(tmp_path):
    # Snakemake itself is started as its own command is, which does not look into the working folder.
    said = snakemake(shadowed(tmp_path), CARD, *QUICK, PYTHONSAFEPATH="1")
    assert (tmp_path / CARD).exists(), said


def test_a_workflow_that_has_modules_of_the_same_names_imports_this_one(tmp_path):
    names = ("labels", "grid", "found", "places", "configuration", "environment", "rebuild", "mistakes", "stale")
    for name in names:
        (tmp_path / f"{name}.py").write_text(f"WHOSE = {name!r}\n")
    config = {"repool": merged([ROOT / "config" / "paper.yaml", ROOT / "config" / "quick.yaml"])}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
    own = f"""
import sys
sys.path.insert(0, {str(tmp_path)!r})
import {", ".join(names)}
configfile: "config.yaml"
module repool:
    snakefile: {str(SNAKEFILE)!r}
    config: config["repool"]
    prefix: "pooling"
use rule * from repool as repool_*
assert [module.WHOSE for module in ({", ".join(names)})] == {list(names)}
rule own:
    default_target: True
    input: "pooling/report/paper.html"
"""
    (tmp_path / "Snakefile").write_text(own)
    assert "repool_render_page" in snakemake(tmp_path, "--dry-run", snakefile=tmp_path / "Snakefile")


@pytest.fixture
def clean(monkeypatch):
    """An environment in which `export` may write."""
    for name in ("PATH", "PYTHONPATH", "PYTHONSAFEPATH", "REPOOL_PROJECT", "REPOOL_MIRROR"):
        monkeypatch.setenv(name, os.environ.get(name, ""))
    monkeypatch.delenv("REPOOL_MIRROR")


@pytest.mark.usefixtures("clean")
@pytest.mark.parametrize("by", ["configuration", "variable"])
@pytest.mark.parametrize("named", ["~/data", "data", "../typed/data"])
def test_a_mirror_is_found_from_where_the_command_was_typed(tmp_path, monkeypatch, named, by):
    for folder in ("typed/data", "work/data"):
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.setenv("HOME", str(tmp_path / "typed"))
    monkeypatch.chdir(tmp_path / "work")
    if by == "variable":
        monkeypatch.setenv("REPOOL_MIRROR", named)
    export({"mirror": named if by == "configuration" else None}, tmp_path / "typed")
    assert os.environ["REPOOL_MIRROR"] == str(tmp_path / "typed" / "data")


@pytest.mark.usefixtures("clean")
def test_a_mirror_may_lie_in_the_working_folder_and_need_not_be_there(tmp_path, monkeypatch):
    (tmp_path / "work" / "data").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "work")
    export({"mirror": "data"}, tmp_path / "typed")
    assert os.environ["REPOOL_MIRROR"] == str(tmp_path / "work" / "data")
    monkeypatch.delenv("REPOOL_MIRROR")
    export({"mirror": "nowhere"}, tmp_path / "typed")
    assert os.environ["REPOOL_MIRROR"] == str(tmp_path / "typed" / "nowhere")


def test_the_shells_folder_counts_after_directory_alone(tmp_path, monkeypatch):
    """Who starts Snakemake in a folder need not have told its variable."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PWD", "/somewhere/else")

    class Workflow:
        overwrite_workdir: Path | None = None

    assert typed_in(Workflow()) == tmp_path
    Workflow.overwrite_workdir = tmp_path
    assert typed_in(Workflow()) == Path("/somewhere/else")


def test_a_relative_mirror_and_another_working_folder(tmp_path):
    (tmp_path / "data").mkdir()
    given = [CARD, *QUICK, "--directory", "work"]
    said = snakemake(tmp_path, *given, REPOOL_MIRROR="data")
    assert (tmp_path / "work" / CARD).exists(), said


def test_a_missing_mirror_stops_what_reads_it_and_nothing_else(finished, tmp_path):
    environment = {**os.environ, "REPOOL_MIRROR": "nowhere", "PWD": str(tmp_path)}
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(SNAKEFILE), "--cores", "1", CARD, *QUICK]
    made = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment)
    assert made.returncode == 1
    assert f"The mirror folder {tmp_path / 'nowhere'} does not exist (" in (
        (tmp_path / "results/quick/logs/prepare_dataset/MUTAG.log").read_text()
    )
    assert "Traceback" not in made.stdout + made.stderr
    assert "Nothing to be done" in snakemake(
        finished.folder, "--configfile", "config/tiny.yaml", snakefile=finished.folder / "Snakefile",
        REPOOL_MIRROR="nowhere",
    )  # fmt: skip


def test_a_page_from_a_checkout_with_an_odd_name_made_in_another_folder(finished, tmp_path):
    """The results lie in the working folder, and one more training runs there."""
    project = Project(tmp_path / "it's my pröject")
    work = tmp_path / "my wörk's"
    work.mkdir()
    for part in ("results", ".snakemake"):
        shutil.copytree(finished.folder / part, work / part, symlinks=True)
    shutil.rmtree(work / "results" / "tiny" / "runs" / "MUTAG" / "gin")
    given = ["--configfile", str(project.folder / "config" / "tiny.yaml")]
    said = snakemake(work, *given, snakefile=project.folder / "workflow" / "Snakefile")
    assert said.count("rule train_block:") == 1
    page = (work / "report" / "paper.html").read_text()
    assert str(tmp_path) not in page
    assert "--configfile config/tiny.yaml" in page


# Another user, who may read everything, for the Python of these tests may lie in root's home, and write nothing.
SETPRIV = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
SETPRIV += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]


@pytest.fixture
def theirs(tmp_path) -> Path:
    """The one folder that another user may write."""
    if os.geteuid() != 0 or subprocess.run([*SETPRIV, "true"], capture_output=True, check=False).returncode:
        pytest.skip("needs to become another user")
    for folder in (tmp_path, *tmp_path.parents):
        folder.chmod(folder.stat().st_mode | 0o111) if "pytest" in folder.name else None
    folder = tmp_path / "theirs"
    folder.mkdir()
    os.chown(folder, NOBODY, NOBODY)
    return folder


def as_nobody(*words: str, **variables: str) -> str:
    """What a command says to a user who has no entry among the users; the checkout is not theirs."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src"), **variables}
    command = [*SETPRIV, sys.executable, "-m", *words]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    return made.stdout + made.stderr


def test_a_user_without_a_home_prepares_trains_and_draws(theirs, tmp_path):
    as_nobody("repool", "data", "prepare", "MUTAG", "--out", str(theirs / "data"))
    config = merged([ROOT / "config" / "paper.yaml", ROOT / "config" / "quick.yaml"])
    config["training"]["max_epochs"] = 1
    out = str(theirs / "runs" / "MUTAG" / "complement")
    given = ["--spec", spec_text(config, "MUTAG", "complement"), "--seeds", "0", "--data", str(theirs / "data")]
    as_nobody("repool", "train", *given, "--out", out)
    assert json.loads((theirs / "runs" / "MUTAG" / "complement" / "seed-00.json").read_text())["epochs"] == 1
    columns = ",".join(COLUMNS)
    rows = {"dataset": "MUTAG", "method": "graclus", "metric": "accuracy", "unit": "%", "status": "embedded"}
    values = [",".join(str(rows.get(name, seed)) for name in COLUMNS) for seed in range(3)]
    (tmp_path / "figure_1.csv").write_text("\n".join([columns, *values, ""]))
    figure = ["--svg", str(theirs / "figure_1.svg"), "--pdf", str(theirs / "figure_1.pdf")]
    as_nobody("repool", "plot", "figure_1", "--table", str(tmp_path / "figure_1.csv"), *figure)
    assert (theirs / "figure_1.svg").exists()


@pytest.mark.slow
def test_snakemake_for_a_user_without_a_home_as_the_readme_says(theirs, tmp_path):
    """A checkout that is not theirs, the results elsewhere."""
    project = Project(tmp_path / "project")
    given = ["--snakefile", str(project.folder / "Snakefile"), "--directory", str(theirs), "--cores", "1"]
    configuration = ["--configfile", str(project.folder / "config" / "tiny.yaml")]
    variables = {"HOME": "/nowhere", "USER": "me", "XDG_CACHE_HOME": str(theirs / ".cache")}
    assert all(f"{name}=" in (ROOT / "README.md").read_text() for name in ("USER", "XDG_CACHE_HOME"))
    as_nobody("snakemake", "results/tiny/figures/figure_1.svg", *given, *configuration, **variables)
    assert (theirs / "results" / "tiny" / "figures" / "figure_1.svg").exists()
