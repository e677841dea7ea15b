"""DiffPool (versions 1 and 2) and MinCutPool as the paper's released code goes about them, on padded dense batches.

A batch is PyTorch Geometric's; `to_dense_batch` and `to_dense_adj` pad it to the largest graph, and its
`dense_diff_pool` and `dense_mincut_pool` pool it. The graph memory network is in `plain_memory`. Networks take the same
options as those of `repool.models` and give their outputs [graphs, classes] and the loss to add to the supervised one,
or None where the assignment is random.

Source: github.com/AaltoPML/Rethinking-pooling-in-GNNs, described here in other words; its PyTorch Geometric was 1.4.3.
"""

from collections.abc import Callable
from math import ceil
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize
from torch_geometric.data import Batch
from torch_geometric.nn import DenseGraphConv, DenseSAGEConv, GraphConv, dense_diff_pool, dense_mincut_pool
from torch_geometric.utils import to_dense_adj, to_dense_batch

DRAWS: dict[str, Callable[[int, int], Tensor]] = {
    "uniform": torch.rand,
    "normal": torch.randn,
    "bernoulli": lambda rows, columns: torch.bernoulli(torch.full((rows, columns), 0.3)),
}


class PlainDiffPool(nn.Module):
    """SAGE x 1 or 3 -> (pool -> 3 SAGE) x layers -> max -> MLP.

    Args:
        options: as those of `repool.models.families.diffpool`.
        shape: inputs, outputs and most_nodes of the dataset.
    """

    def __init__(self, options: dict[str, Any], shape: Any):
        super().__init__()
        hidden, width = options["hidden"], shape.inputs
        self.link_weight, self.learned = options["link_weight"], options["select"] == "learned"
        self.first: nn.Module | None = None
        sage = {"root": DenseRootSAGE, "loop-as-released": DenseSAGE}[options["sage"]]
        if options["first"] != "none":
            first = DenseGraphConv(width, hidden) if options["first"] == "sum" else sage(width, hidden)
            self.first = DenseBefore(first, sage, hidden, options)
            width = hidden
        self.assign, self.embed, self.after = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        for nodes, clusters in cluster_counts(options["layers"], shape.most_nodes):
            learned = sage(width, clusters) if self.learned else None
            self.assign.append(Assignment(options["select"], learned, nodes, width, clusters))
            self.embed.append(sage(width, hidden))
            self.after.append(DenseSAGEBlock(sage, hidden, options["batchnorm"]))
            width = hidden
        self.mlp = mlp(hidden, options["mlp_hidden"], shape.outputs)

    def forward(self, data: Batch) -> tuple[Tensor, Tensor | None]:
        x, mask = to_dense_batch(data.x, data.batch)
        adj = to_dense_adj(data.edge_index, data.batch)
        if self.first is not None:
            x = self.first(x, adj, mask)
        penalty = x.new_zeros(())
        for assign, embed, after in zip(self.assign, self.embed, self.after, strict=True):
            logits = assign(x, adj, mask)
            x, adj, link, entropy = dense_diff_pool(embed(x, adj, mask), adj, logits, mask)
            x, mask = after(x, adj), None
            penalty = penalty + self.link_weight * link + entropy
        return self.mlp(x.max(dim=1)[0]), penalty if self.learned else None


class PlainDiffPoolV2(nn.Module):
    """(Pool of 3 SAGE -> max) x layers -> 3 SAGE -> max -> all maxima side by side -> MLP.

    Args:
        options: as those of `repool.models.families.diffpool_v2`.
        shape: inputs, outputs and most_nodes of the dataset.
    """

    def __init__(self, options: dict[str, Any], shape: Any):
        super().__init__()
        hidden, width, over = options["hidden"], shape.inputs, options["batchnorm"]
        self.link_weight, self.learned = options["link_weight"], options["select"] == "learned"
        self.first = DenseGraphConv(width, width) if options["first"] == "sum" else None
        self.assign, self.embed = nn.ModuleList(), nn.ModuleList()
        for nodes, clusters in cluster_counts(options["layers"], shape.most_nodes):
            learned = DenseSAGEStack(width, hidden, clusters, over, project=True) if self.learned else None
            self.assign.append(Assignment(options["select"], learned, nodes, width, clusters))
            self.embed.append(DenseSAGEStack(width, hidden, hidden, over))
            width = 3 * hidden
        self.last = DenseSAGEStack(width, hidden, hidden, over)
        self.mlp = mlp(width * (options["layers"] + 1), options["mlp_hidden"], shape.outputs)

    def forward(self, data: Batch) -> tuple[Tensor, Tensor | None]:
        x, mask = to_dense_batch(data.x, data.batch)
        adj = to_dense_adj(data.edge_index, data.batch)
        if self.first is not None:
            x = self.first(x, adj, mask)
        penalty, maxima = x.new_zeros(()), []
        for assign, embed in zip(self.assign, self.embed, strict=True):
            logits = assign(x, adj, mask)
            x, adj, link, entropy = dense_diff_pool(embed(x, adj, mask), adj, logits, mask)
            mask = None
            maxima.append(x.max(dim=1)[0])
            penalty = penalty + self.link_weight * link + entropy
        maxima.append(self.last(x, adj, None).max(dim=1)[0])
        return self.mlp(torch.cat(maxima, dim=1)), penalty if self.learned else None


class PlainMinCut(nn.Module):
    """conv x convolutions -> (pool -> conv) x (layers - 1) -> mean -> MLP.

    A' is without diagonal, symmetrically normalised.

    Args:
        options: as those of `repool.models.families.mincut`.
        shape: inputs, outputs and most_nodes of the dataset.
    """

    def __init__(self, options: dict[str, Any], shape: Any):
        super().__init__()
        hidden, nodes = options["hidden"], shape.most_nodes
        self.learned = options["select"] == "learned"
        self.first = GraphConv(shape.inputs, hidden)
        self.before = nn.ModuleList(GraphConv(hidden, hidden) for _ in range(options["convolutions"] - 1))
        self.assign, self.convolutions = nn.ModuleList(), nn.ModuleList()
        for _ in range(options["layers"] - 1):
            clusters = ceil(0.5 * nodes)
            learned = Unmasked(nn.Linear(hidden, clusters)) if self.learned else None
            self.assign.append(Assignment(options["select"], learned, nodes, hidden, clusters))
            self.convolutions.append(DenseGraphConv(hidden, hidden))
            nodes = clusters
        self.mlp = mlp(hidden, hidden, shape.outputs)

    def forward(self, data: Batch) -> tuple[Tensor, Tensor | None]:
        x = self.first(data.x, data.edge_index).relu()
        for convolution in self.before:
            x = convolution(x, data.edge_index).relu()
        x, mask = to_dense_batch(x, data.batch)
        adj = to_dense_adj(data.edge_index, data.batch)
        penalty = x.new_zeros(())
        for assign, conv in zip(self.assign, self.convolutions, strict=True):
            x, adj, cut, orthogonality = dense_mincut_pool(x, adj, assign(x, adj, mask), mask)
            penalty, mask = penalty + cut + orthogonality, None
            x = conv(x, adj)
            if conv is not self.convolutions[-1]:
                x = x.relu()
        return self.mlp(x.mean(dim=1)), penalty if self.learned else None


class Assignment(nn.Module):
    """Logits of S: learned by a network, or drawn once before training."""

    def __init__(self, kind: str, learned: nn.Module | None, nodes: int, width: int, clusters: int):
        super().__init__()
        self.kind, self.learned = kind, learned
        if learned is None:
            drawn = DRAWS["normal"](width, clusters) if kind == "invariant" else DRAWS[kind](nodes, clusters)
            self.register_buffer("drawn", drawn)

    def forward(self, x: Tensor, adj: Tensor, mask: Tensor | None) -> Tensor:
        if self.learned is not None:
            return self.learned(x, adj, mask)
        if self.kind == "invariant":
            return x.detach() @ self.drawn
        return self.drawn[: x.size(1)].unsqueeze(0).expand(x.size(0), -1, -1)


class Unmasked(nn.Module):
    """A layer of x alone."""

    def __init__(self, layer: nn.Module):
        super().__init__()
        self.layer = layer

    def forward(self, x: Tensor, _adj: Tensor, _mask: Tensor | None) -> Tensor:
        return self.layer(x)


class DenseSAGE(nn.Module):
    """DenseSAGEConv as of PyTorch Geometric 1.4.3, on x [graphs, nodes, inputs] and adj [graphs, nodes, nodes].

    The mean over each row of A with its diagonal set to 1, by one weight and bias; today's layer is another one.
    """

    def __init__(self, inputs: int, outputs: int, add_loop: bool = True, unit: bool = True):
        super().__init__()
        self.add_loop, self.unit = add_loop, unit
        bound = inputs**-0.5
        self.weight = nn.Parameter(torch.empty(inputs, outputs).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(outputs).uniform_(-bound, bound))

    def forward(self, x: Tensor, adj: Tensor, mask: Tensor | None = None) -> Tensor:
        if self.add_loop:
            adj = adj.clone()
            index = torch.arange(adj.size(1))
            adj[:, index, index] = 1
        mean = adj @ x / adj.sum(dim=-1, keepdim=True).clamp(min=1)
        out = mean @ self.weight + self.bias
        if self.unit:
            out = normalize(out, p=2, dim=-1)
        return out if mask is None else out * mask.unsqueeze(-1).to(out.dtype)


class DenseRootSAGE(nn.Module):
    """DenseSAGEConv since version 1.5.0, which is today's, with rows of unit length."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.conv = DenseSAGEConv(inputs, outputs, normalize=True)

    def forward(self, x: Tensor, adj: Tensor, mask: Tensor | None = None) -> Tensor:
        return self.conv(x, adj, mask)


class DenseBefore(nn.Module):
    """What stands before the first pooling: one convolution, with ReLU and batch norm or without, or three."""

    def __init__(self, first: nn.Module, sage: type[nn.Module], width: int, options: dict[str, Any]):
        super().__init__()
        more = 2 if options["before"] == "three" else 0
        self.convolutions = nn.ModuleList([first, *(sage(width, width) for _ in range(more))])
        norms = more or options["before"] == "one-activated"
        self.norms = nn.ModuleList(DenseBatchNorm(width, options["batchnorm"]) for _ in range(norms))

    def forward(self, x: Tensor, adj: Tensor, mask: Tensor) -> Tensor:
        for position, conv in enumerate(self.convolutions):
            z = conv(x, adj, mask)
            if position < len(self.norms):
                z = self.norms[position](z.relu(), mask)
                z = z * mask.unsqueeze(-1)
                z = x + z if x.shape == z.shape else z
            x = z
        return x


class DenseSAGEBlock(nn.Module):
    """Three convolutions over clusters, ReLU and batch norm after the first two, residual sums."""

    def __init__(self, sage: type[nn.Module], width: int, over: str):
        super().__init__()
        self.convolutions = nn.ModuleList(sage(width, width) for _ in range(3))
        self.norms = nn.ModuleList(DenseBatchNorm(width, over) for _ in range(2))

    def forward(self, x: Tensor, adj: Tensor) -> Tensor:
        for conv, norm in zip(self.convolutions, self.norms, strict=False):
            x = x + norm(conv(x, adj).relu())
        return self.convolutions[-1](x, adj)


class DenseSAGEStack(nn.Module):
    """Three convolutions of version 2, their outputs side by side; a linear layer on them where `project`."""

    def __init__(self, inputs: int, hidden: int, outputs: int, over: str, project: bool = False):
        super().__init__()
        widths = [(inputs, hidden), (hidden, hidden), (hidden, outputs)]
        self.convolutions = nn.ModuleList(DenseSAGE(*pair, add_loop=False, unit=False) for pair in widths)
        self.norms = nn.ModuleList(DenseBatchNorm(hidden, over) for _ in range(2))
        self.linear = nn.Linear(2 * hidden + outputs, outputs) if project else None

    def forward(self, x: Tensor, adj: Tensor, mask: Tensor | None) -> Tensor:
        outputs = []
        for conv, norm in zip(self.convolutions, self.norms, strict=False):
            x = norm(conv(x, adj, mask).relu(), mask)
            outputs.append(x)
        outputs.append(self.convolutions[-1](x, adj, mask))
        x = torch.cat(outputs, dim=-1)
        return x if self.linear is None else self.linear(x)


class DenseBatchNorm(nn.Module):
    """Batch norm of x [graphs, nodes, width] over its nodes, or also over its padding ("padded-as-released")."""

    def __init__(self, width: int, over: str):
        super().__init__()
        self.norm, self.padded = nn.BatchNorm1d(width), over == "padded-as-released"

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        if self.padded or mask is None:
            return self.norm(x.view(-1, x.size(2))).view_as(x)
        out = torch.zeros_like(x)
        out[mask] = self.norm(x[mask])
        return out


def cluster_counts(layers: int, nodes: int) -> list[tuple[int, int]]:
    """Nodes and clusters of each pooling of DiffPool."""
    counts = []
    for _ in range(layers):
        clusters = ceil((0.1 if layers == 1 else 0.25) * nodes)
        counts.append((nodes, clusters))
        nodes = clusters
    return counts


def mlp(inputs: int, hidden: int, outputs: int, activation: type[nn.Module] = nn.ReLU) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, hidden), activation(), nn.Linear(hidden, outputs))
