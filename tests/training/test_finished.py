"""What there is already of a block is not trained again, and what replaces it leaves no trace of it."""

import json
from pathlib import Path

import pytest

from repool.errors import UserError
from repool.fingerprint import training_code
from repool.schemas.block import block_key, block_name, records_of
from repool.training.run import train
from toys import spec_of, write_store

SPEC = spec_of("graclus", max_epochs=2)


@pytest.fixture(scope="module")
def data(toy_store, tmp_path_factory) -> Path:
    return write_store(toy_store, tmp_path_factory.mktemp("toy"))


def block(out: Path, seeds: list[int], spec: dict = SPEC) -> Path:
    return out / block_name(seeds, block_key(spec, training_code("graclus")))


@pytest.fixture
def trained(data, tmp_path) -> Path:
    out = tmp_path / "graclus"
    assert train(SPEC, [0, 1], out, data, "cpu", activations=0) == 0
    return out


def kept(out: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in out.glob("seed-*")}


def test_records_that_are_whole_are_not_trained_again(trained, data, capsys):
    before = kept(trained)
    block(trained, [0, 1]).unlink()
    assert train(SPEC, [0, 1], trained, data, "cpu", activations=0) == 0
    assert kept(trained) == before
    assert "there already: 2 records" in capsys.readouterr().out
    assert [path.name for path in records_of([block(trained, [0, 1])])] == ["seed-00.json", "seed-01.json"]


def test_a_larger_block_trains_what_is_missing(trained, data):
    before = kept(trained)
    assert train(SPEC, [0, 1, 2], trained, data, "cpu", activations=0) == 0
    assert {name: time for name, time in kept(trained).items() if name in before} == before
    assert json.loads((trained / "seed-02.timing.json").read_text())["block"] == [2, 2]
    assert len(records_of([block(trained, [0, 1, 2])])) == 3


@pytest.mark.parametrize("lost", ["seed-01.json", "seed-01.timing.json", "seed-00.activations.npz"])
def test_a_seed_that_lacks_a_file_is_trained_again(trained, data, lost):
    other = trained / ("seed-00.json" if lost.startswith("seed-01") else "seed-01.json")
    before = other.stat().st_mtime_ns
    (trained / lost).unlink()
    assert train(SPEC, [0, 1], trained, data, "cpu", activations=0) == 0
    assert (trained / lost).is_file()
    assert other.stat().st_mtime_ns == before


def test_another_spec_replaces_records_and_the_block_that_named_them(trained, data):
    other = spec_of("graclus", max_epochs=1)
    assert train(other, [0, 1], trained, data, "cpu") == 0
    assert not block(trained, [0, 1]).exists()
    assert len(records_of([block(trained, [0, 1], other)])) == 2


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: path.unlink(), r"seed-01\.json is gone, which seeds-00-01\."),
        (lambda path: path.write_text(path.read_text() + " "), r"seed-01\.json is not what was trained"),
    ],
    ids=["gone", "changed"],
)
def test_a_record_that_is_not_the_blocks_is_refused(trained, damage, message):
    damage(trained / "seed-01.json")
    with pytest.raises(UserError, match=message):
        records_of([block(trained, [0, 1])])
