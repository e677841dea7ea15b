"""The poolers of torch-geometric-pool 1.0.2 by alias: those that pass, on MUTAG too, and why the others do not.

It is not in the lock, since its requirement torch_scatter has to be compiled; `pip install --no-deps
torch-geometric-pool==1.0.2` is enough here.
"""

import importlib.util
import re

import numpy as np
import pytest
import torch
from brought import SMALL, spec_for

from repool.cli import main
from repool.datasets.loading import load
from repool.models.operators.found import version_of
from repool.models.operators.tgp import scatter
from repool.sanity.contracts import findings
from repool.training.block import Block

INVARIANT = ["permutation-invariant"]
# Those that keep all contracts, with what they declare: the others here number the rows of X' and those of A' by
# different orders of nodes, or break ties by them.
PASSING = {
    **dict.fromkeys(("acc", "diff", "dmon", "hosc", "jb", "kmis", "mincut", "nopool"), INVARIANT),
    **{alias: [] for alias in ("asap", "ec", "sag", "sep", "topk")},
}
REFUSED = {
    "bnpool": "something else in a batch than alone",
    "lap": "something else in a batch than alone",
    "ndp": "something else in a batch than alone",
    "nmf": "draws from NumPy's or Python's global stream",
    "eigen": r"x is float32 \[\d+, \d+\], expected numbers \[rows, 8\]",
    "maxcut": "IndexError: Dimension specified as 0 but tensor has no dimensions, for 1 graphs",
    "graclus": "'torch_cluster' package is required",
    "pan": "torch_sparse is required",
}
installed = pytest.mark.skipif(importlib.util.find_spec("tgp") is None, reason="torch-geometric-pool is not installed")


def options(alias: str) -> dict:
    version = version_of("tgp:topk")
    return {"family": "tgp", "operator": f"tgp:{alias}", "version": version, "arguments": {}, "ratio": 0.3, **SMALL}


@pytest.fixture(scope="module")
def mutag(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "MUTAG"
    assert main(["data", "prepare", "MUTAG", "--out", str(folder)]) == 0
    return load(folder)


@installed
@pytest.mark.parametrize("alias", PASSING)
def test_it_keeps_its_contracts_and_trains_on_mutag(mutag, alias):
    assert [one for one in findings(options(alias), PASSING[alias]) if one.broken] == []
    block = Block(
        {**spec_for(options(alias), max_epochs=1, batch=32), "dataset": "MUTAG"}, mutag, [0], torch.device("cpu")
    )
    for _ in block.train():
        pass
    assert block.finished[0].failure is None
    assert np.isfinite(block.finished[0].curves["train_loss"]).all()


@installed
@pytest.mark.parametrize("alias", REFUSED)
def test_the_others_are_refused_with_the_reason(alias):
    (first, *_) = [one.broken for one in findings(options(alias), []) if one.broken]
    assert re.search(REFUSED[alias], first), first


@installed
def test_the_lists_are_of_all_poolers():
    from repool.models.operators.tgp import poolers

    assert {*PASSING, *REFUSED} == set(poolers().pooler_map)


@installed
def test_an_alias_that_is_none_names_the_nearest():
    (*_, last) = findings(options("topkk"), [])
    assert "tgp:topkk is no pooler of torch-geometric-pool 1.0.2. Did you mean topk?" in last.broken


# Poolers that select nodes, their counterparts, and what their weights are called there.
SELECTING = {
    "topk": ("TopKPooling", "selector.", "select."),
    "sag": ("SAGPooling", "", ""),
    "asap": ("ASAPooling", "select_scorer.", "gnn_score."),
}


@installed
@pytest.mark.parametrize("alias", SELECTING)
def test_poolers_that_select_nodes_number_rows_by_score_and_edges_by_node(alias):
    """PyTorch Geometric's, of the same weights, has the same rows, and numbers both by score."""
    from torch_geometric import nn
    from torch_geometric.utils import to_dense_adj

    from repool.models.operators.tgp import poolers

    name, here, there = SELECTING[alias]
    torch.manual_seed(0)
    X, batch = torch.rand(7, 4), torch.zeros(7, dtype=torch.int64)
    ring = torch.stack([torch.arange(7), torch.arange(1, 8) % 7])
    edges = torch.cat([ring, ring.flip(0), torch.tensor([[0, 3, 1, 5], [3, 0, 5, 1]])], dim=1)
    expected = getattr(nn, name)(4, ratio=0.6).eval()
    weights = expected.state_dict()
    if alias != "topk":
        weights["select.weight"].fill_(1)  # torch-geometric-pool has none: the score itself selects
    found = poolers().get_pooler(alias, in_channels=4, ratio=0.6, batched=False, sparse_output=True).eval()
    found.load_state_dict({key: weights[key.replace(here, there) if here else key] for key in found.state_dict()})
    with torch.no_grad():
        rows, by_score, _, _, kept, *_ = expected(X, edges, batch=batch)
        pooled = found(x=X, adj=edges, batch=batch)
    torch.testing.assert_close(pooled.x, rows)
    A, order = to_dense_adj(edges)[0] > 0, kept.sort().values
    assert not torch.equal(kept, order), "scores that follow the nodes would show nothing"
    size = len(kept)
    joined = to_dense_adj(pooled.edge_index, max_num_nodes=size)[0] > 0
    torch.testing.assert_close(joined, A[order][:, order])
    assert not torch.equal(joined, A[kept][:, kept])
    if alias != "asap":  # whose edges are S^T A S there, and those among the kept nodes here
        torch.testing.assert_close(to_dense_adj(by_score, max_num_nodes=size)[0] > 0, A[kept][:, kept])


@pytest.mark.parametrize("reduce", ["sum", "max", "min", "mul", "mean"])
def test_the_stand_in_for_torch_scatter_is_pytorch_geometrics_own(reduce):
    from torch_geometric.utils import scatter as expected

    random = torch.Generator().manual_seed(0)
    source, index = torch.rand(9, 3, generator=random), torch.tensor([0, 2, 2, 0, 1, 1, 1, 2, 0])
    torch.testing.assert_close(scatter(source, index, 0, reduce=reduce), expected(source, index, 0, reduce=reduce))
    flat = source[:, 0]
    torch.testing.assert_close(scatter(flat, index, reduce=reduce), expected(flat, index, reduce=reduce))
    if reduce in ("sum", "max"):
        out = torch.full((3,), 0.5)
        kept = torch.maximum(torch.full((3,), 0.5), expected(flat, index, reduce="max"))
        added = 0.5 + expected(flat, index, reduce="sum")
        torch.testing.assert_close(scatter(flat, index, out=out, reduce=reduce), kept if reduce == "max" else added)
