"""Where a step's time goes."""

from shares import shares

from repool.models.kernels import linear
from toys import spec_of


def test_compiled_functions_are_timed_by_kind_and_put_back(toy_store):
    before = linear._gradients
    found = shares(spec_of("graclus"), toy_store, seeds=2, steps=2)
    assert min(found[kind] for kind in ("products", "loops", "batches", "optimiser")) > 0
    assert linear._gradients is before
