"""What a process computes with, as far as it changes the last digits of a record."""

import os

import torch


def set_arithmetic() -> None:
    """One thread, since a second job beside this one gains more; numbers too small to matter count as zero.

    Weights of inputs that no longer occur leave Adam's moments to decay into denormal numbers, which cost a hundred
    times as much as others.
    """
    torch.set_num_threads(1)
    # Read when the library of compiled products is loaded, at the first of them.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    torch.set_flush_denormal(True)
