"""A seed that fails is an outcome: the others keep theirs, and its record says why."""

import json
from pathlib import Path

import numpy as np
import pytest

from repool.cli import main
from repool.schemas.record import Failed, Scored, read_record
from repool.schemas.timing import read_timing, timing_of
from repool.training import scores
from repool.training.run import train
from toys import spec_of, write_store


@pytest.fixture
def data(toy_store, tmp_path) -> Path:
    return write_store(toy_store, tmp_path / "results" / "made" / "data" / "TOY")


@pytest.fixture
def out(tmp_path) -> Path:
    return tmp_path / "results" / "made" / "runs" / "TOY" / "graclus"


@pytest.fixture
def poison(monkeypatch):
    """Let the training loss of some seeds of two be NaN in batch 3 of the second epoch."""

    def by(factors: list[float]) -> None:
        whole, calls = scores.losses, []

        def poisoned(outputs, y):
            losses = whole(outputs, y)
            calls.append(outputs.requires_grad)
            if sum(calls) == 15 and outputs.requires_grad:
                losses = losses * losses.new_tensor(factors)[:, None]
            return losses

        monkeypatch.setattr(scores, "losses", poisoned)

    return by


SECOND_FAILS = [1.0, float("nan")]
BOTH_FAIL = [float("inf"), float("nan")]


def test_one_failed_seed_leaves_the_others_their_records(data, out, poison, capsys):
    poison(SECOND_FAILS)
    assert train(spec_of("graclus", max_epochs=4), [0, 1], out, data, "cpu") == 0
    assert "seed 1 failed: the training loss is nan in epoch 2, batch 3 of 12" in capsys.readouterr().err
    assert isinstance(read_record(out / "seed-00.json"), Scored)
    failed = read_record(out / "seed-01.json")
    assert isinstance(failed, Failed)
    assert (failed.epoch, failed.batch, failed.learning_rate, failed.epochs) == (2, 3, 0.001, 2)
    assert failed.reason == "the training loss is nan in epoch 2, batch 3 of 12"
    assert read_timing(timing_of(out / "seed-01.json")).seconds > 0
    assert not {"test", "validation", "curves"} & set(json.loads((out / "seed-01.json").read_text()))
    assert not list((out / "checkpoints").glob("*.pt"))


def test_the_good_seed_of_such_a_block_is_as_without_the_failure(data, out, poison, tmp_path):
    alone = tmp_path / "alone" / "graclus"
    train(spec_of("graclus", max_epochs=2), [0, 1], alone, data, "cpu")
    poison(SECOND_FAILS)
    train(spec_of("graclus", max_epochs=2), [0, 1], out, data, "cpu")
    assert (alone / "seed-00.json").read_bytes() == (out / "seed-00.json").read_bytes()


def test_where_the_seed_with_activations_fails_their_file_holds_none(data, out, poison):
    poison(BOTH_FAIL)
    assert train(spec_of("graclus", max_epochs=4), [0, 1], out, data, "cpu", activations=0) == 0
    with np.load(out / "seed-00.activations.npz") as arrays:
        assert arrays.files == ["graphs"]
        assert not len(arrays["graphs"])
    assert isinstance(read_record(out / "seed-00.json"), Failed)


def test_a_score_that_is_no_number_fails_too(data, out, monkeypatch):
    def nothing(outputs, y):
        return outputs.new_full((len(y),), float("nan"))

    monkeypatch.setattr(scores.Accuracy, "score", staticmethod(nothing))
    assert train(spec_of("graclus", max_epochs=2), [0], out, data, "cpu") == 0
    failed = read_record(out / "seed-00.json")
    assert failed.reason == "the validation score is nan in epoch 1"
    assert failed.batch is None


def retry(tmp_path, monkeypatch, *arguments: str) -> int:
    monkeypatch.chdir(tmp_path)
    return main(["retry", "TOY", "graclus", *arguments])


def command(data: Path, out: Path) -> list[str]:
    spec = json.dumps(spec_of("graclus", max_epochs=4))
    return ["train", "--spec", spec, "--seeds", "0-1", "--data", str(data), "--out", str(out), "--device", "cpu"]


def test_a_failed_seed_trains_again_after_retry_and_not_before(data, out, poison, tmp_path, monkeypatch, capsys):
    poison(SECOND_FAILS)
    assert main(command(data, out)) == 0
    good, failed = (out / "seed-00.json").read_bytes(), (out / "seed-01.json").read_bytes()
    assert main(command(data, out)) == 0
    assert "are there already" in capsys.readouterr().out
    assert (out / "seed-01.json").read_bytes() == failed

    assert retry(tmp_path, monkeypatch) == 0
    assert "seed-01.json" in (said := capsys.readouterr().out)
    assert "seed-00.json" not in said
    assert not (out / "seed-01.json").exists()
    assert not (out / "seed-01.timing.json").exists()
    assert (out / "seed-00.json").read_bytes() == good

    assert main(command(data, out)) == 0
    assert isinstance(read_record(out / "seed-01.json"), Scored)


def test_retry_says_where_there_is_nothing_to_retry(data, out, tmp_path, monkeypatch, capsys):
    assert main(command(data, out)) == 0
    capsys.readouterr()
    assert retry(tmp_path, monkeypatch) == 0
    assert "no failed record" in capsys.readouterr().out
    assert len(list(out.glob("seed-??.json"))) == 2
    assert retry(tmp_path, monkeypatch, "--configuration", "maed") == 1
    assert "Did you mean made?" in capsys.readouterr().err
    monkeypatch.chdir(tmp_path)
    assert main(["retry", "TOY", "complement"]) == 1
    assert "TOY/graclus" in capsys.readouterr().err


def test_retry_of_some_seeds_leaves_the_others(data, out, poison, tmp_path, monkeypatch):
    poison(BOTH_FAIL)
    assert main(command(data, out)) == 0
    assert retry(tmp_path, monkeypatch, "--seeds", "0") == 0
    assert sorted(path.name for path in out.glob("seed-??.json")) == ["seed-01.json"]
