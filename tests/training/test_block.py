"""A block in training: against PyTorch Geometric, against the same seed alone, against itself."""

import numpy as np
import pytest
import torch
from torch_geometric.data import Batch, Data
from torch_geometric.nn import GraphConv, global_mean_pool, max_pool

from precision import EXACT, assert_near
from repool.training.batches import gather
from repool.training.block import Block
from repool.training.plateau import Plateau
from toys import spec_of

CPU = torch.device("cpu")


def to_pyg(store, graph: int) -> Data:
    nodes = range(store.node_ptr[graph], store.node_ptr[graph + 1])
    edges = [(j, i) for i in nodes for j in store.in_idx[store.in_ptr[i] : store.in_ptr[i + 1]]]
    edge_index = torch.tensor(edges, dtype=torch.int64).view(-1, 2).t() - nodes[0]
    x = torch.nn.functional.one_hot(torch.tensor(store.labels[nodes.start : nodes.stop], dtype=torch.int64), 4).double()
    return Data(x=x, edge_index=edge_index, y=torch.tensor([store.y[graph]]), num_nodes=len(nodes))


class WithPyGLayers(torch.nn.Module):
    """The network of appendix A.2 from PyTorch Geometric's layers, with the clusterings given."""

    def __init__(self, network):
        super().__init__()
        convolutions = [network.embed, *network.convolutions]
        self.convolutions = torch.nn.ModuleList(GraphConv(conv.W.size(1) // 2, conv.W.size(2)) for conv in convolutions)
        self.mlp = torch.nn.Sequential(torch.nn.Linear(16, 16), torch.nn.ReLU(), torch.nn.Linear(16, 2))
        with torch.no_grad():
            for theirs, ours in zip(self.convolutions, convolutions, strict=True):
                theirs.lin_root.weight.copy_(ours.W[0].T.chunk(2, dim=1)[0])
                theirs.lin_rel.weight.copy_(ours.W[0].T.chunk(2, dim=1)[1])
                theirs.lin_rel.bias.copy_(ours.b[0, 0])
            for theirs, ours in ((self.mlp[0], network.mlp.hidden), (self.mlp[2], network.mlp.output)):
                theirs.weight.copy_(ours.W[0].T)
                theirs.bias.copy_(ours.b[0, 0])

    def forward(self, data: Batch, levels) -> torch.Tensor:
        x, graphs = self.convolutions[0](data.x, data.edge_index).relu(), data.num_graphs
        for conv, pairs in zip(self.convolutions[1:], levels.matchings, strict=True):
            pooled = Batch(x=conv(x, data.edge_index).relu(), edge_index=data.edge_index, batch=data.batch)
            data = max_pool(torch.from_numpy(pairs.cluster[: x.size(0)].astype(np.int64)), pooled)
            x = data.x
        return self.mlp(global_mean_pool(x, data.batch, graphs))


@pytest.mark.usefixtures("double_precision")
@pytest.mark.parametrize("select", ["graclus", "complement"])
def test_a_training_step_equals_one_with_pyg_layers(toy_store, select):
    block = Block(spec_of(select, batch=20), toy_store, [0], CPU)
    reference = WithPyGLayers(block.network)
    optimiser = torch.optim.Adam(reference.parameters(), lr=1e-3)
    chosen = block.order[:, :20]
    states = block.pooling.copy()
    levels = block.network.prepare(gather(toy_store, chosen)[0], states, CPU)
    data = Batch.from_data_list([to_pyg(toy_store, int(graph)) for graph in chosen[0]])
    loss = torch.nn.functional.cross_entropy(reference(data, levels), data.y)
    loss.backward()
    optimiser.step()

    next(block.train())

    assert block.batch_losses[0, 0].item() == pytest.approx(loss.item(), rel=EXACT)
    expected = WithPyGLayers(block.network)
    for ours, theirs in zip(expected.parameters(), reference.parameters(), strict=True):
        assert_near(ours, theirs, "weights")
    np.testing.assert_array_equal(block.pooling, states)


@pytest.mark.usefixtures("double_precision")
@pytest.mark.parametrize("select", ["graclus", "complement", "global-mean"])
def test_a_seed_alone_and_in_a_block_sees_the_same_and_loses_the_same(toy_store, select):
    together, alone = (
        Block(spec_of(select), toy_store, [3, 4, 5, 6, 7], CPU),
        Block(spec_of(select), toy_store, [5], CPU),
    )
    torch.testing.assert_close(together.optimiser.weights[2:3], alone.optimiser.weights, rtol=0, atol=0)
    for ours, theirs in zip(together.live[2].parts, alone.live[0].parts, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    for _ in range(30):
        position = [run.seed for run in together.live].index(5)
        np.testing.assert_array_equal(together.order[position], alone.order[0])
        next(together.train()), next(alone.train())
        assert together.pooling[position] == alone.pooling[0]
        batch = alone.batch - 1 if alone.batch else None
        if batch is not None:
            difference = together.batch_losses[batch, position] - alone.batch_losses[batch, 0]
            assert abs(difference.item()) < EXACT


@pytest.mark.usefixtures("double_precision")
def test_a_seed_goes_on_alike_after_another_seed_of_its_block_stopped(toy_store):
    spec = spec_of("complement")
    together, alone = Block(spec, toy_store, [3, 4, 5], CPU), Block(spec, toy_store, [5], CPU)
    together.live[0].plateau = Plateau(1e-3, best_score=2.0, best_epoch=-48, reference=2.0)
    steps = 5 * together.batches
    for _ in range(steps):
        next(together.train()), next(alone.train())
    assert [run.seed for run in together.live] == [4, 5]
    assert [run.seed for run in together.finished] == [3]
    ours, theirs = together.live[1].curves, alone.live[0].curves
    assert ours["train_loss"] == pytest.approx(theirs["train_loss"], rel=EXACT)
    assert ours["validation_loss"] == pytest.approx(theirs["validation_loss"], rel=EXACT)
    assert together.pooling[1] == alone.pooling[0]


@pytest.mark.usefixtures("double_precision")
@pytest.mark.parametrize("select", ["graclus", "complement", "global-mean"])
def test_a_graph_has_the_same_output_alone_and_in_a_batch(toy_store, select):
    """With one pooling layer, so that both draw their matchings in the same order."""
    spec = spec_of(select)
    spec["model"]["layers"] = 2
    block = Block(spec, toy_store, [0], CPU)
    chosen, states = np.arange(20)[None], block.pooling.copy()
    with torch.no_grad():
        together = block.network(*prepared(block, toy_store, chosen, block.pooling)).outputs
        for graph in range(20):
            alone = block.network(*prepared(block, toy_store, chosen[:, graph : graph + 1], states)).outputs
            assert_near(alone[:, 0], together[:, graph], f"graph {graph}")


def prepared(block: Block, store, chosen: np.ndarray, states: np.ndarray):
    graphs, nodes = gather(store, chosen)
    return block.inputs.X(nodes, 1), block.network.prepare(graphs, states, CPU)


def test_the_network_learns_what_can_be_learned(toy_store):
    """The class is whether a graph has an edge: any of the networks must find that."""
    has_edge = np.array(
        [toy_store.in_ptr[toy_store.node_ptr[g + 1]] > toy_store.in_ptr[toy_store.node_ptr[g]] for g in range(60)]
    )
    store = type(toy_store)(**{**toy_store.__dict__, "y": has_edge.astype(np.int64)})
    block = Block(spec_of("graclus", learning_rate=1e-2, max_epochs=30), store, [0], CPU)
    for _ in block.train():
        pass
    assert block.finished[0].curves["train_loss"][-1] < 0.1


@pytest.mark.usefixtures("double_precision")
def test_directed_graphs_train_with_the_transpose_in_the_gradient(directed_store):
    block = Block(spec_of("graclus", batch=20), directed_store, [0], CPU)
    reference = WithPyGLayers(block.network)
    chosen = block.order[:, :20]
    levels = block.network.prepare(gather(directed_store, chosen)[0], block.pooling.copy(), CPU)
    data = Batch.from_data_list([to_pyg(directed_store, int(graph)) for graph in chosen[0]])
    torch.nn.functional.cross_entropy(reference(data, levels), data.y).backward()
    torch.optim.Adam(reference.parameters(), lr=1e-3).step()
    next(block.train())
    for ours, theirs in zip(WithPyGLayers(block.network).parameters(), reference.parameters(), strict=True):
        assert_near(ours, theirs, "weights")
