"""Where a kernel runs: compiled on the CPU, in torch operations elsewhere."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor


def is_compiled(X: Tensor) -> bool:
    """Whether what is computed from this tensor is computed by compiled loops."""
    return X.is_cpu


def dispatch(function: type[torch.autograd.Function], reference: Callable[..., Any], X: Tensor, *others: Any) -> Any:
    """What the compiled function or its reference gives of X and the others, which both take in this order."""
    if is_compiled(X):
        return function.apply(X, *others)  # type: ignore[no-untyped-call]
    return reference(X, *others)


def arrays_of(*tensors: Tensor) -> list[Any]:
    """The tensors as contiguous arrays, for compiled loops."""
    return [tensor.detach().contiguous().numpy() for tensor in tensors]


def to_device(array: np.ndarray, device: torch.device) -> Tensor:
    """The array as a tensor; on the CPU it shares the array's memory."""
    tensor = torch.from_numpy(array)
    return tensor if device.type == "cpu" else tensor.to(device, non_blocking=True)


def numbers(array: np.ndarray, device: torch.device | None = None) -> Tensor:
    """The array as a tensor of torch's default type, on the device or the CPU.

    Weights and what a batch says of its graphs have that type, and all that is computed from them follows.
    """
    return torch.from_numpy(array).to(device, torch.get_default_dtype(), non_blocking=True)
