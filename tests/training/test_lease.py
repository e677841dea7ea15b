"""Which GPU a job takes: pretended devices, real processes."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest

from repool.errors import UserError
from repool.fingerprint import PACKAGE
from repool.training import lease
from toys import spec_of, write_store

HOLDER = """
import os, sys
from repool.training import lease
with lease.held("auto") as name:
    print("holds", name, os.environ["CUDA_VISIBLE_DEVICES"], flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def machine(tmp_path, monkeypatch):
    """A machine without nvidia-smi and with locks of its own, whose jobs do not wait."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYTHONPATH", str(PACKAGE.parent))
    monkeypatch.setenv("REPOOL_GPU_WAIT", "0")
    for variable in ("CUDA_VISIBLE_DEVICES", "REPOOL_JOBS_PER_GPU"):
        monkeypatch.delenv(variable, raising=False)
    return tmp_path


@pytest.fixture
def start():
    """Start processes that lease a device and keep it until they are told to end."""
    started: list[subprocess.Popen] = []

    def one() -> tuple[subprocess.Popen, str]:
        command_line = [sys.executable, "-c", HOLDER]
        job = subprocess.Popen(command_line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(job)
        for line in job.stdout:
            if line.startswith("holds"):
                _, name, visible = line.split()
                assert name == visible, "torch would see another device than the leased one"
                return job, name
        raise AssertionError("the job ended without a device")

    yield one
    for job in started:
        job.kill()
        job.wait()
        job.stdin.close()
        job.stdout.close()


def test_jobs_get_a_device_each_and_a_killed_one_gives_it_back(start, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "4,7")
    killed, first = start()
    _, second = start()
    assert {first, second} == {"4", "7"}
    with pytest.raises(UserError, match=r"no GPU is free: each of 4, 7 trains 1 of your jobs.*--resources gpu=2"):
        lease.held("cuda").__enter__()
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    with lease.held("cuda") as name:
        assert name == first


def test_a_job_waits_for_a_device_that_becomes_free(start, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    monkeypatch.setenv("REPOOL_GPU_WAIT", "30")
    other, _ = start()
    tries = []

    def sleep(seconds: float) -> None:
        tries.append(seconds)
        other.kill()
        other.wait()

    monkeypatch.setattr(time, "sleep", sleep)
    with lease.held("auto") as name:
        assert name == "0"
    assert len(tries) == 1


def test_several_jobs_share_a_device_once_every_device_has_one(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    monkeypatch.setenv("REPOOL_JOBS_PER_GPU", "2")
    with ExitStack() as stack:
        names = []
        for _ in range(4):
            names.append(stack.enter_context(lease.held("auto")))
            monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
        assert names == ["0", "1", "0", "1"]
        with pytest.raises(UserError, match="trains 2 of your jobs"):
            stack.enter_context(lease.held("auto"))


@pytest.mark.parametrize(("before", "device"), [("", "auto"), ("-1,0", "auto"), ("0,1", "cpu"), (None, "auto")])
def test_without_a_device_nothing_is_leased_and_nothing_changes(monkeypatch, before, device):
    if before is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", before)
    with lease.held(device) as name:
        assert name is None
        assert os.environ.get("CUDA_VISIBLE_DEVICES") == before


@pytest.mark.parametrize("before", ["1", None])
def test_what_was_visible_is_visible_again(machine, monkeypatch, before):
    pretend(machine, "0, GPU-a", "1, GPU-b")
    if before:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", before)
    with lease.held("auto") as name:
        assert name == ("GPU-b" if before else "GPU-a")
    assert os.environ.get("CUDA_VISIBLE_DEVICES") == before


def pretend(machine, *lines: str) -> None:
    """An nvidia-smi that lists these devices."""
    path = machine / "bin" / "nvidia-smi"
    path.parent.mkdir()
    path.write_text("#!/bin/sh\n" + "".join(f"echo '{line}'\n" for line in lines))
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("visible", "expected"),
    [
        (None, ["GPU-a", "GPU-b", "GPU-c"]),
        ("2,0", ["GPU-c", "GPU-a"]),
        ("GPU-b,1", ["GPU-b"]),
        ("1,-1,0", ["GPU-b"]),
        ("MIG-x", ["MIG-x"]),
        ("9", ["9"]),
    ],
)
def test_devices_are_told_apart_by_what_nvidia_smi_says(machine, monkeypatch, visible, expected):
    pretend(machine, "0, GPU-a", "1, GPU-b", "2, GPU-c")
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert lease.devices() == expected


def test_a_driver_that_fails_counts_as_none(machine):
    pretend(machine, "NVIDIA-SMI has failed")
    with (machine / "bin" / "nvidia-smi").open("a") as file:
        file.write("exit 9\n")
    assert lease.devices() == []


@pytest.mark.parametrize(
    ("variable", "text"), [("REPOOL_JOBS_PER_GPU", "0"), ("REPOOL_JOBS_PER_GPU", "two"), ("REPOOL_GPU_WAIT", "-1")]
)
def test_a_wrong_number_is_explained(monkeypatch, variable, text):
    monkeypatch.setenv(variable, text)
    with pytest.raises(UserError, match=f"{variable} is {text}, which is not a whole number"):
        lease.held("auto").__enter__()


def test_train_holds_the_lease_from_before_torch_until_it_ends(machine, monkeypatch, toy_store):
    data = write_store(toy_store, machine / "toy")
    (data / "arrays" / "y.npy").unlink()
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,5")
    code = (
        "import sys\n"
        "from repool.training import lease\n"
        "def held(device, real=lease.held):\n"
        "    assert 'torch' not in sys.modules\n"
        "    return real(device)\n"
        "lease.held = held\n"
        "from repool.cli import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    arguments = ["train", "--spec", json.dumps(spec_of("graclus")), "--seeds", "0", "--out", "out", "--data", str(data)]
    ran = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, cwd=machine)
    assert ran.returncode == 1
    assert "leased GPU 3, of 2" in ran.stdout
    assert "y.npy is missing" in ran.stderr, "the job went on to its data"
