"""A prepared dataset as training reads it: flat arrays."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class GraphStore:
    """A prepared dataset; graph g owns nodes node_ptr[g]:node_ptr[g+1].

    node_ptr: int64 [graphs+1]. in_ptr: int64 [nodes+1], in_idx: int32 [directed edges]: the nodes that each node sums
    over, numbered over the whole dataset. out_ptr, out_idx: the transpose; the same objects unless directed.
    labels: int32 [nodes] or None. x: float32 [nodes, inputs] or None. atoms: uint8 [nodes, inputs] or None, with bonds:
    uint8 [directed edges, 3], whose row e belongs to the edge in_idx[e] -> the node whose range of in_ptr holds e. None
    of them: constant features.
    y: int64 [graphs] classes or float32 [graphs] targets. split: int8 [graphs] (0 train, 1 validation, 2 test) or None.
    """

    card: dict[str, Any]
    node_ptr: npt.NDArray[np.int64]
    in_ptr: npt.NDArray[np.int64]
    in_idx: npt.NDArray[np.int32]
    out_ptr: npt.NDArray[np.int64]
    out_idx: npt.NDArray[np.int32]
    labels: npt.NDArray[np.int32] | None
    x: npt.NDArray[np.float32] | None
    y: npt.NDArray
    split: npt.NDArray[np.int8] | None
    atoms: npt.NDArray[np.uint8] | None = None
    bonds: npt.NDArray[np.uint8] | None = None

    @property
    def graphs(self) -> int:
        """Number of graphs."""
        return len(self.y)

    @property
    def nodes(self) -> int:
        """Number of nodes of all graphs."""
        return len(self.in_ptr) - 1

    @property
    def inputs(self) -> int:
        """Width of the node features (labels are one-hot, atoms have this many categorical ones)."""
        return int(self.card["features"]["count"])

    @property
    def outputs(self) -> int:
        """Number of classes, or 1 for regression."""
        return int(self.card["classes"] or 1)

    @property
    def directed(self) -> bool:
        """Whether an edge may lack its reverse."""
        return bool(self.card["directed"])
