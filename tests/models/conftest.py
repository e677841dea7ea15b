import numpy as np
import pytest
from networks import sparse_graphs

from precision import double_precision, one_thread  # noqa: F401
from repool.datasets.store import GraphStore
from toys import make_store


@pytest.fixture(scope="module")
def stores() -> dict[str, GraphStore]:
    random = np.random.default_rng(12)
    directed = [(nodes, [(i, j) for i in range(nodes) for j in range(nodes) if i != j and random.random() < 3 / nodes])
                for nodes in (37, 4, 21, 9, 30, 6, 14, 11, 25, 17)]  # fmt: skip
    return {
        "any": make_store(sparse_graphs(5, edgeless=True)),
        "with edges": make_store(sparse_graphs(5, edgeless=False)),
        "directed": make_store(directed, directed=True),
    }
