"""Real processes: records, resuming, failing."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from repool.errors import UserError
from repool.schemas.record import Scored, glance, read_record
from repool.training.command import read_spec
from repool.training.run import train
from toys import spec_of


def command(spec: dict, data: Path, out: Path, seeds: str = "0-2") -> list[str]:
    arguments = ["--spec", json.dumps(spec), "--seeds", seeds, "--data", str(data), "--out", str(out)]
    return [sys.executable, "-m", "repool", "train", *arguments, "--device", "cpu"]


def records(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("seed-??.json"))}


@pytest.fixture(scope="module")
def uninterrupted(data, tmp_path_factory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("whole") / "runs" / "TOY" / "complement"
    subprocess.run(command(spec_of("complement", max_epochs=60), data, out), check=True, capture_output=True)
    return records(out)


def test_two_runs_of_a_block_give_the_same_bytes(data, uninterrupted, tmp_path):
    out = tmp_path / "complement"
    assert train(spec_of("complement", max_epochs=60), [0, 1, 2], out, data, "cpu") == 0
    assert records(out) == uninterrupted
    assert sorted(path.name for path in out.rglob("*") if path.is_file()) == sorted(
        [*uninterrupted, *(name.replace(".json", ".timing.json") for name in uninterrupted)]
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stopped_run_goes_on_to_the_same_bytes(data, uninterrupted, tmp_path, number):
    spec, out = spec_of("complement", max_epochs=60), tmp_path / "complement"
    process = subprocess.Popen(command(spec, data, out), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    for line in process.stderr:
        if "epoch 1:" in line:
            process.send_signal(number)
            break
    output, _ = process.communicate()
    assert process.returncode == 128 + number
    assert "the same command goes on" in output
    assert not records(out), "an interrupted block left records"
    (checkpoint,) = (out / "checkpoints").glob("*.pt")
    resumed = subprocess.run(command(spec, data, out), check=True, capture_output=True, text=True)
    assert f"going on from {checkpoint}" in resumed.stdout
    assert records(out) == uninterrupted
    assert not checkpoint.exists()
    assert json.loads((out / "seed-00.timing.json").read_text())["resumed"] is True


def test_a_killed_run_leaves_nothing_under_a_final_name(data, tmp_path):
    spec, out = spec_of("complement", max_epochs=1000, stop_patience=1000), tmp_path / "complement"
    process = subprocess.Popen(command(spec, data, out), stderr=subprocess.PIPE, text=True)
    next(line for line in process.stderr if "epoch 1:" in line)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert not records(out)


def test_another_spec_does_not_go_on_from_a_checkpoint(data, tmp_path):
    out = tmp_path / "complement"
    spec = spec_of("complement", max_epochs=1000, stop_patience=1000)
    process = subprocess.Popen(command(spec, data, out), stderr=subprocess.PIPE, text=True)
    next(line for line in process.stderr if "epoch 1:" in line)
    process.send_signal(signal.SIGTERM)
    process.communicate()
    assert train(spec_of("complement", max_epochs=2), [0, 1, 2], out, data, "cpu") == 0
    assert json.loads((out / "seed-00.json").read_text())["epochs"] == 2
    assert len(list((out / "checkpoints").glob("*.pt"))) == 1


def test_the_record_tells_what_ran(uninterrupted):
    record = json.loads(uninterrupted["seed-01.json"])
    assert record["dataset"] == "TOY"
    assert record["method"] == "complement"
    assert record["spec"] == spec_of("complement", max_epochs=60)
    assert record["split_sizes"] == [48, 6, 6]
    assert {len(curve) for curve in record["curves"].values()} == {record["epochs"]}
    best = int(np.argmax(record["curves"]["validation"]))
    assert record["best_epoch"] == best + 1
    assert record["test"] == record["curves"]["test"][best]
    assert record["validation"] == max(record["curves"]["validation"])


def test_wrong_data_and_device_and_spec_are_explained(data, tmp_path):
    with pytest.raises(UserError, match="holds TOY, the spec asks for NCI1"):
        train({**spec_of("graclus"), "dataset": "NCI1"}, [0], tmp_path, data, "cpu")
    with pytest.raises(UserError, match="Did you mean cuda"):
        train(spec_of("graclus"), [0], tmp_path, data, "cudda")
    with pytest.raises(UserError, match="not valid JSON"):
        read_spec('{"dataset": ')
    with pytest.raises(UserError, match="there is no file"):
        read_spec("no-such-file.json")


def test_activations_of_a_seed_that_is_not_in_the_block_are_refused(data, tmp_path):
    wanted = [*command(spec_of("complement"), data, tmp_path / "complement", "0-1"), "--activations", "2"]
    done = subprocess.run(wanted, capture_output=True, text=True)
    assert done.returncode != 0
    assert "--activations 2 is none of the seeds 0-1" in done.stderr
    assert not (tmp_path / "complement").exists()


def test_a_record_agrees_with_itself(uninterrupted, tmp_path):
    path = tmp_path / "TOY" / "complement" / "seed-01.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(uninterrupted["seed-01.json"])
    assert isinstance(record := read_record(path), Scored)
    assert glance(path) == (record.spec_sha256, record.code)
