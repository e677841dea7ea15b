"""Where a block trains, and with what settings."""

import ctypes
import platform
import resource
import sys
import warnings
from pathlib import Path

import numba
import torch

from repool.errors import UserError, nearest
from repool.training.arithmetic import set_arithmetic

DEVICES = ("auto", "cpu", "cuda")
# Of malloc.h, in bytes: M_TRIM_THRESHOLD, M_TOP_PAD and M_MMAP_THRESHOLD (kept low enough that DD fits in 5 GB).
MALLOC_OPTIONS = {-1: 2**31 - 1, -2: 2**26, -3: 2**25}


def choose(name: str) -> torch.device:
    """The device of `auto` (CUDA where there is one), `cpu` or `cuda`; raises UserError where it is not there."""
    if name not in DEVICES:
        raise UserError(f"{name} is not a device (--device). {nearest(name, DEVICES)}")
    available = torch.cuda.is_available()
    if name == "cuda" and not available:
        raise UserError(
            "CUDA was asked for (--device cuda), but torch finds no CUDA device here. Use --device cpu or auto."
        )
    if name == "auto" and not available:
        print("note: no CUDA device found, training on the CPU", file=sys.stderr)
    return torch.device("cuda" if available and name != "cpu" else "cpu")


def prepare() -> None:
    """Make this process ready to train: what it computes with, and what makes that fast."""
    set_arithmetic()
    _keep_freed_memory()
    # A seed's gradients are strided views of one buffer, on purpose.
    warnings.filterwarnings("ignore", message="grad and param do not obey the gradient layout contract")
    _start_numba()


def _keep_freed_memory() -> None:
    """Let glibc reuse what a step frees: given back and asked for again, its pages take up to a quarter of the step."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for option, size in MALLOC_OPTIONS.items():
            mallopt(option, size)


def _start_numba() -> None:
    """Make numba's first compiled call without scipy.linalg.

    It looks there for a BLAS, which only soft pooling needs; the import costs a third of a second.
    """
    name = "scipy.linalg"
    if name in sys.modules:
        return
    sys.modules[name] = None  # type: ignore[assignment]
    try:
        _nothing()
    finally:
        del sys.modules[name]


@numba.njit(cache=True)
def _nothing() -> None:
    pass


def describe(device: torch.device) -> str:
    """The device's model name."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return _listed("model name") or platform.processor() or platform.machine()


def processor() -> str:
    """What arithmetic depends on beside the device's name: libraries choose their loops by these, and round by them."""
    kind = f"{platform.machine()} {torch.backends.cpu.get_cpu_capability()}"
    numbers = [f"{name.removeprefix('cpu ')} {value}" for name in ("cpu family", "model") if (value := _listed(name))]
    return ", ".join([kind, " ".join(numbers)]) if numbers else kind


def _listed(name: str) -> str:
    """What Linux says of the first processor under that name; empty where it says nothing."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text(encoding="utf-8").splitlines() if information.is_file() else []
    pairs = (line.partition(":") for line in lines)
    return next((value.strip() for key, _, value in pairs if key.strip() == name), "")


def peak_memory_mb() -> int:
    """Largest resident size of this process so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10))
