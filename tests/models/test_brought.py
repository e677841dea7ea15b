"""Poolings that somebody brings: the network around them held to a plain one, and their twins to the formula."""

import numpy as np
import pytest
import torch
from brought import SMALL, edged_store, operator, twin
from torch_geometric import nn as pyg
from torch_geometric.data import Batch as PygBatch
from torch_geometric.data import Data
from torch_geometric.utils import to_dense_adj, to_dense_batch

from repool.datasets.store import GraphStore
from repool.models.families import operator as brought_family
from repool.models.families import operator_twin
from repool.models.network import Outcome, Shape, Streams
from repool.training.batches import Inputs, gather
from repool.training.streams import generator

CPU = torch.device("cpu")
SEEDS = [3, 4]
CHOSEN = np.array([[0, 5, 7, 9], [2, 5, 11, 1]])

pytestmark = pytest.mark.usefixtures("double_precision")


def network_of(options: dict, store: GraphStore):
    streams = Streams(*([generator(seed, use) for seed in SEEDS] for use in ("initialisation", "assignment")))
    shape = Shape(store.inputs, store.outputs, int(np.diff(store.node_ptr).max()))
    family = brought_family if options["family"] == "operator" else operator_twin
    return family.Network(options, shape, streams)


def outcome_of(network, store: GraphStore) -> Outcome:
    graphs, nodes = gather(store, CHOSEN)
    plan = network.prepare(graphs, np.array([1, 2], np.uint64), CPU)
    return network(Inputs(store, CPU).X(nodes, 2), plan)


def plain_batch(store: GraphStore, chosen: np.ndarray) -> PygBatch:
    """The same graphs as PyTorch Geometric has them."""
    graphs = []
    for graph in chosen:
        start, stop = store.node_ptr[graph], store.node_ptr[graph + 1]
        target = np.repeat(np.arange(stop - start), np.diff(store.in_ptr[start : stop + 1]))
        source = store.in_idx[store.in_ptr[start] : store.in_ptr[stop]] - start
        x = torch.eye(store.inputs)[torch.from_numpy(store.labels[start:stop].astype(np.int64))]
        graphs.append(Data(x=x, edge_index=torch.from_numpy(np.stack([source, target]).astype(np.int64))))
    return PygBatch.from_data_list(graphs)


def conv(X, edges, W, b, weight=None):
    """PyG's GraphConv with sums, from the two halves of W."""
    own = pyg.GraphConv(X.size(1), W.size(1))
    with torch.no_grad():
        own.lin_root.weight.copy_(W[: X.size(1)].T)
        own.lin_rel.weight.copy_(W[X.size(1) :].T)
        own.lin_rel.bias.copy_(b[0])
    return own(X, edges, weight).relu()


def before_of(network, seed: int, batch: PygBatch) -> torch.Tensor:
    X = batch.x
    for layer in network.before:
        X = conv(X, batch.edge_index, layer.W[seed], layer.b[seed])
    return X


def outputs_of(network, seed: int, means: torch.Tensor) -> torch.Tensor:
    hidden, output = network.mlp.hidden, network.mlp.output
    return (means @ hidden.W[seed] + hidden.b[seed]).relu() @ output.W[seed] + output.b[seed]


def copied(plain: torch.nn.Module, network, seed: int) -> torch.nn.Module:
    """PyG's own operator with the weights of a seed."""
    with torch.no_grad():
        for name, parameter in plain.named_parameters():
            parameter.copy_(network.stack.get_parameter(name.replace(".", "/"))[seed])
    return plain.train()


@pytest.mark.parametrize("name", ["TopKPooling", "SAGPooling", "ASAPooling"])
def test_a_network_around_an_operator_equals_a_plain_one(toy_store, name):
    network = network_of(operator(f"torch_geometric.nn.{name}"), toy_store)
    outputs = outcome_of(network, toy_store).outputs
    for seed in range(2):
        batch = plain_batch(toy_store, CHOSEN[seed])
        pool = copied(getattr(pyg, name)(SMALL["hidden"]), network, seed)
        X, edges, weight, graph, *_ = pool(before_of(network, seed, batch), batch.edge_index, None, batch.batch)
        Z = conv(X, edges, network.after.W[seed], network.after.b[seed], weight)
        expected = outputs_of(network, seed, pyg.global_mean_pool(Z, graph, 4))
        torch.testing.assert_close(outputs[seed], expected)


def test_so_does_one_around_a_dense_operator_with_its_losses():
    store = edged_store()
    network = network_of(operator("torch_geometric.nn.dense_mincut_pool", 0.3), store)
    found = outcome_of(network, store)
    for seed in range(2):
        batch = plain_batch(store, CHOSEN[seed])
        X = before_of(network, seed, batch)
        own, assign = pyg.GraphConv(X.size(1), network.assign.W.size(2)), network.assign
        with torch.no_grad():
            own.lin_root.weight.copy_(assign.W[seed, : X.size(1)].T)
            own.lin_rel.weight.copy_(assign.W[seed, X.size(1) :].T)
            own.lin_rel.bias.copy_(assign.b[seed, 0])
        dense, mask = to_dense_batch(X, batch.batch)
        logits, _ = to_dense_batch(own(X, batch.edge_index), batch.batch)
        Y, A, cut, even = pyg.dense_mincut_pool(dense, to_dense_adj(batch.edge_index, batch.batch), logits, mask)
        after = network.after
        Z = (torch.cat([Y, A @ Y], dim=2) @ after.W[seed] + after.b[seed]).relu()
        torch.testing.assert_close(found.outputs[seed], outputs_of(network, seed, Z.mean(dim=1)))
        torch.testing.assert_close(found.penalty[seed], cut + even)


@pytest.mark.parametrize("pools", ["clusters", "even-clusters"])
def test_random_clusters_are_the_softmax_of_equation_6(toy_store, pools):
    """X' = S^T X and A' = S^T A S with S = softmax(R), of which a graph of n nodes takes n rows and its columns."""
    network = network_of(twin("normal", pools), toy_store)
    outputs = outcome_of(network, toy_store).outputs
    most = int(np.diff(toy_store.node_ptr).max())
    for seed, own in enumerate(SEEDS):
        R = torch.from_numpy(generator(own, "assignment").normal(0, 1, (most, (most + 1) // 2)))
        batch = plain_batch(toy_store, CHOSEN[seed])
        X = before_of(network, seed, batch)
        means = []
        for graph in range(4):
            inside = batch.batch == graph
            nodes = int(inside.sum())
            S = R[:nodes, : (most if pools == "even-clusters" else nodes) + 1 >> 1].softmax(dim=1)
            A = to_dense_adj(batch[graph].edge_index, max_num_nodes=nodes)[0].T.to(X.dtype)
            Y = S.T @ X[inside]
            Z = torch.cat([Y, S.T @ A @ S @ Y], dim=1) @ network.after.W[seed] + network.after.b[seed]
            means.append(Z.relu().mean(dim=0))
        torch.testing.assert_close(outputs[seed], outputs_of(network, seed, torch.stack(means)))


def test_random_scores_keep_what_topk_would_keep_of_the_same_scores(toy_store):
    network = network_of(twin("uniform"), toy_store)
    outputs = outcome_of(network, toy_store).outputs
    for seed in range(2):
        batch = plain_batch(toy_store, CHOSEN[seed])
        place = torch.cat([torch.arange(graph.num_nodes) for graph in batch.to_data_list()])
        scores = network.drawn.scores[seed, place]
        topk = pyg.TopKPooling(1)
        with torch.no_grad():
            topk.select.weight.fill_(1)
        _, edges, _, graph, perm, gate = topk(scores, batch.edge_index, None, batch.batch)
        X = before_of(network, seed, batch)[perm] * gate.view(-1, 1)
        Z = conv(X, edges, network.after.W[seed], network.after.b[seed])
        torch.testing.assert_close(outputs[seed], outputs_of(network, seed, pyg.global_mean_pool(Z, graph, 4)))


def test_twins_begin_with_the_weights_of_the_network_that_they_are_compared_with(toy_store):
    ours = network_of(operator("torch_geometric.nn.TopKPooling"), toy_store)
    for options in (twin("uniform"), twin("none"), twin("complement"), twin("normal", "clusters")):
        theirs = network_of(options, toy_store)
        for name, parameter in theirs.named_parameters():
            torch.testing.assert_close(ours.get_parameter(name), parameter, rtol=0, atol=0)
