"""Reader of digit images as superpixel graphs, after benchmarking-gnns (Dwivedi et al., 2020; Knyazev et al., 2019).

An image of 28 x 28 grey values becomes at most 75 superpixels; node features are (mean intensity, row / 28,
column / 28 of the centre of mass), and node i has an edge to the 8 nodes of the largest weight

    A_ij = exp(-(p_ij / s_i)^2 - (f_ij / t_i)^2),    then (A + A^T) / 2 with zero diagonal,

p the distances of positions, f of intensities, s_i and t_i their means over the 8 nearest. The graph is directed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TypeAlias, get_args

import numpy as np
import numpy.typing as npt
from skimage.segmentation import slic
from skimage.util import regular_grid

from repool.datasets.digits import Digits, read_digits
from repool.datasets.graphs import Graphs, pointer
from repool.datasets.parallel import each
from repool.schemas.sources import Dataset, Weights

SIDE = 28
MOST_SEGMENTS = 75
FIRST_QUERY = 95
COMPACTNESS = 0.25
NEIGHBOURS = 8
WEIGHTS = get_args(Weights)

Float: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SuperpixelGraph:
    """One image: x float32 [nodes, 3] and the edges i -> targets[i, k], int16 [nodes, min(8, nodes - 1)], ascending."""

    x: npt.NDArray[np.float32]
    targets: npt.NDArray[np.int16]


def read(dataset: Dataset, files: Sequence[Path], processes: int = 1) -> Graphs:
    """Graphs of all digits, whatever the number of processes the same.

    Options of the dataset: `weights` (positions-and-intensities, or positions as in the paper's released code) and
    `order_seed` of the random order of the nodes.
    """
    digits, options = read_digits(files), dataset.options
    work = partial(image_graph, seed=options.order_seed, weights=options.weights)
    indices = range(len(digits.images))
    name = f"{dataset.name}: superpixels"
    return assemble(each(work, list(digits.images), indices, processes=processes, description=name), digits)


def image_graph(image: npt.NDArray[np.uint8], index: int, seed: int = 0, weights: str = WEIGHTS[0]) -> SuperpixelGraph:
    """The superpixel graph of one image, [28, 28] uint8; its nodes stand in a random order drawn from (seed, index)."""
    scaled = (image / 255).astype(np.float32)
    x = segment_features(scaled, segments(scaled))
    x = x[np.random.default_rng([seed, index]).permutation(len(x))]
    affinity = edge_weights(x[:, 1:], x[:, :1] if weights == WEIGHTS[0] else None)
    return SuperpixelGraph(x.astype(np.float32), nearest_targets(affinity))


def segments(image: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """SLIC labels 0..n-1 of every pixel, n at most 75: ask for 95 segments and one fewer until so few come back.

    A query asks for the same grid of centroids as the one before it, mostly, and then differs only in the least and
    largest size of a segment. Where neither can matter its answer is known, and SLIC is not run again.
    """
    known = None
    for query in range(FIRST_QUERY, 0, -1):
        grid, least, largest = _bounds(query)
        if (grid, least) == known:
            continue
        labels = partition(image, query)
        sizes = np.bincount(labels.ravel())
        if len(sizes) <= MOST_SEGMENTS:
            break
        # No segment was cut at the largest size, and the next queries only raise it.
        known = (grid, least) if sizes.max() < largest else None
    return labels


def partition(image: npt.NDArray[np.float32], query: int) -> npt.NDArray[np.int64]:
    """SLIC labels 0..n-1 when `query` segments are asked for, as by scikit-image 0.16, which made the published graphs.

    Two things have changed since. The least and largest size of a segment went by the segments asked for, now they go
    by the centroids of the initial grid. And the image was not stretched to [0, 1] first, which weakens compactness.
    """
    _, least, largest = _bounds(query)
    mean_size = image.size / _centroids(query)
    labels = slic(
        image.astype(np.float64),
        n_segments=query,
        compactness=COMPACTNESS / (float(np.ptp(image)) or 1.0),
        min_size_factor=(least + 0.5) / mean_size,  # cut to whole pixels by slic
        max_size_factor=(largest + 0.5) / mean_size,
        start_label=0,
        channel_axis=None,
    )
    return np.unique(labels, return_inverse=True)[1].reshape(image.shape)


@lru_cache(maxsize=FIRST_QUERY)
def _bounds(query: int) -> tuple[tuple[int, ...], int, int]:
    """SLIC's initial grid (start and step of rows, of columns), least and largest size of a segment, as of 0.16."""
    grid = tuple(value for axis in _grid(query) for value in (axis.start, axis.step))
    return grid, int(0.5 * SIDE * SIDE / query), int(3 * SIDE * SIDE / query)


@lru_cache(maxsize=FIRST_QUERY)
def _centroids(query: int) -> int:
    return math.prod(len(range(SIDE)[axis]) for axis in _grid(query))


def _grid(query: int) -> tuple[slice, ...]:
    return tuple(regular_grid((1, SIDE, SIDE), query)[1:])


def segment_features(image: npt.NDArray[np.float32], labels: npt.NDArray[np.int64]) -> Float:
    """Mean intensity and centre of mass (row / 28, column / 28) of each segment, [segments, 3]."""
    flat, rows, columns = labels.ravel(), *np.divmod(np.arange(image.size), SIDE)
    size = np.bincount(flat)
    sums = [np.bincount(flat, weights=value) for value in (image.ravel(), rows / SIDE, columns / SIDE)]
    return np.stack(sums, axis=1) / size[:, None]


def edge_weights(positions: Float, intensities: Float | None) -> Float:
    """The symmetric weights A [nodes, nodes] with zero diagonal; from positions alone without intensities."""
    exponent = _scaled_squares(positions)
    if intensities is not None:
        exponent += _scaled_squares(intensities)
    weights: Float = np.exp(-exponent)
    weights = 0.5 * (weights + weights.T)
    np.fill_diagonal(weights, 0)
    return weights


def nearest_targets(weights: Float) -> npt.NDArray[np.int16]:
    """For each node the min(8, nodes - 1) others of the largest weight (of equal ones the first), ascending."""
    ranked = weights.copy()
    np.fill_diagonal(ranked, -1)
    order = np.argsort(-ranked, axis=1, kind="stable")[:, : min(NEIGHBOURS, len(weights) - 1)]
    return np.sort(order, axis=1).astype(np.int16)


def assemble(graphs: Sequence[SuperpixelGraph], digits: Digits) -> Graphs:
    """Put the graphs side by side, with both directions of the adjacency."""
    sizes = np.array([len(graph.x) for graph in graphs], dtype=np.int64)
    node_ptr = pointer(sizes)
    degrees = [np.full(len(graph.x), graph.targets.shape[1]) for graph in graphs]
    out_idx = np.empty(sum(graph.targets.size for graph in graphs), dtype=np.int32)
    in_idx, in_degree = np.empty_like(out_idx), np.empty(int(sizes.sum()), dtype=np.int64)
    edge = 0
    for graph, first in zip(graphs, node_ptr[:-1], strict=True):
        nodes, width = graph.targets.shape
        targets = graph.targets.ravel()
        into = slice(edge, edge := edge + targets.size)
        out_idx[into] = targets + first
        in_idx[into] = np.argsort(targets, kind="stable") // max(width, 1) + first
        in_degree[first : first + nodes] = np.bincount(targets, minlength=nodes)
    return Graphs(
        node_ptr=node_ptr,
        in_ptr=pointer(in_degree),
        in_idx=in_idx,
        out_ptr=pointer(np.concatenate(degrees)),
        out_idx=out_idx,
        x=np.concatenate([graph.x for graph in graphs]),
        y=digits.labels,
        split=digits.split,
    )


def _scaled_squares(points: Float) -> Float:
    """(d_ij / mean of the 8 smallest d_i.)^2 for distances d of points, [nodes, nodes]."""
    distances = np.sqrt(((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=-1))
    nodes = len(points)
    if nodes <= NEIGHBOURS:  # every node is a neighbour of every other: the scale does not matter
        return np.asarray(distances**2)
    mean = np.partition(distances, NEIGHBOURS, axis=1)[:, : NEIGHBOURS + 1].sum(axis=1, keepdims=True) / NEIGHBOURS
    return np.asarray((distances / (mean + 1e-8)) ** 2)
