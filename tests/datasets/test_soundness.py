"""Arrays are compared with their card, and followed only where they lead nowhere else."""

import json

import numpy as np
import pytest
from raw_files import declared_molecules, five_molecules, molecules, zipped_molecules

from repool.datasets import arrays, tu
from repool.datasets.arrays import content_sha256
from repool.datasets.card import make_card
from repool.datasets.loading import load
from repool.datasets.prepare import prepare
from repool.errors import UserError
from repool.schemas.card import sealed
from repool.schemas.sources import Expected
from toys import make_store, random_graph, write_store


@pytest.fixture(params=[False, True], ids=["undirected", "directed"])
def folder(request, tmp_path):
    """Thirty graphs, some without edges."""
    random = np.random.default_rng(3)
    graphs = [random_graph(int(random.integers(1, 9)), random.choice([0, 0.5]), random) for _ in range(30)]
    return write_store(make_store(graphs, directed=request.param), tmp_path / "TOY")


def change(folder, name: str, place, value, seal: bool = False) -> None:
    """Write another value into an array; with a seal as its card would say it."""
    path = folder / "arrays" / f"{name}.npy"
    array = np.load(path)
    array[place] = value
    np.save(path, array)
    if seal:
        card = json.loads((folder / "card.json").read_text())
        contents = {path.stem: np.load(path) for path in (folder / "arrays").glob("*.npy")}
        card["content_sha256"] = content_sha256(contents)
        (folder / "card.json").write_text(json.dumps(sealed(card)))


def test_what_was_written_is_loaded(folder):
    store = load(folder)
    assert store.graphs == 30
    assert not store.in_idx.flags.writeable


@pytest.mark.parametrize(("name", "place"), [("y", 7), ("labels", 3)])
def test_a_flipped_value_is_found_by_the_content(folder, name, place):
    value = np.load(folder / "arrays" / f"{name}.npy")[place]
    change(folder, name, place, 1 - value if value < 2 else 0)
    with pytest.raises(UserError, match=r"its arrays are not those of its card \(sha256 .*data prepare TOY --out"):
        load(folder)


@pytest.mark.parametrize("seal", [False, True])
@pytest.mark.parametrize(
    ("name", "place", "value", "words"),
    [
        ("in_idx", 5, -5, r"in_idx\.npy: graph \d+ has nodes .*, but neighbours from -5 to"),
        ("in_idx", 5, 3_000_000, r"in_idx\.npy: graph \d+ has nodes .* to 3,000,000"),
        ("in_idx", -1, 0, r"in_idx\.npy: graph \d+ has nodes .* neighbours from 0 to"),
        ("in_ptr", 9, 10**9, r"in_ptr\.npy does not rise after entry 9"),
        ("in_ptr", 9, -1, r"in_ptr\.npy does not rise after entry 8"),
        ("in_ptr", 0, 1, r"in_ptr\.npy does not run from 0"),
        ("in_ptr", -1, 10**9, r"in_ptr\.npy does not run from 0"),
        ("node_ptr", 2, 100, r"node_ptr\.npy does not rise after entry 2"),
        ("node_ptr", 2, 0, r"node_ptr\.npy does not rise after entry"),
        ("y", 0, 2, r"y\.npy has values from 0 to 2, expected 0 to 1"),
        ("y", 0, -1, r"y\.npy has values from -1 to 1"),
        ("labels", 0, 4, r"labels\.npy has values from 0 to 4, expected 0 to 3"),
    ],
)
def test_what_leads_elsewhere_is_refused_whatever_the_card_says(folder, name, place, value, words, seal):
    change(folder, name, place, value, seal)
    with pytest.raises(UserError, match=f"TOY is not a whole prepared dataset: {words}"):
        load(folder)


def test_the_other_direction_is_looked_at_too(folder):
    if not load(folder).directed:
        return
    change(folder, "out_idx", 0, -1, seal=True)
    with pytest.raises(UserError, match=r"out_idx\.npy: graph"):
        load(folder)


@pytest.mark.parametrize(
    ("name", "place", "value", "words"),
    [
        ("atoms", (0, 1), 5, r"atoms\.npy has values from 0 to 5, expected 0 to 4"),
        ("bonds", (0, 2), 2, r"bonds\.npy has values from 0 to 2, expected 0 to 1"),
        ("split", 0, 3, r"split\.npy has values from 0 to 3, expected 0 to 2"),
        ("split", 0, -1, r"split\.npy has values from -1"),
    ],
)
def test_molecules(declared, tmp_path, name, place, value, words):

    (tmp_path / "ogb").mkdir()
    members = molecules()
    zipped_molecules(tmp_path / "ogb" / "hiv.zip", members)
    folder = tmp_path / "MOLHIV"
    prepare(
        five_molecules(declared["MOLHIV"], files=(declared_molecules(members),)), folder, mirror=tmp_path, processes=1
    )
    change(folder, name, place, value, seal=True)
    with pytest.raises(UserError, match=words):
        load(folder)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_targets_that_are_no_numbers(declared, tmp_path, value):
    y = "".join(f"{label}\n" for label in range(20)).encode()
    indicator = "".join(f"{row}\n" for row in range(1, 21)).encode()
    texts = {
        "U_A.txt": b"",
        "U_graph_indicator.txt": indicator,
        "U_graph_attributes.txt": y,
        "U_node_attributes.txt": y,
    }
    graphs = tu.parse(texts, kind="attributes", target=0)
    dataset = declared["MOLECULES"].model_copy(update={"expected": Expected()})
    contents = arrays.arrays_of(graphs)
    for name in ("x", "y"):
        arrays.write(tmp_path / name, contents, make_card(dataset, [], graphs, contents))
        change(tmp_path / name, name, 3, value, seal=True)
        with pytest.raises(UserError, match=rf"{name}\.npy has values that are not finite numbers"):
            load(tmp_path / name)
