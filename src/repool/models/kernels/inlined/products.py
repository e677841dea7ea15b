"""Products of the rows of each graph, by BLAS.

`ptr` is the first row of each graph in the block, int32 [seeds, graphs + 1]; S is [seeds, rows, clusters], X and Y are
[seeds, rows, width] or [seeds, graphs x clusters, width]. Results are written over.
"""

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)
def clear_padding(ptr, X):  # type: ignore[no-untyped-def]
    """Rows of X [seeds x rows, width] that belong to no graph become zero."""
    rows = len(X) // ptr.shape[0]
    for seed in range(ptr.shape[0]):
        X[seed * rows : ptr[seed, 0]] = 0
        X[ptr[seed, -1] : (seed + 1) * rows] = 0


@numba.njit(cache=True, nogil=True)
def sum_neighbours(row_ptr, idx, start, X, result):  # type: ignore[no-untyped-def]
    """A X of one graph, whose first row in the block is `start`; A in compressed rows `row_ptr`, `idx` of the block."""
    for row in range(len(X)):
        result[row] = 0
        for arc in range(row_ptr[start + row], row_ptr[start + row + 1]):
            result[row] += X[idx[arc] - start]


@numba.njit(cache=True, nogil=True)
def pool_rows(S, X, ptr, result):  # type: ignore[no-untyped-def]
    """S^T X of each graph."""
    clusters, width = S.shape[2], X.shape[2]
    S, X, result = S.reshape(-1, clusters), X.reshape(-1, width), result.reshape(-1, width)
    first = 0
    for seed in range(ptr.shape[0]):
        for graph in range(ptr.shape[1] - 1):
            start, stop = ptr[seed, graph], ptr[seed, graph + 1]
            np.dot(S[start:stop].T, X[start:stop], result[first : first + clusters])
            first += clusters


@numba.njit(cache=True, nogil=True)
def spread_rows(S, Y, ptr, result):  # type: ignore[no-untyped-def]
    """S Y of each graph."""
    clusters, width = S.shape[2], Y.shape[2]
    S, Y, result = S.reshape(-1, clusters), Y.reshape(-1, width), result.reshape(-1, width)
    first = 0
    for seed in range(ptr.shape[0]):
        for graph in range(ptr.shape[1] - 1):
            start, stop = ptr[seed, graph], ptr[seed, graph + 1]
            np.dot(S[start:stop], Y[first : first + clusters], result[start:stop])
            first += clusters
    clear_padding(ptr, result)


@numba.njit(cache=True, nogil=True)
def cross_rows(X, Y, ptr, result):  # type: ignore[no-untyped-def]
    """X Y^T of each graph."""
    width, clusters = X.shape[2], result.shape[2]
    X, Y, result = X.reshape(-1, width), Y.reshape(-1, width), result.reshape(-1, clusters)
    first = 0
    for seed in range(ptr.shape[0]):
        for graph in range(ptr.shape[1] - 1):
            start, stop = ptr[seed, graph], ptr[seed, graph + 1]
            np.dot(X[start:stop], Y[first : first + clusters].T, result[start:stop])
            first += clusters
    clear_padding(ptr, result)
