"""The card of a prepared dataset: of one shape, and as it was written."""

import json

import pytest

from repool.datasets.loading import load
from repool.datasets.prepare import prepare
from repool.errors import UserError
from repool.schemas.card import Card, read_card, sealed


@pytest.fixture(scope="module")
def folder(declared, tmp_path_factory):
    """MUTAG, prepared."""
    made = tmp_path_factory.mktemp("prepared") / "MUTAG"
    prepare(declared["MUTAG"], made, mirror=None, processes=1)
    return made


@pytest.fixture
def changed(folder, tmp_path):
    """A function that writes the card with another content, its seal made anew or not."""
    card = json.loads((folder / "card.json").read_text())
    path = tmp_path / "MUTAG" / "card.json"
    path.parent.mkdir()
    (path.parent / "arrays").symlink_to(folder / "arrays")

    def write(seal: bool = False, without: str = "", **changes: object):
        content = {key: value for key, value in (card | changes).items() if key != without}
        path.write_text(json.dumps(sealed(content) if seal else content))
        return path

    return write


AGAIN = r"Prepare the dataset again: python -m repool data prepare MUTAG --out "


def test_a_card_is_read_as_it_was_written(folder, changed):
    card = read_card(folder / "card.json")
    assert card == json.loads((folder / "card.json").read_text())
    assert set(card) == set(Card.model_fields)
    assert read_card(changed()) == card  # its layout does not matter
    assert load(folder).card == card


@pytest.mark.parametrize(
    "changes",
    [{"status": "exact"}, {"content_sha256": "0" * 64}, {"metric": "auroc"}, {"note": "Mine."}, {"graphs": 187}],
)
def test_a_card_that_was_changed_by_hand_is_refused(changed, changes):
    path = changed(**changes)
    for read in (read_card, lambda card: load(card.parent)):
        with pytest.raises(UserError, match=rf"card\.json was changed after it was made: card_sha256 is .*{AGAIN}"):
            read(path)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"without": "card_sha256"}, r"card\.json lacks card_sha256\."),
        ({"without": "content_sha256"}, r"card\.json lacks content_sha256\."),
        ({"status": "exakt"}, r"exakt is not a value of .*card\.json, status\. Did you mean exact\?"),
        ({"avg_nodes": float("nan")}, r"card\.json, avg_nodes: "),
        ({"avg_edges": float("inf")}, r"card\.json, avg_edges: "),
        ({"expected": {"avg_nodes": float("nan")}}, r"card\.json, expected\.avg_nodes"),
        ({"graphs": "188"}, r"card\.json, graphs: .* found 188"),
        ({"graphs": 0}, r"card\.json, graphs: "),
        ({"nodes": -1}, r"card\.json, nodes: "),
        ({"classes": None}, "classes are None for classification"),
        ({"statsu": "exact"}, r"statsu is not a key of .*card\.json\. Did you mean status\?"),
        ({"features": {}}, r"features lacks kind\."),
        ({"source": {}}, r"card\.json, source: "),
        ({"dataset": 3}, r"card\.json, dataset: "),
    ],
)
def test_a_card_of_another_shape_is_refused(changed, changes, words):
    path = changed(**changes)
    for read in (read_card, lambda card: load(card.parent)):
        with pytest.raises(UserError, match=f"{words}.*{AGAIN}"):
            read(path)


@pytest.mark.parametrize("text", ["{}", "[]", "3", "null", "{", "", '{"a": 1' + "[" * 100_000, "\xff"])
def test_what_is_no_card_is_refused(tmp_path, text):
    path = tmp_path / "MUTAG" / "card.json"
    path.parent.mkdir()
    path.write_text(text, encoding="latin-1")
    for read in (read_card, lambda card: load(card.parent)):
        with pytest.raises(UserError, match=AGAIN):
            read(path)


def test_a_card_that_is_not_there(tmp_path):
    with pytest.raises(UserError, match=r"card\.json does not exist\. " + AGAIN):
        read_card(tmp_path / "MUTAG" / "card.json")


def test_a_seal_does_not_depend_on_order_or_on_an_older_seal():
    one = sealed({"a": 1, "b": [0.1, "é"]})
    assert sealed({"b": [0.1, "é"], "a": 1, "card_sha256": "0" * 64}) == one
    assert one["card_sha256"] == "40201dcd3285df37ee3311a621f792a94aadea503547badeeb4755bfa821d322"
