"""What the networks of each family need in a training step, in the pieces of `counting`: the options of a spec in."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Any

from counting import (
    GIVEN,
    LOOKED_UP,
    Features,
    Level,
    Work,
    adjacency_of_clusters,
    convolution,
    gram,
    linear,
    memory,
    mlp,
    molecule_convolution,
    pool,
)

GMN_MLP_HIDDEN = 50
Options = dict[str, Any]


@dataclass(frozen=True)
class Data:
    """What a dataset imposes: width and kind of its features, as on its card, outputs, nodes of its largest graph."""

    inputs: int
    kind: str
    outputs: int
    most_nodes: int

    @property
    def molecules(self) -> bool:
        """Whether atoms and bonds are encoded."""
        return self.kind == "atoms"

    def X(self, level: Level) -> Features:
        """The features of a batch."""
        return Features(level.rows, self.inputs, GIVEN if self.kind == "continuous" else LOOKED_UP)


def needed(options: Options, data: Data, level: Level) -> Work:
    """The work of one training step and seed; `level` are the graphs of a batch."""
    return FAMILIES[options["family"]](options, data, level)


def first_convolution(data: Data, level: Level, hidden: int) -> Work:
    """Of equation 1, or its form with bonds."""
    return molecule_convolution(level.rows, hidden) if data.molecules else convolution(data.X(level), hidden)


def entry(data: Data, level: Level, hidden: int) -> tuple[Work, Features]:
    """The features on which a network's own convolutions begin; those of molecules were convolved once before."""
    if data.molecules:
        return molecule_convolution(level.rows, hidden), Features(level.rows, hidden)
    return Work(), data.X(level)


def graclus(options: Options, data: Data, level: Level) -> Work:
    """conv -> (conv -> pool) x (layers - 1) -> mean -> MLP; without `first`, the conv before the first pool is that."""
    hidden = options["hidden"]
    work = first_convolution(data, level, hidden)
    for matchings in range(0 if options["first"] == "sum" else 1, options["layers"] - 1):
        work += convolution(Features(level.halved(matchings).rows, hidden), hidden)
    for matchings in range(1, options["layers"]):
        work += Work(kept=level.halved(matchings).rows * hidden)
    return work + mlp(Features(level.graphs, hidden), hidden, data.outputs)


def global_mean(options: Options, data: Data, level: Level) -> Work:
    """conv x convolutions -> mean -> MLP."""
    hidden = options["hidden"]
    work = first_convolution(data, level, hidden)
    for _ in range(options["convolutions"] - 1):
        work += convolution(Features(level.rows, hidden), hidden)
    return work + mlp(Features(level.graphs, hidden), hidden, data.outputs)


def graphsage(options: Options, data: Data, level: Level) -> Work:
    """SAGE x convolutions -> mean -> MLP."""
    hidden = options["hidden"]
    work, X = entry(data, level, hidden)
    for _ in range(options["convolutions"]):
        work += convolution(X, hidden)
        X = Features(level.rows, hidden)
    return work + mlp(Features(level.graphs, hidden), hidden, data.outputs)


def gin(options: Options, data: Data, level: Level) -> Work:
    """(sum -> MLP) x convolutions -> sum -> MLP."""
    hidden = options["hidden"]
    work, X = entry(data, level, hidden)
    for _ in range(options["convolutions"]):
        work += mlp(X, hidden, hidden)
        X = Features(level.rows, hidden)
    return work + mlp(Features(level.graphs, hidden), hidden, data.outputs)


def diffpool(options: Options, data: Data, level: Level) -> Work:
    """SAGE (one or three) -> (pool -> 3 SAGE) x layers -> max -> MLP."""
    hidden, learned = options["hidden"], options["select"] == "learned"
    terms = 2 if options["sage"] == "root" else 1
    work, X = entry(data, level, hidden)
    if options["first"] != "none":
        work += linear(X, hidden, 2 if options["first"] == "sum" else terms)
        X = Features(level.rows, hidden)
        if options["before"] == "three":
            work += linear(X, hidden, terms) + linear(X, hidden, terms)
    sizes = clusters_of_layers(options, data)
    for layer, clusters in enumerate(sizes):
        work += linear(X, hidden, terms)
        work += linear(X, clusters, terms) + gram(level, clusters) if learned else Work(kept=level.rows * clusters)
        work += pool(level, clusters, hidden, learned)
        more = sizes[layer + 1 : layer + 2]
        # Three convolutions, and what the two of the next pooling have in common.
        widths = [hidden] * (3 + len(more))
        work += adjacency_of_clusters(level, clusters, widths, learned, pooled=sum(more))
        level = level.pooled(clusters)
        X = Features(level.rows, hidden)
        for _ in range(3):
            work += linear(X, hidden, terms)
    return work + mlp(Features(level.graphs, hidden), options["mlp_hidden"], data.outputs)


def diffpool_v2(options: Options, data: Data, level: Level) -> Work:
    """(pool of 3 SAGE -> max) x layers -> 3 SAGE -> max -> all maxima side by side -> MLP."""
    hidden, learned = options["hidden"], options["select"] == "learned"
    work, X = entry(data, level, hidden)
    if options["first"] == "sum":
        work += convolution(X, X.width)
        X = Features(level.rows, X.width)
    sizes = clusters_of_layers(options, data)
    for layer, clusters in enumerate(sizes):
        work += sage_stack(X, hidden, hidden)
        if learned:
            work += sage_stack(X, hidden, clusters)
            work += linear(Features(X.rows, 2 * hidden + clusters), clusters) + gram(level, clusters)
        work += pool(level, clusters, 3 * hidden, learned)
        more = sizes[layer + 1 : layer + 2]
        widths = [hidden] * 3 + [width for last in more for width in ([hidden, hidden, min(hidden, last)] * learned)]
        work += adjacency_of_clusters(level, clusters, widths, learned, pooled=sum(more))
        level = level.pooled(clusters)
        X = Features(level.rows, 3 * hidden)
    work += sage_stack(X, hidden, hidden)
    maxima = Features(level.graphs, (options["layers"] + 1) * 3 * hidden)
    return work + mlp(maxima, options["mlp_hidden"], data.outputs)


def sage_stack(X: Features, hidden: int, outputs: int) -> Work:
    """Three convolutions of means alone; the means are taken of their outputs where those are narrower."""
    between = Features(X.rows, hidden)
    return linear(X, hidden) + linear(between, hidden) + linear(between, outputs)


def gmn(options: Options, data: Data, level: Level) -> Work:
    """conv x convolutions -> batch norm -> memory layers -> mean -> MLP."""
    width = options["query_hidden"]
    work = first_convolution(data, level, width)
    for _ in range(options["convolutions"] - 1):
        work += convolution(Features(level.rows, width), width)
    for keys in options["memory_keys"]:
        work += memory(level, width, keys, options["heads"], options["hidden"], options["select"])
        level, width = level.pooled(keys), options["hidden"]
    return work + mlp(Features(level.graphs, width), GMN_MLP_HIDDEN, data.outputs)


def mincut(options: Options, data: Data, level: Level) -> Work:
    """conv x convolutions -> (pool -> conv) x (layers - 1) -> mean -> MLP."""
    hidden, learned = options["hidden"], options["select"] == "learned"
    work = first_convolution(data, level, hidden)
    for _ in range(options["convolutions"] - 1):
        work += convolution(Features(level.rows, hidden), hidden)
    clusters = ceil(0.5 * data.most_nodes)
    for layer in range(options["layers"] - 1):
        X = Features(level.rows, hidden)
        work += linear(X, clusters) + gram(level, clusters) if learned else Work(kept=X.rows * clusters)
        work += pool(level, clusters, hidden, learned)
        following = ceil(0.5 * clusters)
        last = layer == options["layers"] - 2
        work += adjacency_of_clusters(level, clusters, [hidden], learned, pooled=0 if last else following)
        level, clusters = level.pooled(clusters), following
        work += convolution(Features(level.rows, hidden), hidden)
    return work + mlp(Features(level.graphs, hidden), hidden, data.outputs)


def clusters_of_layers(options: Options, data: Data) -> list[int]:
    """The clusters of each pooling of DiffPool: 10% of the nodes of the largest graph, or 25% of the level below."""
    sizes, nodes = [], data.most_nodes
    for _ in range(options["layers"]):
        nodes = ceil((0.1 if options["layers"] == 1 else 0.25) * nodes)
        sizes.append(nodes)
    return sizes


FAMILIES: dict[str, Callable[[Options, Data, Level], Work]] = {
    "graclus": graclus,
    "global-mean": global_mean,
    "graphsage": graphsage,
    "gin": gin,
    "diffpool": diffpool,
    "diffpool-v2": diffpool_v2,
    "gmn": gmn,
    "mincut": mincut,
}
