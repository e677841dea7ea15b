"""The Slurm profile on a real Slurm: from a mirror to the page, offline, with trainings killed and requeued."""

import hashlib
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from scheduler import Cluster, install, wait_until

from repool.overlays import merged

ROOT = Path(__file__).parents[2]
METHODS = ("graclus", "complement")
DECLARED = {
    **{"format": "tu", "task": "classification", "metric": "accuracy", "split": "stratified"},
    **{"features": {"kind": "labels"}, "licence": "made by a test"},
    "files": [{"name": "TOY.zip", "mirror": "tu/TOY.zip", "urls": ["https://example.invalid/TOY.zip"]}],
}
PARTITIONS = {"partitions": {"plain": {"max_cpus_per_task": 3}, "cards": {"max_gpu": 2}}}
# Ask soon and often; ask squeue, for this Slurm keeps no accounts; no new attempt that hides a failure.
IMPATIENT = {
    **{"slurm-partition-config": "partitions.yaml", "slurm-status-command": "squeue", "retries": "0", "cores": "3"},
    **{"slurm-init-seconds-before-status-checks": "1", "seconds-between-status-checks": "1", "latency-wait": "10"},
}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Iterator[Cluster]:
    """A running Slurm."""
    if reason := install():
        pytest.skip(f"no Slurm here: {reason}")
    made = Cluster(tmp_path_factory.mktemp("slurm"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A checkout with one small dataset, which stands in a mirror, and two methods."""
    folder = checkout(tmp_path_factory.mktemp("project"))
    write_mirror(folder / "mirror" / "tu" / "TOY.zip")
    with (folder / "config" / "datasets.yaml").open("a") as file:
        file.write(yaml.safe_dump({"TOY": DECLARED}))
    artifacts = merged([ROOT / "config" / "paper.yaml"])["artifacts"]
    shown = {"figure_1": {"datasets": ["TOY"]}, "table_s1": {"datasets": ["TOY"]}}
    overlay = {
        **{"name": "toy", "seeds": 2, "seeds_per_job": 2, "mirror": "mirror"},
        # So long that neither has finished when the other has trained an epoch, where nothing is left to compile.
        "training": {"max_epochs": 1500, "stop_patience": 1500},
        "grids": {"sizes": {"vary": {"layers": [2], "hidden": [16]}}},
        "hyperparameters": {"table_s2": {"TOY": {"layers": 2, "hidden": 16, "batch": 8}}},
        "artifacts": {**{name: {"datasets": []} for name in artifacts}, **shown},
    }
    (folder / "config" / "toy.yaml").write_text(yaml.safe_dump(overlay))
    return folder


def checkout(folder: Path) -> Path:
    """A copy of the project, with the partitions of the cluster here."""
    shutil.copy(ROOT / "Snakefile", folder)
    (folder / "profiles").symlink_to("workflow/profiles")
    for part in ("workflow", "config", "report"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("*.html", "*.pdf", "__pycache__"))
    for part in ("src", "envs"):  # compiled loops are kept beside the code
        (folder / part).symlink_to(ROOT / part)
    (folder / "partitions.yaml").write_text(yaml.safe_dump(PARTITIONS))
    return folder


def write_mirror(path: Path) -> None:
    """120 small rings and paths in the format of the TU collection."""
    draw = random.Random(5)
    edges, indicator, labels, nodes = [], [], [], []
    for graph in range(1, 121):
        size, first = draw.randint(4, 12), len(indicator) + 1
        ring = graph % 2
        pairs = [(first + i, first + (i + 1) % size) for i in range(size if ring else size - 1)]
        edges += [f"{a}, {b}\n{b}, {a}\n" for a, b in pairs]
        indicator += [f"{graph}\n"] * size
        labels.append(f"{ring}\n")
        nodes += [f"{draw.randint(0, 2)}\n" for _ in range(size)]
    path.parent.mkdir(parents=True)
    with zipfile.ZipFile(path, "w") as archive:
        parts = {"A": edges, "graph_indicator": indicator, "graph_labels": labels, "node_labels": nodes}
        for name, lines in parts.items():
            archive.writestr(f"TOY/TOY_{name}.txt", "".join(lines))


@pytest.fixture(scope="module")
def ran(cluster, project) -> SimpleNamespace:
    """The whole way through Slurm; both trainings are killed and requeued once they have done an epoch."""
    logs = {method: log_of(project, method) for method in METHODS}
    output = project / "snakemake.log"
    with output.open("w") as file:
        snakemake = cluster.begin(*command("toy"), cwd=project, stdout=file, stderr=subprocess.STDOUT)
        try:
            trains = "both trained an epoch"

            def trained() -> bool:
                return all("epoch 1:" in text(log) for log in logs.values())

            wait_until(lambda: trained() or snakemake.poll() is not None, trains, seconds=240)
            assert trained(), text(output)
            before = {method: text(log) for method, log in logs.items()}
            tasks = cluster.ask("squeue", "--noheader", "--states=RUNNING", "--format=%i").split()
            for task in tasks:
                cluster.ask("scontrol", "requeue", task)
            wait_until(lambda: all(started_again(cluster, task) for task in tasks), "both started again", seconds=120)
            snakemake.wait(timeout=480)
        finally:
            snakemake.kill()
    return SimpleNamespace(code=snakemake.returncode, said=text(output), logs=logs, before=before, tasks=tasks)


@cache
def python() -> str:
    """This Python by a path without a space: Snakemake does not quote it in what it submits."""
    if " " not in sys.executable:
        return sys.executable
    link = Path(tempfile.mkdtemp()) / "environment"
    link.symlink_to(Path(sys.executable).parents[1])
    return str(link / "bin" / Path(sys.executable).name)


def command(configuration: str) -> list[str]:
    """The profile's command line, up to the page of a configuration."""
    options = {**IMPATIENT, "configfile": f"config/{configuration}.yaml"}
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return [python(), "-m", "snakemake", "--profile", "workflow/profiles/slurm", "report/paper.html", *words]


def log_of(project: Path, method: str) -> Path:
    """The log of a method's only block."""
    planned = subprocess.run(
        [*(sys.executable, "-m", "snakemake", "--dry-run", "--cores", "1", "--configfile", "config/toy.yaml")],
        cwd=project,
        capture_output=True,
        text=True,
    )
    return project / re.search(rf"log: (results/toy/logs/train_block/TOY/{method}/\S+)", planned.stdout)[1]


def text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def started_again(cluster: Cluster, task: str) -> bool:
    """Whether a requeued task runs; Slurm would wait two minutes before it starts one again."""
    cluster.ask("scontrol", "update", f"JobId={task}", "StartTime=now")
    shown = cluster.ask("scontrol", "show", "job", task)
    return "Restarts=1" in shown and ("JobState=RUNNING" in shown or "JobState=COMPLETED" in shown)


def test_it_came_to_the_page(ran, project):
    assert ran.code == 0, ran.said
    assert "TOY" in (project / "report" / "paper.html").read_text()


def test_every_job_went_where_its_needs_are_met(ran):
    by_job = {job: partition for partition, job in re.findall(r"partition '(\w+)' for job (\w+)", ran.said)}
    assert by_job.pop("train_block") == "cards"
    assert set(by_job.values()) == {"plain"}
    assert "Submitted array job" in ran.said
    assert "Group job cells" in ran.said


def test_each_training_had_a_gpu_of_its_own(ran):
    leased = {re.search(r"leased GPU (\d), of 1", before)[1] for before in ran.before.values()}
    assert leased == {"0", "1"}


def test_a_requeued_training_goes_on_from_its_checkpoint(ran, project):
    assert len(ran.tasks) == len(METHODS)
    for method, log in ran.logs.items():
        assert "going on from" in log.read_text()
        runs = project / "results" / "toy" / "runs" / "TOY" / method
        assert json.loads((runs / "seed-00.timing.json").read_text())["resumed"] is True
        assert not list((runs / "checkpoints").glob("*.pt"))


@pytest.mark.usefixtures("ran")
def test_compute_nodes_had_no_network(cluster, project):
    card = json.loads((project / "results" / "toy" / "data" / "TOY" / "card.json").read_text())
    mirror = (project / "mirror" / "tu" / "TOY.zip").read_bytes()
    assert card["source"][0]["sha256"] == hashlib.sha256(mirror).hexdigest()
    if not cluster.inside:
        pytest.skip("this kernel gives no network of its own; an unreachable proxy stood in")
    reach = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=5)"
    tried = cluster.begin(sys.executable, "-c", reach, stderr=subprocess.PIPE, text=True)
    assert "Network is unreachable" in tried.communicate()[1]


@pytest.mark.slow
def test_the_quick_configuration_comes_to_its_page(cluster, tmp_path):
    """48 trainings in arrays, and everything after them: a quarter of an hour on two cores."""
    folder = checkout(tmp_path)
    output = folder / "snakemake.log"
    with output.open("w") as file:
        wanted = command("quick")
        snakemake = cluster.begin(*wanted, cwd=folder, stdout=file, stderr=subprocess.STDOUT)
        try:
            assert snakemake.wait(timeout=2400) == 0, text(output)[-5000:]
        finally:
            snakemake.kill()
    assert "128 of 128 configured runs" in (folder / "report" / "paper.html").read_text()
    leased = [
        re.search(r"leased GPU \d, of 1", text(log)) for log in folder.glob("results/quick/logs/train_block/*/*/*.log")
    ]
    assert len(leased) == 48
    assert all(leased)
