import gzip

import numpy as np
import pytest

from repool.datasets import superpixels
from repool.datasets.digits import read_digits
from repool.datasets.fetch import wheel_path
from repool.errors import UserError
from repool.schemas.checked import checked
from repool.schemas.sources import Dataset


@pytest.fixture(scope="module")
def digits(declared):
    return read_digits([wheel_path(declared["DIGITS"].files[0])])


@pytest.fixture(scope="module")
def graphs(digits):
    """Superpixel graphs of 100 real digits, ten of each."""
    return [superpixels.image_graph(digits.images[index], index) for index in range(0, 5000, 50)]


@pytest.fixture
def thirty(digits, tmp_path):
    """The first three of every class as a table of their own."""
    rows = [np.append(digits.images[i].ravel(), digits.labels[i]) for i in range(5000) if i % 500 < 3]
    path = tmp_path / "digits.csv.gz"
    path.write_bytes(gzip.compress("\n".join(",".join(map(str, row)) for row in rows).encode(), mtime=0))
    return path


def dataset(**options: object) -> Dataset:
    entry = {"format": "superpixels", "task": "classification", "files": [{"name": "d.csv.gz", "mirror": "d.csv.gz"}]}
    return checked(Dataset, {"name": "D", **entry, "options": options}, "datasets.yaml, D")


def test_the_digits_of_the_wheel(digits):
    assert digits.images.shape == (5000, 28, 28)
    assert np.bincount(digits.labels).tolist() == [500] * 10
    assert digits.split is None


def test_sizes_are_those_of_the_published_graphs(graphs):
    sizes = [len(graph.x) for graph in graphs]
    assert max(sizes) <= 75
    assert np.mean(sizes) == pytest.approx(70.57, abs=1)


def test_features_are_fractions_and_cover_the_digit(graphs):
    for graph in graphs:
        assert graph.x.dtype == np.float32
        assert graph.x.min() >= 0
        assert graph.x.max() <= 1
        assert graph.x[:, 0].max() > 0.5


def test_every_node_has_eight_other_targets(graphs):
    for graph in graphs:
        nodes = np.arange(len(graph.x))
        assert graph.targets.shape == (len(nodes), min(8, len(nodes) - 1))
        assert (np.diff(graph.targets, axis=1) > 0).all()
        assert not (graph.targets == nodes[:, None]).any()


def slow_weights(x, with_intensities):
    """The definition, number by number."""
    n = len(x)
    A = np.zeros((n, n))
    p = [[float(np.hypot(*(a[1:] - b[1:]))) for b in x] for a in x]
    f = [[abs(float(a[0] - b[0])) for b in x] for a in x]
    for i in range(n):
        s = sum(sorted(p[i][j] for j in range(n) if j != i)[:8]) / 8
        t = sum(sorted(f[i][j] for j in range(n) if j != i)[:8]) / 8
        for j in range(n):
            exponent = (p[i][j] / (s + 1e-8)) ** 2
            if with_intensities:
                exponent += (f[i][j] / (t + 1e-8)) ** 2
            A[i, j] = np.exp(-exponent)
    A = (A + A.T) / 2
    np.fill_diagonal(A, 0)
    return A


@pytest.mark.parametrize("with_intensities", [True, False])
def test_edges_equal_a_plain_reference(graphs, with_intensities):
    for graph in graphs[:6]:
        x = graph.x.astype(np.float64)
        expected = slow_weights(x, with_intensities)
        weights = superpixels.edge_weights(x[:, 1:], x[:, :1] if with_intensities else None)
        np.testing.assert_allclose(weights, expected, rtol=1e-10, atol=1e-300)
        for row, targets in zip(expected, superpixels.nearest_targets(weights), strict=True):
            others = np.delete(row, targets)
            assert row[targets].min() >= others.max() * (1 - 1e-9)


def test_positions_alone_give_other_edges(digits):
    both = superpixels.image_graph(digits.images[7], 7)
    positions = superpixels.image_graph(digits.images[7], 7, weights="positions")
    np.testing.assert_array_equal(both.x, positions.x)
    assert (both.targets != positions.targets).any()


def test_few_nodes_are_joined_completely():
    rng = np.random.default_rng(0)
    for nodes in (1, 2, 8, 9, 10):
        targets = superpixels.nearest_targets(superpixels.edge_weights(rng.random((nodes, 2)), rng.random((nodes, 1))))
        assert targets.shape == (nodes, min(8, nodes - 1))


def test_skipping_queries_changes_nothing(digits):
    least = superpixels.FIRST_QUERY
    for image in digits.images[::125]:
        scaled = (image / 255).astype(np.float32)
        query = superpixels.FIRST_QUERY
        while (plain := superpixels.partition(scaled, query)).max() >= superpixels.MOST_SEGMENTS:
            query -= 1
        least = min(least, query)
        np.testing.assert_array_equal(superpixels.segments(scaled), plain)
    assert least < 80  # some digit took many queries


def test_segments_are_averaged(digits):
    image = (digits.images[0] / 255).astype(np.float32)
    labels = superpixels.segments(image)
    x = superpixels.segment_features(image, labels)
    for segment in (0, 17, labels.max()):
        rows, columns = np.nonzero(labels == segment)
        expected = [image[rows, columns].mean(dtype=np.float64), rows.mean() / 28, columns.mean() / 28]
        np.testing.assert_allclose(x[segment], expected, rtol=1e-12)


def test_a_blank_image_is_no_special_case():
    graph = superpixels.image_graph(np.zeros((28, 28), np.uint8), 0)
    assert np.isfinite(graph.x).all()
    assert (graph.x[:, 0] == 0).all()


def test_graphs_do_not_depend_on_the_number_of_processes(thirty, monkeypatch):
    monkeypatch.setattr("repool.datasets.parallel.CHUNK", 10)  # so that thirty digits are enough for two processes
    one, two = superpixels.read(dataset(), [thirty], 1), superpixels.read(dataset(), [thirty], 2)
    for name in ("node_ptr", "in_ptr", "in_idx", "out_ptr", "out_idx", "x", "y"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


def test_the_two_directions_are_transposes(thirty):
    graphs = superpixels.read(dataset(), [thirty])
    sources = np.repeat(np.arange(graphs.node_ptr[-1]), np.diff(graphs.out_ptr))
    heads = np.repeat(np.arange(graphs.node_ptr[-1]), np.diff(graphs.in_ptr))
    forward = set(zip(sources.tolist(), graphs.out_idx.tolist(), strict=True))
    assert forward == set(zip(graphs.in_idx.tolist(), heads.tolist(), strict=True))
    assert len(forward) == len(graphs.in_idx)
    assert all((np.diff(row) > 0).all() for row in np.split(graphs.in_idx, graphs.in_ptr[1:-1]))


def test_the_order_of_nodes_follows_the_seed(thirty):
    zero, one = superpixels.read(dataset(), [thirty]), superpixels.read(dataset(order_seed=1), [thirty])
    assert (zero.x != one.x).any()
    first = slice(0, zero.node_ptr[1])
    assert sorted(map(tuple, zero.x[first].tolist())) == sorted(map(tuple, one.x[first].tolist()))


def test_a_misspelt_option():
    with pytest.raises(UserError, match=r"datasets\.yaml, D, options\.weights\. Did you mean positions\?"):
        dataset(weights="position")
    with pytest.raises(UserError, match=r"order_sed is not a key .* Did you mean order_seed\?"):
        dataset(order_sed=1)


def idx(shape, values):
    sizes = b"".join(size.to_bytes(4, "big") for size in shape)
    return gzip.compress(bytes([0, 0, 8, len(shape)]) + sizes + np.asarray(values, np.uint8).tobytes(), mtime=0)


def test_idx_archives_and_their_split(tmp_path, monkeypatch):
    monkeypatch.setattr("repool.datasets.digits.VALIDATION", 2)
    images = np.arange(5 * 784).reshape(5, 28, 28) % 256
    contents = [idx((5, 28, 28), images), idx((5,), [0, 1, 2, 3, 4]), idx((1, 28, 28), images[:1]), idx((1,), [9])]
    paths = [tmp_path / f"{number}.gz" for number in range(4)]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    digits = read_digits(paths)
    assert digits.split.tolist() == [0, 0, 0, 1, 1, 2]
    assert digits.labels.tolist() == [0, 1, 2, 3, 4, 9]
    np.testing.assert_array_equal(digits.images[:5], images)


DAMAGED = {
    "fewer values than it says": lambda: idx((2,), [1]),
    "neither labels nor images": lambda: idx((1, 2), [1, 2]),
    "not gzip": lambda: b"not gzip",
    "cut": lambda: idx((9,), range(9))[:-6],
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_idx_archive(tmp_path, damage):
    path = tmp_path / "labels.gz"
    path.write_bytes(DAMAGED[damage]())
    with pytest.raises(UserError, match=r"labels\.gz is not a"):
        read_digits([path] * 4)


def test_the_real_mnist(declared, real_archives):
    digits = read_digits([real_archives / file.mirror for file in declared["SMNIST"].files])
    assert np.bincount(digits.split).tolist() == [55_000, 5_000, 10_000]
    assert digits.labels[:5].tolist() == [5, 0, 4, 1, 9]
