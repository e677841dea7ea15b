import os
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from repool.categories import ATOM_SIZES, BOND_SIZES
from repool.datasets.store import GraphStore
from toys import make_store, random_graph, train_graclus, write_store

# Tests start this package hundreds of times, from many copies: each start would compile all of it again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(__file__).parents[1] / ".pytest_cache" / "d" / "numba"))
# A shell in the background and nohup have what they start ignore these, and all that it starts in turn: what tests send
# would never arrive. A handler that does nothing is not handed on.
for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGQUIT):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, lambda *_: None)


def pytest_addoption(parser):
    parser.addoption("--kind", help="of the contract in tests/artifacts: this kind of artifact alone")


@pytest.fixture(scope="session")
def toy_store() -> GraphStore:
    """Sixty graphs of 1 to 14 nodes, sparse and dense, some without edges."""
    random = np.random.default_rng(7)
    return make_store([random_graph(int(random.integers(1, 15)), random.uniform(0, 0.9), random) for _ in range(60)])


@pytest.fixture(scope="session")
def molecule_store(toy_store) -> GraphStore:
    """The same graphs with atoms and bonds instead of labels."""
    random = np.random.default_rng(9)
    atoms = random.integers(0, ATOM_SIZES, (toy_store.nodes, len(ATOM_SIZES))).astype(np.uint8)
    bonds = random.integers(0, BOND_SIZES, (len(toy_store.in_idx), len(BOND_SIZES))).astype(np.uint8)
    card = {**toy_store.card, "features": {"kind": "atoms", "count": len(ATOM_SIZES)}, "metric": "auroc"}
    return replace(toy_store, card=card, labels=None, atoms=atoms, bonds=bonds)


@pytest.fixture(scope="session")
def directed_store() -> GraphStore:
    """Forty directed graphs."""
    random = np.random.default_rng(8)
    graphs = []
    for _ in range(40):
        nodes = int(random.integers(2, 12))
        graphs.append((nodes, [(i, j) for i in range(nodes) for j in range(nodes) if i != j and random.random() < 0.3]))
    return make_store(graphs, directed=True)


@pytest.fixture(scope="session")
def campaign(toy_store, tmp_path_factory) -> Path:
    """Results of a configuration that trained graclus on TOY, seeds 0 and 1; of seed 0 some activations."""
    folder = tmp_path_factory.mktemp("campaign") / "results" / "toy"
    data = write_store(toy_store, folder / "data" / "TOY")
    assert train_graclus(data, folder / "runs" / "TOY" / "graclus") == 0
    return folder
