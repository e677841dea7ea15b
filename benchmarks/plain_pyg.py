"""The straightforward PyTorch Geometric form of the same training: its DataLoader, GraphConv and max_pool.

Matching is torch-cluster's where that package is installed, and otherwise the same greedy walk in Python over the
batch's edges. The complement is made in two ways: graph by graph from the numbers of all pairs, which is how the
paper's released code goes about it (`complement`), and from the batch's dense adjacency, the better plain form
(`complement-dense`).
"""

import random
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch_geometric.data import Batch, Data
from torch_geometric.nn import GraphConv, global_mean_pool, max_pool
from torch_geometric.utils import dense_to_sparse, to_dense_adj, to_undirected

try:
    from torch_cluster import graclus_cluster
except ImportError:
    graclus_cluster = None

MATCHING = "torch-cluster" if graclus_cluster is not None else "plain Python"


def to_pyg(store: Any, chosen: Any) -> list[Data]:
    """One Data object for each chosen graph, one-hot node labels."""
    graphs = []
    for graph in chosen:
        start, stop = store.node_ptr[graph], store.node_ptr[graph + 1]
        first, last = store.in_ptr[start], store.in_ptr[stop]
        target = torch.repeat_interleave(
            torch.arange(stop - start), torch.tensor(store.in_ptr[start + 1 : stop + 1] - store.in_ptr[start:stop])
        )
        source = torch.tensor(store.in_idx[first:last] - start, dtype=torch.int64)
        x = nn.functional.one_hot(torch.tensor(store.labels[start:stop], dtype=torch.int64), store.inputs).float()
        graphs.append(Data(x=x, edge_index=torch.stack([source, target]), y=torch.tensor([int(store.y[graph])])))
    return graphs


def match(edge_index: Tensor, nodes: int) -> Tensor:
    """Cluster of each node by greedy matching in random order."""
    if graclus_cluster is not None:
        return graclus_cluster(edge_index[0], edge_index[1], None, nodes)
    neighbours: list[list[int]] = [[] for _ in range(nodes)]
    for source, target in edge_index.t().tolist():
        neighbours[source].append(target)
    cluster = [-1] * nodes
    for node in torch.randperm(nodes).tolist():
        if cluster[node] < 0:
            free = [other for other in neighbours[node] if cluster[other] < 0 and other != node]
            cluster[node] = node
            if free:
                cluster[random.choice(free)] = node
    return torch.tensor(cluster)


def complement_by_pairs(data: Batch) -> Tensor:
    """Edges of the complement, graph by graph: the numbers of all pairs without those of the edges."""
    sizes = torch.bincount(data.batch, minlength=data.num_graphs).tolist()
    graph_of_edge = data.batch[data.edge_index[0]]
    offset, edges = 0, []
    for graph, size in enumerate(sizes):
        source, target = data.edge_index[:, graph_of_edge == graph] - offset
        pairs = torch.tensor(range(size * size))
        absent = pairs[torch.from_numpy(~np.isin(pairs, source * size + target))]
        upper = absent[absent // size < absent % size]
        edges.append(to_undirected(torch.stack([upper // size, upper % size]), num_nodes=size) + offset)
        offset += size
    return torch.cat(edges, dim=1)


def complement_from_dense(data: Batch) -> Tensor:
    """Edges of the complement from the dense adjacency of the batch."""
    offset, edges = 0, []
    sizes = torch.bincount(data.batch, minlength=data.num_graphs).tolist()
    adjacency = to_dense_adj(data.edge_index, data.batch, batch_size=data.num_graphs)
    for A, size in zip(adjacency, sizes, strict=True):
        absent = 1 - A[:size, :size].clamp(max=1) - torch.eye(size)
        edges.append(dense_to_sparse(absent)[0] + offset)
        offset += size
    return torch.cat(edges, dim=1)


EDGES_TO_MATCH = {
    "graclus": lambda data: data.edge_index,
    "complement": complement_by_pairs,
    "complement-dense": complement_from_dense,
}


class PlainNetwork(nn.Module):
    """conv -> (conv -> pool) x (layers - 1) -> mean -> MLP with PyTorch Geometric's parts."""

    def __init__(self, select: str, inputs: int, hidden: int, outputs: int, layers: int):
        super().__init__()
        self.select = select
        self.embed = GraphConv(inputs, hidden)
        self.convolutions = nn.ModuleList(GraphConv(hidden, hidden) for _ in range(layers - 1))
        self.mlp = nn.Sequential(nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, outputs))

    def forward(self, data: Batch) -> tuple[Tensor, None]:
        graphs = data.num_graphs
        x = self.embed(data.x, data.edge_index).relu()
        data = Batch(x=x, edge_index=data.edge_index, batch=data.batch, num_nodes=x.size(0))
        data._num_graphs = graphs
        for conv in self.convolutions:
            data.x = conv(data.x, data.edge_index).relu()
            if self.select != "none":
                edges = EDGES_TO_MATCH[self.select](data)
                data = max_pool(
                    match(edges, data.x.size(0)), Batch(x=data.x, edge_index=data.edge_index, batch=data.batch)
                )
                data._num_graphs = graphs
        return self.mlp(global_mean_pool(data.x, data.batch, graphs)), None
