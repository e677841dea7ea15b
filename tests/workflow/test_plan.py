"""What `repool plan` says is what Snakemake plans; `repool status` goes by the files that the same workflow writes."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from project import ROOT, Project

TINY = ("--configfile", "config/tiny.yaml")
ARCHIVE = ("--archive", str(ROOT / "results" / "archive"))


def repool(folder: Path, *given: str) -> subprocess.CompletedProcess:
    """A command of a project's own package; the project's folder is the working one or given."""
    source = next(path for path in (folder, *folder.parents) if (path / "src").is_dir()) / "src"
    environment = {**os.environ, "PYTHONPATH": str(source)}
    command = [sys.executable, "-m", "repool", *given]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def plan(project: Project, *given: str) -> dict:
    made = repool(project.folder, "plan", *given, *TINY, "--json")
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)


def shown(project: Project, *given: str) -> str:
    made = repool(project.folder, "plan", *given, *TINY)
    assert made.returncode == 0, made.stderr
    return made.stdout


def status(project: Project, *given: str) -> dict:
    made = repool(project.folder, "status", *given, "--json")
    assert made.returncode == 0, made.stderr
    (found,) = json.loads(made.stdout)
    return found


def named(jobs: list[dict]) -> list[tuple[str, str]]:
    """As `Project.planned` names them."""
    keys = ("dataset", "method", "artifact")
    return sorted(
        (job["rule"], "/".join(job["wildcards"][key] for key in keys if key in job["wildcards"])) for job in jobs
    )


def whys(found: dict) -> dict[str, str]:
    """Why the first seed of each method trains."""
    return {one["method"]: next(iter(one["why"].values())) for one in found["trainings"]}


@pytest.fixture
def project(finished, tmp_path) -> Project:
    """The finished project, to be changed."""
    return Project.at(shutil.copytree(finished.folder, tmp_path / "project", symlinks=True))


@pytest.fixture(scope="module")
def fresh(tmp_path_factory) -> Project:
    return Project(tmp_path_factory.mktemp("fresh"))


def test_a_fresh_project_plans_what_snakemake_plans_and_why(fresh):
    found = plan(fresh, "table_1")
    assert named(found["jobs"]) == fresh.planned("table_1")
    assert whys(found) == dict.fromkeys(["gin", "graclus", "complement"], "no record yet")
    assert all(job["reason"].startswith(("Missing output files", "Input files updated")) for job in found["jobs"])
    assert (found["runs"], found["unknown_runs"], found["core_hours"]) == (3, 3, 0)
    assert found["outputs_of_unknown_size"] > 0


def test_what_the_archive_recorded_says_how_long_it_takes(fresh):
    found = plan(fresh, "table_1", *ARCHIVE)
    assert {one["source"] for one in found["trainings"]} == {
        "runs of the same family on the dataset, of other specifications"
    }
    assert found["unknown_runs"] == 0
    seconds = sum(one["seconds_a_run"] for one in found["trainings"])
    assert found["core_hours"] == found["gpu_hours"] == pytest.approx(seconds / 3600)
    without = plan(fresh, "table_1", *ARCHIVE, "--set-resources", "train_block:gpu=0")
    assert without["gpu_hours"] == 0


def test_it_is_said_in_a_screen_or_in_full(fresh):
    short, whole = shown(fresh, "table_1"), shown(fresh, "table_1", "--all")
    assert re.search(r"3  train_block +Missing output files\n", short)
    assert re.search(r"MUTAG +gin, graclus, complement|MUTAG +complement", short)
    assert "recorded nowhere, not even of a like, for 3 runs" in short
    assert "`python -m repool plan --probe`" in short
    assert re.search(r"collect_cell +tiny MUTAG gin +Missing output files: results/tiny/tables/cells/MUTAG/gin", whole)
    assert re.search(r"MUTAG gin +gin +1 +\? +no record yet", whole)


def test_status_of_a_fresh_project(fresh):
    made = repool(fresh.folder, "status")
    assert (made.returncode, made.stdout) == (1, "")
    assert "Nothing was run yet" in made.stderr
    assert status(fresh, *TINY)["done"] == 0


def test_where_all_is_done_there_is_nothing_to_plan(finished):
    assert "Nothing to be done" in shown(finished)
    found = plan(finished)
    assert (found["jobs"], found["runs"], found["bytes"]) == ([], 0, 0)
    state = status(finished)
    assert (state["pending"], state["failed"], state["running"], state["wrong"]) == (0, 0, 0, [])
    assert state["done"] == len(state["cells"]) > 10


def test_a_learning_rate_plans_its_method_and_says_so(project):
    with project.configured(methods={"gin": {"training": {"learning_rate": 0.01}}}):
        found = plan(project)
        assert named(found["jobs"]) == project.planned()
        assert whys(found) == {
            "gin": "its record is of another specification: training.learning_rate: 0.001, expected 0.01"
        }
        (training,) = found["trainings"]
        assert training["source"] == "runs of the same family on the dataset, of other specifications"
        assert found["bytes"] > 0
        assert found["outputs_of_unknown_size"] == 0
        state = status(project, *TINY)
        assert (state["outdated"], state["pending"]) == (1, 1)


def test_a_change_of_everything_names_each_cell_once(project):
    """So many that several processes read their records."""
    with project.configured(training={"max_epochs": 2}):
        found = plan(project)
        assert named(found["jobs"]) == project.planned()
        assert found["runs"] == len(found["trainings"]) > 16
        assert set(whys(found).values()) == {
            "its record is of another specification: training.max_epochs: 1, expected 2"
        }
        assert "train_block" not in found["other_seconds"]
        assert found["other_seconds"]["collect_cell"] > 0


def test_seeds_that_are_there_are_not_counted_again(project):
    with project.configured(seeds=2, seeds_per_job=2):
        found = plan(project, "results/tiny/tables/cells/MUTAG/gin.csv")
        (training,) = found["trainings"]
        assert (training["seeds"], training["there"]) == ([1], [0])
        assert (training["source"], training["recorded_runs"]) == ("runs of the same specification", 1)
        recorded = json.loads((project.folder / "results/tiny/runs/MUTAG/gin/seed-00.timing.json").read_text())
        assert training["seconds_a_run"] == recorded["seconds"]
        assert "1 run found whole, not trained again" in shown(project, "results/tiny/tables/cells/MUTAG/gin.csv")


def test_damaged_files_are_planned_with_what_is_wrong(project):
    results = project.folder / "results" / "tiny"
    record = results / "runs" / "MUTAG" / "gin" / "seed-00.json"
    record.write_text(record.read_text().replace('"test": 0.', '"test": 0.0'))
    (results / "tables" / "table_2.csv").write_text("")
    found = plan(project)
    assert named(found["jobs"]) == project.planned()
    assert whys(found) == {"gin": "its record is damaged"}
    assert found["damaged"] == [
        "results/tiny/tables/table_2.csv is not what was written: it was changed since (sha256)"
    ]
    assert "table_2.csv is not what was written" in shown(project)
    state = status(project)
    assert state["pending"] == 1
    assert "gin/seed-00.json: test is" in state["wrong"][0]


def test_from_another_folder_with_an_overlay_and_results_elsewhere(finished, tmp_path):
    config = str(finished.folder / "config" / "tiny.yaml")
    snakefile = str(finished.folder / "workflow" / "Snakefile")
    given = ["--snakefile", snakefile, "--directory", str(finished.folder), "--configfile", config, "--json"]
    source = {**os.environ, "PYTHONPATH": str(finished.folder / "src")}
    made = [
        subprocess.run(
            [sys.executable, "-m", "repool", *words], cwd=tmp_path, env=source, capture_output=True, text=True
        )
        for words in (["plan", *given], ["plan", "figure_1", "--configfile", config, "--json"])
    ]
    assert [one.returncode for one in made] == [0, 0], made
    there, here = (json.loads(one.stdout) for one in made)
    assert (there["folder"], there["jobs"]) == (str(finished.folder), [])
    assert here["folder"] == str(tmp_path)
    assert here["runs"] > 0


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (["no_such_target"], "No rule to produce no_such_target"),
        (["--configfile", "config/none.yaml"], "No such file or directory: 'config/none.yaml'"),
        (["--config", "seeds=many"], "'many' are no seeds"),
        (["--no-such-option"], "unrecognized arguments: --no-such-option"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_mistake_is_snakemakes_sentence_and_no_traceback(fresh, given, sentence):
    made = repool(fresh.folder, "plan", *given)
    assert (made.returncode, made.stdout) == (1, "")
    assert made.stderr.startswith("repool: Snakemake does not plan this. ")
    assert sentence in made.stderr
    assert "Traceback" not in made.stderr
    assert len(made.stderr.splitlines()) <= 3


def test_both_while_snakemake_runs(project):
    """It holds its lock and trains gin for long."""
    changes = {"methods": {"gin": {"training": {"max_epochs": 1000, "stop_patience": 1000}}}}
    target = "results/tiny/tables/cells/MUTAG/gin.csv"
    with project.configured(**changes):
        command = [sys.executable, "-m", "snakemake", target, "--cores", "1", *TINY]
        quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        running = subprocess.Popen(command, cwd=project.folder, start_new_session=True, **quiet)
        try:
            while not (state := status(project))["running"] and running.poll() is None:
                pass
            found = plan(project, target)
        finally:
            os.killpg(running.pid, signal.SIGINT)  # as Ctrl-C, all that runs
            running.communicate()
    assert [job["rule"] for job in found["jobs"]] == ["train_block", "collect_cell"]
    assert (state["running"], state["pending"]) == (1, 0)
    (block,) = state["training"]
    assert (block["method"], block["seeds"], block["ended"]) == ("gin", [0], "")
    with project.configured(**changes):
        state = status(project)
        assert (state["running"], state["pending"], len(state["left"])) == (0, 1, 1)
        assert state["left"][0]["ended"].startswith("stopped by ")
        assert plan(project, target)["runs"] == 1


def test_a_probe_says_what_nothing_recorded_does(project):
    shutil.rmtree(project.folder / "results" / "tiny" / "runs" / "MUTAG")
    target = "results/tiny/tables/cells/MUTAG/gin.csv"
    before = plan(project, target)
    assert (before["unknown_runs"], before["core_hours"]) == (1, 0)
    after = plan(project, target, "--probe")
    assert after["trainings"][0]["source"] == "two epochs that were probed"
    assert after["core_hours"] > 0
    probe = json.loads((project.folder / "results/tiny/probes/MUTAG/gin.json").read_text())
    assert after["core_hours"] == pytest.approx(probe["seconds_an_epoch"] / 3600), "it trains one epoch"
    assert plan(project, target) == after
    shutil.rmtree(project.folder / "results" / "tiny" / "data")
    (project.folder / "results" / "tiny" / "probes" / "MUTAG" / "gin.json").unlink()
    made = repool(project.folder, "plan", target, "--probe", *TINY)
    assert made.returncode == 0
    assert "MUTAG is not prepared: 1 cell of it cannot be probed" in made.stderr
