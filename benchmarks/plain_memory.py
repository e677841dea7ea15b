"""The graph memory network as the paper's released code goes about it: distances from one broadcast tensor.

Source: as `plain_dense`.
"""

from typing import Any

import torch
from plain_dense import DenseBatchNorm, mlp
from torch import Tensor, nn
from torch_geometric.data import Batch
from torch_geometric.nn import GraphConv
from torch_geometric.utils import to_dense_batch

MLP_HIDDEN, PURITY_WEIGHT, EPSILON = 50, 100, 1e-8
ACTIVATIONS = {"relu": nn.ReLU, "leaky-as-released": nn.LeakyReLU}


class PlainGMN(nn.Module):
    """Convolutions -> batch norm -> memory layers -> mean -> MLP.

    Gives its outputs [graphs, classes] and the unsupervised loss, which the supervised step leaves out.

    Args:
        options: as those of `repool.models.families.gmn`.
        shape: inputs, outputs and most_nodes of the dataset.
    """

    def __init__(self, options: dict[str, Any], shape: Any):
        super().__init__()
        width, nodes = shape.inputs, shape.most_nodes
        self.convolutions = nn.ModuleList()
        for _ in range(options["convolutions"]):
            self.convolutions.append(GraphConv(width, options["query_hidden"]))
            width = options["query_hidden"]
        self.norm = DenseBatchNorm(width, options["batchnorm"])
        self.memories = nn.ModuleList()
        for keys in options["memory_keys"]:
            self.memories.append(MemoryLayer(options, nodes, width, keys))
            nodes, width = keys, options["hidden"]
        self.mlp = mlp(width, MLP_HIDDEN, shape.outputs, nn.LeakyReLU)

    def forward(self, data: Batch) -> tuple[Tensor, Tensor]:
        x = data.x
        for conv in self.convolutions:
            x = conv(x, data.edge_index).relu()
        q, mask = to_dense_batch(x, data.batch)
        q, divergence = self.norm(q, mask), q.new_zeros(())
        for memory in self.memories:
            q, of_layer = memory(q, mask)
            mask, divergence = None, divergence + of_layer
        return self.mlp(q.mean(dim=-2)), divergence / data.batch.numel()

    @property
    def keys(self) -> list[Tensor]:
        """Keys of the memory layers."""
        return [memory.keys for memory in self.memories]


class MemoryLayer(nn.Module):
    """S from the distances of queries and keys, then S^T Q through a linear layer (equations 7 and 8)."""

    def __init__(self, options: dict[str, Any], nodes: int, width: int, keys: int):
        super().__init__()
        self.select, self.heads = options["select"], options["heads"]
        self.keys = nn.Parameter(torch.rand(self.heads, keys, width), requires_grad=self.select == "kernel")
        if self.select == "distance":
            self.keys *= 10
        if self.select == "random":
            self.register_buffer("drawn", torch.rand(nodes, keys))
        self.merge = nn.Conv2d(self.heads, 1, kernel_size=1, bias=False)
        self.linear = nn.Linear(width, options["hidden"])
        self.activation = ACTIVATIONS[options["activation"]]()

    def forward(self, q: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
        S = self.scores(q, mask).softmax(dim=-1)
        if mask is not None:
            S = S * mask.unsqueeze(-1).to(S.dtype)
        return self.activation(self.linear(S.transpose(1, 2) @ q)), PURITY_WEIGHT * divergence(S)

    def scores(self, q: Tensor, mask: Tensor | None) -> Tensor:
        """What the softmax over keys is taken of, [graphs, nodes, keys]."""
        if self.select == "random":
            return self.drawn[: q.size(1)].expand(q.size(0), -1, -1)
        apart = q[:, None, :, None, :] - self.keys[None, :, None, :, :]  # [graphs, heads, nodes, keys, width]
        scores = apart.abs().square().sum(dim=4).sqrt()
        inside = 1 if mask is None else mask[:, None, :, None].to(scores.dtype)
        scores = scores * inside
        if self.select == "kernel":
            scores = (1 + scores.square()) ** -1
            scores = scores / scores.sum(dim=-1, keepdim=True)
        scores = scores * inside
        return self.merge(scores).squeeze(1) if self.heads > 1 else scores.squeeze(1)


def divergence(S: Tensor) -> Tensor:
    """Kullback-Leibler divergence of S from its renormalised squares (appendix D), summed over the batch."""
    P = S.square() / (S.sum(dim=-2, keepdim=True) + EPSILON)
    P = P / (P.sum(dim=-1, keepdim=True) + EPSILON)
    return (P * ((P + EPSILON).log() - (S + EPSILON).log())).sum()
