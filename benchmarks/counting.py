"""What a training step needs at least, counted from shapes: matrix products, and numbers that pass through memory.

Pieces of networks, each with its forward pass and its gradients; `families` composes them. All numbers are those of one
seed. Adds along edges, norms and activations are no products: what they give counts as memory alone.
"""

from dataclasses import dataclass

import numpy as np

from repool.categories import ATOM_SIZES

LEARNED, GIVEN, LOOKED_UP = "learned", "given", "looked up"

# One number, or one for every graph.
Size = int | float | np.ndarray


@dataclass(frozen=True)
class Product:
    """So many products [rows, inner] x [inner, columns]."""

    count: int
    rows: Size
    inner: Size
    columns: Size

    @property
    def operations(self) -> float:
        """Multiplications and additions."""
        return 2 * self.count * float(np.mean(self.rows * self.inner * self.columns))

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Count and mean sizes, whole."""
        rows, inner, columns = (max(1, round(float(np.mean(size)))) for size in (self.rows, self.inner, self.columns))
        return self.count, rows, inner, columns


@dataclass(frozen=True)
class Work:
    """Products, and how many numbers the forward pass leaves to the backward pass."""

    products: tuple[Product, ...] = ()
    kept: float = 0

    def __add__(self, other: "Work") -> "Work":
        return Work(self.products + other.products, self.kept + other.kept)

    @property
    def operations(self) -> float:
        """Of all products."""
        return sum(product.operations for product in self.products)


@dataclass(frozen=True)
class Features:
    """Rows of features: learned, given by the dataset (no gradient), or looked up (one-hot labels and constants)."""

    rows: float
    width: int
    kind: str = LEARNED


@dataclass(frozen=True)
class Level:
    """The graphs of a batch, with the nodes of each: one number for every graph, or the same for all.

    A of the nodes is sparse, A of clusters is not.
    """

    graphs: int
    nodes: Size
    sparse: bool = True

    @property
    def rows(self) -> float:
        """Nodes of the batch."""
        return self.graphs * float(np.mean(self.nodes))

    def halved(self, times: int) -> "Level":
        """After so many matchings that leave at most one node of a graph alone: the fewest clusters."""
        return Level(self.graphs, np.ceil(self.nodes / 2**times))

    def pooled(self, clusters: int) -> "Level":
        """Of so many clusters."""
        return Level(self.graphs, clusters, sparse=False)

    def products(self, *shapes: tuple[Size, Size, Size]) -> tuple[Product, ...]:
        """Products of every graph."""
        return tuple(Product(self.graphs, *shape) for shape in shapes)


def fewest(*forms: Work) -> Work:
    """The form of fewest operations."""
    return min(forms, key=lambda form: form.operations)


def linear(X: Features, outputs: int, terms: int = 1) -> Work:
    """X W + b, or several such terms; with dW = X^T G and, where X is learned, dX = G W^T."""
    inputs = terms * X.width
    products = (Product(1, X.rows, inputs, outputs), Product(1, inputs, X.rows, outputs))
    if X.kind == LEARNED:
        products += (Product(1, X.rows, outputs, inputs),)
    return Work(() if X.kind == LOOKED_UP else products, X.rows * outputs)


def convolution(X: Features, outputs: int) -> Work:
    """X W1 + A X W2 + b."""
    return linear(X, outputs, terms=2)


def molecule_convolution(rows: float, width: int) -> Work:
    """OGB's: a linear layer of the table of atoms or of the atoms, whichever are fewer, and sums along bonds."""
    return linear(Features(min(rows, sum(ATOM_SIZES)), width), width) + Work(kept=2 * rows * width)


def mlp(X: Features, hidden: int, outputs: int) -> Work:
    """Two linear layers."""
    return linear(X, hidden) + linear(Features(X.rows, hidden), outputs)


def pool(level: Level, clusters: int, width: int, learned: bool) -> Work:
    """X' = S^T X of every graph, with dX = S dX' and, where S is learned, dS = X dX'^T."""
    n, k = level.nodes, clusters
    products = level.products((k, n, width), (n, k, width), *([(n, width, k)] if learned else []))
    return Work(products, level.graphs * k * width)


def gram(level: Level, clusters: int) -> Work:
    """||S^T S||^2 = ||S S^T||^2 by the smaller matrix, with its gradient 4 S S^T S."""
    small, large = np.minimum(level.nodes, clusters), np.maximum(level.nodes, clusters)
    return Work(level.products((small, large, small), (small, small, large)))


def adjacency_of_clusters(level: Level, clusters: int, widths: list[int], learned: bool, pooled: int = 0) -> Work:
    """A' = S^T A S as far as it multiplies features of these widths, and the next S with its `pooled` columns.

    By the matrix, or through the nodes as S^T ((A S) X). A is symmetric, so of the matrix dS = A S (dA' + dA'^T). A
    fixed S leaves the same matrix to all epochs, and the next S gives A' alone a gradient here.
    """
    n, k = level.nodes, clusters
    of_matrix: list[tuple[Size, Size, Size]] = []
    through: list[tuple[Size, Size, Size]] = []
    if learned:
        of_matrix += [(k, n, k)] + [(n, k, k)] * (1 if level.sparse else 2)
    for width in widths:
        of_matrix += [(k, k, width)] * 2 + [(k, width, k)] * learned
        through += [(n, k, width), (k, n, width)] * 2 + [(n, width, k)] * (2 * learned)
    if pooled and learned:
        of_matrix += [(k, k, pooled), (k, pooled, k)]
        through += [(n, k, pooled), (k, n, pooled), (n, k, pooled)] + [(n, pooled, k)] * 2
    return fewest(
        Work(level.products(*of_matrix), level.graphs * k * k), Work(level.products(*through), level.rows * k)
    )


def memory(level: Level, width: int, keys: int, heads: int, hidden: int, select: str) -> Work:
    """A memory layer in a supervised step: distances to fixed keys, S, and (S^T Q) W or S^T (Q W).

    A single key gets all of every row, so that S says nothing.
    """
    Q = Features(level.rows, width)
    if keys == 1:
        return linear(Features(level.graphs, width), hidden)
    learned = select != "random"
    assigned = Work(kept=Q.rows * keys)
    if learned:
        products = (Product(1, Q.rows, width, heads * keys), Product(1, Q.rows, heads * keys, width))
        assigned += Work(products, Q.rows * heads * keys)
    clusters = Features(level.graphs * keys, width)
    first_pooled = pool(level, keys, width, learned) + linear(clusters, hidden)
    return assigned + fewest(first_pooled, linear(Q, hidden) + pool(level, keys, hidden, learned))
