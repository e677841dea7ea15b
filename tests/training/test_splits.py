import numpy as np

from repool.training.splits import split
from toys import make_store


def labelled(counts: list[int]):
    store = make_store([(1, [])] * sum(counts))
    store.y[:] = np.random.default_rng(0).permutation(np.repeat(np.arange(len(counts)), counts))
    return store


def test_a_split_is_disjoint_complete_and_stratified():
    store = labelled([205, 126, 79])
    parts = split(store, seed=3)
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(410))
    assert [len(part) for part in parts] == [328, 41, 41]
    for part in parts:
        shares = np.bincount(store.y[part], minlength=3) / len(part)
        np.testing.assert_allclose(shares, np.array([205, 126, 79]) / 410, atol=1 / len(part))


def test_a_split_is_stable_and_differs_between_seeds():
    store = labelled([60, 40])
    np.testing.assert_array_equal(split(store, 5)[2], split(store, 5)[2])
    assert not np.array_equal(split(store, 5)[2], split(store, 6)[2])
    np.testing.assert_array_equal(split(store, 0)[2], [4, 15, 27, 33, 43, 44, 54, 60, 67, 86])


def test_sizes_do_not_depend_on_the_seed():
    store = labelled([61, 52, 17])
    sizes = {tuple(len(part) for part in split(store, seed)) for seed in range(30)}
    assert len(sizes) == 1


def test_a_fixed_split_is_the_datasets_own():
    store = labelled([5, 5])
    fixed = type(store)(**{**store.__dict__, "split": np.array([0, 0, 0, 0, 0, 0, 1, 1, 2, 2], np.int8)})
    assert [part.tolist() for part in split(fixed, 4)] == [[0, 1, 2, 3, 4, 5], [6, 7], [8, 9]]
