"""One GPU a job: which of the devices at hand a training takes, so that two jobs do not land on the first.

Snakemake counts GPUs (`--resources gpu=2`) but never says which one a job may use. A job therefore leases one of the
devices that its environment shows (CUDA_VISIBLE_DEVICES, which Slurm sets, or all that nvidia-smi lists) by a lock that
the kernel frees when the process ends, however it ends. It has to happen before torch looks for devices, so nothing
here imports it.

How it leases is set by the environment, for it changes where a run trains and never what: REPOOL_JOBS_PER_GPU jobs
share a device (1), and a job waits REPOOL_GPU_WAIT seconds for one (60).
"""

import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from repool.errors import UserError

if TYPE_CHECKING:
    from filelock import FileLock

VISIBLE = "CUDA_VISIBLE_DEVICES"
SECONDS_BETWEEN_TRIES = 0.5


@contextmanager
def held(device: str) -> Iterator[str | None]:
    """Lease a GPU while the block runs, and show torch that one alone; nothing for `cpu` or where there is none.

    Yields:
        The device as it then stands in CUDA_VISIBLE_DEVICES, or None.

    Raises:
        UserError: every device is leased and stays so, or a variable is not a number.
    """
    jobs = _number("REPOOL_JOBS_PER_GPU", default=1, least=1)
    patience = _number("REPOOL_GPU_WAIT", default=60, least=0)
    found = [] if device == "cpu" else devices()
    if not found:
        yield None
        return
    # A folder of this machine and this user: locks on a network file system may not end with their process.
    folder = Path(tempfile.gettempdir()) / f"repool-{os.getuid()}" / "gpu"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    leased = _first_free(folder, found, jobs, patience)
    if leased is None:
        raise UserError(
            f"no GPU is free: each of {', '.join(found)} trains {jobs} of your jobs, and none ended within {patience} "
            f"seconds. Start no more than there is room for (snakemake --resources gpu={len(found) * jobs}), let more "
            f"share one (REPOOL_JOBS_PER_GPU={jobs + 1}), wait longer (REPOOL_GPU_WAIT=3600, seconds) or train on the "
            f"CPU (REPOOL_DEVICE=cpu). `fuser {folder}/*` names the jobs."
        )
    name, lock = leased
    print(f"leased GPU {name}, of {len(found)}", flush=True)
    before = os.environ.get(VISIBLE)
    os.environ[VISIBLE] = name
    try:
        yield name
    finally:
        lock.release()
        os.environ.pop(VISIBLE) if before is None else os.environ.update({VISIBLE: before})


def devices() -> list[str]:
    """The devices that this process may use, by what tells them apart on this machine.

    That is the UUID where nvidia-smi knows it: in containers and in Slurm jobs that hide the other devices, the number
    is 0 for every job. Numbers in CUDA_VISIBLE_DEVICES are nvidia-smi's, as CUDA's are with
    CUDA_DEVICE_ORDER=PCI_BUS_ID; as in CUDA, an entry that is no device hides those after it.
    """
    named = os.environ.get(VISIBLE)
    if named is not None and not named.strip():
        return []
    installed = _installed()
    if named is None:
        return list(installed.values())
    found: dict[str, None] = {}
    for entry in (part.strip() for part in named.split(",")):
        if not entry or entry.startswith("-"):
            break
        found[installed.get(entry, entry)] = None
    return list(found)


def _installed() -> dict[str, str]:
    """UUIDs by number, as nvidia-smi lists them; none where there is no driver."""
    query = ["nvidia-smi", "--query-gpu=index,uuid", "--format=csv,noheader"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return {}
    lines = answer.stdout.splitlines() if answer.returncode == 0 else []
    return dict(line.split(", ", 1) for line in lines if ", " in line)


def _first_free(folder: Path, found: list[str], jobs: int, patience: int) -> "tuple[str, FileLock] | None":
    """A device and its lock, now held; every device gets its first job before one gets its second."""
    from filelock import FileLock, Timeout

    locks = [
        (name, FileLock(_file(folder, name, slot), fallback_to_soft=False)) for slot in range(jobs) for name in found
    ]
    deadline = time.monotonic() + patience
    while True:
        for name, lock in locks:
            try:
                lock.acquire(timeout=0)
            except Timeout:
                continue
            return name, lock
        if time.monotonic() >= deadline:
            return None
        time.sleep(SECONDS_BETWEEN_TRIES)


def _file(folder: Path, name: str, slot: int) -> Path:
    return folder / f"{re.sub(r'[^A-Za-z0-9-]', '_', name)}.{slot}"


def _number(variable: str, default: int, least: int) -> int:
    text = os.environ.get(variable, str(default))
    if not text.isdecimal() or int(text) < least:
        raise UserError(f"{variable} is {text}, which is not a whole number from {least} on. Unset it for {default}.")
    return int(text)
