"""What a training says of itself in its file."""

import io
import math
from types import SimpleNamespace

import pytest
import torch

from repool.schemas.progress import BlockProgress, heard_now, read_progress
from repool.training import progress as module
from repool.training.block import Block
from toys import spec_of

SAID = {"spec_sha256": "a", "code": "b", "seeds": [0, 1]}


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    """The time of the trainer's progress, in its one item."""
    now = [100.0]
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


@pytest.fixture
def block(toy_store) -> Block:
    return Block(spec_of("graclus", max_epochs=6, stop_patience=50), toy_store, [0, 1], torch.device("cpu"))


def test_epoch_scores_and_time_that_is_left_are_in_the_file(block, tmp_path, clock):
    file = tmp_path / "seeds-00-01.progress.json"
    progress = module.Progress(block, "TOY", file, BlockProgress(**SAID, **heard_now()), io.StringIO())
    first = read_progress(file)
    assert (first.epoch, first.training, first.best, first.seconds_left) == (0, 2, None, None)
    for ended in block.train():
        clock[0] += 0.5
        progress.step()
        if ended:
            progress.epoch()
        if block.epoch == 2:
            break
    assert read_progress(file).epoch >= 1, "it is renewed every five seconds of the clock"
    clock[0] += 7
    progress.step()
    found = read_progress(file)
    scores = [run.curves["validation"] for run in block.live]
    assert (found.epoch, found.batch, found.batches) == (2, 0, block.batches)
    assert found.validation == [min(one[-1] for one in scores), max(one[-1] for one in scores)]
    assert found.best == [min(map(max, scores)), max(map(max, scores))]
    an_epoch = 0.5 * block.batches
    assert found.seconds_an_epoch == pytest.approx(an_epoch)
    assert found.seconds_left == pytest.approx(4 * an_epoch - 7), "four epochs, of which seven seconds have gone"
    assert found.runs
    progress.close("stopped")
    assert not read_progress(file).runs


def test_what_is_no_number_is_left_out(block, tmp_path):
    file = tmp_path / "seeds-00-01.progress.json"
    for run, score in zip(block.live, (math.nan, 0.5), strict=True):
        run.curves["validation"].append(score)
    module.Progress(block, "TOY", file, BlockProgress(**SAID, **heard_now()), io.StringIO())
    assert read_progress(file).validation == [0.5, 0.5]
    assert read_progress(file).best is None


def test_a_full_disk_stops_no_training(block, tmp_path):
    (tmp_path / "no-folder").write_text("")
    file = tmp_path / "no-folder" / "seeds-00-01.progress.json"
    module.Progress(block, "TOY", file, BlockProgress(**SAID, **heard_now()), io.StringIO()).close()
