"""A block is trained by one process at a time, and what it has finished is never trained again."""

import json
import multiprocessing
import os
import shutil
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from repool.atomic import sweep
from repool.errors import UserError
from repool.fingerprint import training_code
from repool.schemas.block import block_key, block_name, records_of
from repool.schemas.card import sealed
from repool.schemas.record import sealed as sealed_record
from repool.training import record, run
from repool.training.block import Block
from repool.training.kept import Place
from toys import spec_of
from toys import train_graclus as train


@pytest.fixture
def out(trained, tmp_path) -> Path:
    shutil.copytree(trained, tmp_path / "graclus")
    return tmp_path / "graclus"


def block_of(out: Path, seeds: list[int], **protocol: float) -> Path:
    spec = spec_of("graclus", **{"max_epochs": 2, **protocol})
    return out / block_name(seeds, block_key(spec, training_code("graclus")))


def outputs(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.glob("seed-*"))}


@pytest.fixture
def untrained(monkeypatch) -> None:
    """Fail where anything trains."""
    monkeypatch.setattr(run, "train", lambda *_: pytest.fail("it trained"))


@pytest.mark.usefixtures("untrained")
def test_records_that_are_there_are_not_trained_again(data, out):
    before = outputs(out)
    assert train(data, out) == 0
    assert outputs(out) == before


@pytest.mark.usefixtures("untrained")
def test_a_block_whose_file_snakemake_removed_gets_it_back(data, out):
    block = block_of(out, [0, 1])
    content = block.read_bytes()
    block.unlink()
    assert train(data, out) == 0
    assert block.read_bytes() == content
    assert [path.name for path in records_of([block])] == ["seed-00.json", "seed-01.json"]


def test_a_larger_block_trains_what_is_missing(data, out):
    before = {path: path.stat().st_mtime_ns for path in out.glob("seed-*")}
    assert train(data, out, seeds="0-2") == 0
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert json.loads((out / "seed-02.timing.json").read_text())["block"] == [2, 2]
    assert len(records_of([block_of(out, [0, 1, 2])])) == 3


def test_another_spec_replaces_records_and_the_file_that_named_them(data, out):
    assert train(data, out, max_epochs=1) == 0
    assert not block_of(out, [0, 1]).exists()
    assert len(records_of([block_of(out, [0, 1], max_epochs=1)])) == 2


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: path.unlink(), r"seed-01\.json is gone, which seeds-00-01\."),
        (lambda path: path.write_text(path.read_text() + " "), r"seed-01\.json is not what was trained"),
    ],
    ids=["gone", "changed"],
)
def test_a_record_that_is_not_the_blocks_is_refused(out, damage, message):
    damage(out / "seed-01.json")
    with pytest.raises(UserError, match=message):
        records_of([block_of(out, [0, 1])])


@pytest.mark.parametrize(
    "change",
    [
        lambda out: (out / "seed-01.json").write_text("{}"),
        lambda out: (out / "seed-01.json").write_text(
            (out / "seed-01.json").read_text().replace('"test": 0', '"test": 0.9')
        ),
        lambda out: (out / "seed-00.activations.npz").write_bytes(b""),
        lambda out: (out / "seed-00.timing.json").unlink(),
        lambda out: (out / "seed-01.json").unlink(),
        lambda out: shutil.copy(out / "seed-00.json", out / "seed-01.json"),
        lambda out: forge(out / "seed-01.json"),
        lambda out: shutil.copy(another_archive(out), out / "seed-00.activations.npz"),
    ],
)
def test_records_that_are_not_sound_are_trained_again(data, out, trained, change):
    """Also those that agree with themselves, and after Snakemake removed the file that names them."""
    change(out)
    block_of(out, [0, 1]).unlink()
    assert train(data, out) == 0
    names = ["seed-00.json", "seed-01.json"]
    assert [outputs(out)[name] for name in names] == [outputs(trained)[name] for name in names]


def forge(path: Path) -> None:
    record = json.loads(path.read_text())
    path.write_text(json.dumps(sealed_record({**record, "parameters": record["parameters"] + 1})))


def another_archive(out: Path) -> Path:
    path = out.parent / "other.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("graphs.npy", b"")
    return path


@pytest.mark.usefixtures("untrained")
def test_records_that_were_trained_again_in_another_block_are_not_held_to_an_older_one(data, out):
    """As where `seeds_per_job` was changed, and changed back, and the runs came from another machine in between."""
    forge(out / "seed-01.json")
    shutil.copy(out / "seed-00.json", out / "seed-02.json")
    Place(out, [1, 2]).conclude(spec_of("graclus", max_epochs=2))
    assert Place(out, [0, 1], activations=0).lacking(spec_of("graclus", max_epochs=2), data, "cpu") == []


def test_records_of_another_spec_or_of_other_data_are_trained_again(data, out, tmp_path):
    assert train(data, out, max_epochs=3) == 0
    assert json.loads((out / "seed-01.json").read_text())["epochs"] == 3
    other = shutil.copytree(data, tmp_path / "other")
    card = json.loads((other / "card.json").read_text())
    (other / "card.json").write_text(json.dumps(sealed({**card, "content_sha256": "1" * 64})))
    place = Place(out, [0, 1], activations=0)
    assert place.lacking(spec_of("graclus", max_epochs=3), data, "cpu") == []
    assert place.lacking(spec_of("graclus", max_epochs=3), other, "cpu") == [0, 1]
    assert place.lacking(spec_of("graclus", max_epochs=3), data, "cuda") == [0, 1]


class Killed(BaseException):
    """What nothing catches."""


def test_a_block_killed_among_its_records_goes_on_as_the_whole_block(data, trained, tmp_path, monkeypatch):
    """Seed 1 alone would be another program than seeds 0 and 1: equal up to rounding, not in bytes."""
    out, whole = tmp_path / "graclus", record.write

    def write(run, *rest, **named):
        if run.seed == 1:
            raise Killed
        whole(run, *rest, **named)

    with monkeypatch.context() as patch:
        patch.setattr(record, "write", write)
        with pytest.raises(Killed):
            train(data, out)
    before = (out / "seed-00.json").stat()
    assert not (out / "seed-01.json").exists()

    monkeypatch.setattr(Block, "_step", lambda _: pytest.fail("it trained"))
    assert train(data, out) == 0
    after = (out / "seed-00.json").stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    assert (out / "seed-01.json").read_bytes() == (trained / "seed-01.json").read_bytes()
    timing = json.loads((out / "seed-01.timing.json").read_text())
    assert (timing["block"], timing["resumed"]) == ([0, 1], True)
    assert not list((out / "checkpoints").glob("*.pt"))


def hold(out: Path, ready, release) -> None:
    with Place(out, [0, 1]).alone():
        ready.set()
        release.wait()


def test_a_second_trainer_waits_for_the_first_and_finds_its_records(data, out, monkeypatch):
    context = multiprocessing.get_context("spawn")
    ready, release = context.Event(), context.Event()
    first = context.Process(target=hold, args=(out, ready, release))
    first.start()
    assert ready.wait(60)
    said = []
    # The first one ends when the second one has said that it waits.
    monkeypatch.setattr("builtins.print", lambda words, **_: (said.append(words), release.set()))
    place = Place(out, [0, 1], activations=0)
    with place.alone():
        assert place.lacking(spec_of("graclus", max_epochs=2), data, "cpu") == []
    first.join()
    assert "another process trains these seeds here" in said[0]


def test_a_trainer_that_outlived_its_snakemake_has_not_worked_for_nothing(data, tmp_path):
    """The second one is what Snakemake starts after it was killed, having removed what the first one had written."""
    out = tmp_path / "graclus"
    spec = json.dumps(spec_of("graclus", max_epochs=40))
    files = ["--data", str(data), "--out", str(out), "--device", "cpu"]
    command = [sys.executable, "-m", "repool", "train", "--spec", spec, "--seeds", "0-1", *files]
    first = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    next(line for line in first.stderr if "epoch 1:" in line)
    second = subprocess.run(command, capture_output=True, text=True)
    first.communicate()
    assert (first.returncode, second.returncode) == (0, 0)
    assert "waiting for its records" in second.stdout
    assert "are there already" in second.stdout
    assert len(list(out.glob("seed-??.json"))) == 2


def test_two_blocks_of_a_cell_end_without_each_other(data, tmp_path):
    out = tmp_path / "graclus"
    assert train(data, out, seeds="0-0") == 0
    place = Place(out, [1])
    with place.alone():
        assert train(data, out, seeds="0-0", max_epochs=3) == 0
        assert place.checkpoints.is_dir()


def test_what_killed_processes_left_is_swept_and_nothing_else(tmp_path):
    host, dead = socket.gethostname().partition(".")[0], dead_process()
    old = tmp_path / ".seed-00.json.elsewhere.1.part"
    names = {
        f".seed-00.json.{host}.{dead}.part": False,
        f".seed-00.json.{host}.{os.getpid()}.part": True,
        f".seed-00.json.elsewhere.{dead}.part": True,
        "seed-00.json": True,
        ".hidden.part": True,
    }
    for name in [*names, old.name]:
        (tmp_path / name).touch()
    os.utime(old, (0, 0))
    sweep(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {name for name, stays in names.items() if stays}


def dead_process() -> int:
    process = multiprocessing.get_context("spawn").Process(target=str)
    process.start()
    process.join()
    return process.pid
