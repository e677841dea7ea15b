"""Memory that runs out is a sentence, whoever says it."""

import errno
import json
import resource
import subprocess
import sys

import pytest
import torch

from repool.errors import UserError
from repool.training.memory import explained
from toys import spec_of, write_store

GIGABYTE = 2**30


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
        RuntimeError("[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory: you tried to"),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        ImportError("libtorch_cpu.so: failed to map segment from shared object"),
    ],
)
def test_every_way_to_say_it_is_one_sentence(toy_store, tmp_path, error):
    data = write_store(toy_store, tmp_path / "toy")
    with pytest.raises(UserError) as caught, explained(spec_of("graclus"), [0, 1], data):
        raise error
    said = str(caught.value)
    assert "Seeds 0-1 train together on batches of 4 graphs, the largest of 14 nodes" in said
    assert "seeds_per_job" in said
    assert "smaller batch" in said


@pytest.mark.parametrize("error", [RuntimeError("shapes do not match"), OSError(errno.ENOSPC, "No space left")])
def test_other_errors_stay_what_they_are(tmp_path, error):
    with pytest.raises(type(error), match=str(error.args[-1])), explained(spec_of("graclus"), [0], tmp_path):
        raise error


def test_a_training_under_a_limit_of_memory_ends_with_the_sentence(toy_store, tmp_path):
    data, spec = write_store(toy_store, tmp_path / "toy"), spec_of("graclus")
    spec["model"]["hidden"] = 40_000
    files = ["--seeds", "0-1", "--data", str(data), "--out", str(tmp_path / "graclus"), "--device", "cpu"]
    done = subprocess.run(
        [sys.executable, "-m", "repool", "train", "--spec", json.dumps(spec), *files],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (8 * GIGABYTE, 8 * GIGABYTE)),
    )
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "repool: memory ran out (" in done.stderr
