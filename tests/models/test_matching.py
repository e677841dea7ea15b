"""Matching against a plain reference that builds the dense complement, and against what a matching must be."""

import numpy as np
import pytest
from scipy import stats

from repool.models.graphs import Graphs
from repool.models.select.matching import FREE, match_complement, match_neighbours
from repool.training.batches import gather
from repool.training.streams import word
from toys import make_store

MASK = 2**64 - 1


class PlainStream:
    """SplitMix64 in Python integers."""

    def __init__(self, state: int):
        self.state = int(state)

    def below(self, limit: int) -> int:
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return ((z ^ (z >> 31)) >> 32) * limit >> 32


def dense(graphs: Graphs) -> np.ndarray:
    """A with A[i, j] = 1 for an edge i -> j."""
    A = np.zeros((graphs.seeds * graphs.rows,) * 2, bool)
    for node in range(len(A)):
        A[node, graphs.out_idx[graphs.out_ptr[node] : graphs.out_ptr[node + 1]]] = True
    return A


def plain_match(graphs: Graphs, streams: np.ndarray, complement: bool) -> np.ndarray:
    """The same walk over a dense adjacency (of the complement)."""
    A = dense(graphs)
    partner = np.full(len(A), FREE)
    for seed in range(graphs.seeds):
        stream = PlainStream(streams[seed])
        for start, stop in zip(graphs.graph_ptr[seed, :-1], graphs.graph_ptr[seed, 1:], strict=True):
            order: list[int] = []
            for node in range(start, stop):
                position = stream.below(len(order) + 1)
                order.append(order[position] if position < len(order) else node)
                order[position] = node
            free = list(range(start, stop))
            for node in order:
                if partner[node] != FREE:
                    continue
                remove(free, node)
                if complement:
                    other = draw_until(free, node, ~A, stream)
                else:
                    candidates = [j for j in sorted(np.flatnonzero(A[node])) if partner[j] == FREE]
                    other = candidates[stream.below(len(candidates))] if candidates else node
                if other != node:
                    remove(free, other)
                partner[node], partner[other] = other, node
        streams[seed] = stream.state
    return partner


def remove(free: list[int], node: int) -> None:
    """The last one takes the place of the removed one."""
    hole = free.index(node)
    last = free.pop()
    if hole < len(free):
        free[hole] = last


def draw_until(free: list[int], node: int, allowed: np.ndarray, stream: PlainStream) -> int:
    left = len(free)
    while left:
        drawn = stream.below(left)
        if allowed[node, free[drawn]]:
            return free[drawn]
        left -= 1
        free[drawn], free[left] = free[left], free[drawn]
    return node


def batch(store, seeds: int = 3, size: int = 20) -> Graphs:
    random = np.random.default_rng(1)
    return gather(store, np.stack([random.permutation(store.graphs)[:size] for _ in range(seeds)]))[0]


def streams_of(seeds: int) -> np.ndarray:
    return np.array([word(seed, "pooling") for seed in range(seeds)], np.uint64)


@pytest.mark.parametrize("complement", [False, True])
@pytest.mark.parametrize("store_name", ["toy_store", "directed_store"])
def test_matching_equals_the_plain_walk_under_the_same_draws(store_name, complement, request):
    graphs = batch(request.getfixturevalue(store_name))
    compiled, plain = streams_of(3), streams_of(3)
    match = match_complement if complement else match_neighbours
    for _ in range(3):
        np.testing.assert_array_equal(match(graphs, compiled), plain_match(graphs, plain, complement))
    np.testing.assert_array_equal(compiled, plain)


@pytest.mark.parametrize("complement", [False, True])
def test_matching_is_valid_and_maximal_and_respects_graphs(toy_store, complement):
    graphs = batch(toy_store)
    partner = (match_complement if complement else match_neighbours)(graphs, streams_of(3))
    A = ~dense(graphs) if complement else dense(graphs)
    graph_of = np.full(len(partner), -1)
    for number, (start, stop) in enumerate(
        (graphs.graph_ptr[seed, g], graphs.graph_ptr[seed, g + 1]) for seed in range(3) for g in range(20)
    ):
        graph_of[start:stop] = number
    nodes = np.flatnonzero(graph_of >= 0)
    assert (partner[graph_of < 0] == FREE).all()
    np.testing.assert_array_equal(partner[partner[nodes]], nodes)
    np.testing.assert_array_equal(graph_of[partner[nodes]], graph_of[nodes])
    paired = nodes[partner[nodes] != nodes]
    assert A[paired, partner[paired]].all()
    alone = nodes[partner[nodes] == nodes]
    for i in alone:
        others = alone[(graph_of[alone] == graph_of[i]) & (alone != i)]
        assert not A[i, others].any(), "two nodes that stayed alone could have been matched"


def test_complement_of_a_complete_graph_leaves_every_node_alone():
    store = make_store([(6, [(i, j) for i in range(6) for j in range(i)])])
    graphs = gather(store, np.array([[0]]))[0]
    np.testing.assert_array_equal(match_complement(graphs, streams_of(1))[:6], np.arange(6))


def test_partners_are_uniform_among_strangers():
    """On a path of four nodes the complement is again a path: its matchings have known probabilities.

    Complement of 0-1-2-3: edges 0-2, 0-3, 1-3. The walk starts at a uniform node; starting at 0 it takes 2 or 3,
    starting at 3 it takes 0 or 1, starting at 1 (or 2) it takes 3 (or 0). Only 0-3 leaves 1 and 2 alone.
    """
    graphs = gather(make_store([(4, [(0, 1), (1, 2), (2, 3)])]), np.array([[0]]))[0]
    streams = streams_of(1)
    draws = 4000
    alone = sum(match_complement(graphs, streams)[0] == 3 for _ in range(draws))
    expected = draws * (1 / 4 * 1 / 2 + 1 / 4 * 1 / 2)
    assert stats.chisquare([alone, draws - alone], [expected, draws - expected]).pvalue > 1e-3


def test_a_seed_matches_alike_whatever_its_block(toy_store):
    random = np.random.default_rng(2)
    chosen = np.stack([random.permutation(toy_store.graphs)[:20] for _ in range(4)])
    together = match_neighbours(graphs := gather(toy_store, chosen)[0], streams_of(4))
    alone_graphs = gather(toy_store, chosen[2:3])[0]
    alone = match_neighbours(alone_graphs, streams_of(4)[2:3])
    nodes = graphs.graph_ptr[2, -1] - graphs.graph_ptr[2, 0]
    shift = 2 * graphs.rows
    np.testing.assert_array_equal(together[shift : shift + nodes] - shift, alone[:nodes])
