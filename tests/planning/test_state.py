"""How far runs are, read from files that real trainings left."""

import json
import math
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from made import write_record
from toy_campaign import EARLIER, toy_config

from repool.cli import main
from repool.planning.shown_state import as_json, lines
from repool.planning.state import Reader, State
from repool.schemas.progress import SECONDS_OF_SILENCE, read_progress, write_progress
from repool.training import scores
from toys import spec_of, train_graclus

LONG = {"max_epochs": 1000, "stop_patience": 1000}


def state_of(results: Path, **config: float) -> State:
    return Reader().state(toy_config(**config), results)


def counts(state: State) -> tuple[int, int, int, int]:
    """Done, running, failed and pending."""
    return tuple(map(state.count, ("done", "running", "failed", "pending")))


def text(state: State, **config: float) -> str:
    return "\n".join(lines(toy_config(**config), state))


def test_where_nothing_ran_everything_is_pending(tmp_path):
    state = state_of(tmp_path / "results" / "toy", seeds=3)
    assert counts(state) == (0, 0, 0, 3)
    assert "3 runs of 1 cell: 0 done, 0 running, 0 failed, 3 pending" in text(state)


def test_what_was_trained_is_done_and_more_seeds_are_pending(results):
    assert counts(state_of(results)) == (2, 0, 0, 0)
    state = state_of(results, seeds=5)
    assert counts(state) == (2, 0, 0, 3)
    assert state.cells[0].pending == [2, 3, 4]
    assert "graclus   2/5" in text(state)


def test_records_of_another_specification_or_code_are_pending(results, runs):
    state = state_of(results, learning_rate=0.5)
    assert (counts(state), state.outdated, state.wrong) == ((0, 0, 0, 2), 2, [])
    for block in runs.rglob("seeds-*.json"):
        block.unlink()
    path = runs / "seed-00.json"
    write_record(path, json.loads(path.read_text()) | {"code": EARLIER})
    state = state_of(results)
    assert (counts(state), state.outdated, state.wrong) == ((1, 0, 0, 1), 1, [])


def test_a_damaged_record_is_a_sentence_and_pending(results, runs):
    (runs / "seed-00.json").write_text('{"schema": 3')
    edited = runs / "seed-01.json"
    edited.write_text(edited.read_text().replace('"epochs": 2', '"epochs": 3'))
    state = state_of(results)
    assert counts(state) == (0, 0, 0, 2)
    assert "seed-00.json is not valid JSON" in state.wrong[0]
    assert "seed-01.json: its curve" in state.wrong[1]
    assert "Wrong files, whose runs count as pending" in text(state)


def test_a_record_that_was_exchanged_for_a_sound_one_is_found_by_the_blocks_file(results, runs):
    path = runs / "seed-01.json"
    write_record(path, json.loads(path.read_text()) | {"parameters": 1})
    assert "is not what was trained" in state_of(results).wrong[0]


def test_a_failed_seed_is_counted_with_its_reason(results, runs, monkeypatch):
    whole, factors = scores.losses, torch.tensor([[1.0], [math.nan]])

    def poisoned(*given):
        losses = whole(*given)
        return losses * factors[: len(losses)]

    monkeypatch.setattr(scores, "losses", poisoned)
    assert train_graclus(results / "data" / "TOY", runs, learning_rate=0.5) == 0
    state = state_of(results, learning_rate=0.5)
    assert counts(state) == (1, 0, 1, 0)
    assert state.cells[0].failed == {1: "the training loss is nan in epoch 1, batch 1 of 12"}
    assert "1/2 f1" in text(state, learning_rate=0.5)
    assert "TOY graclus, seed 1: the training loss is nan in epoch 1" in text(state)


@pytest.fixture
def training(results):
    """A real training of seeds 2 to 4, which goes on until it is told otherwise."""
    spec = json.dumps(spec_of("graclus", **LONG))
    given = ["--spec", spec, "--seeds", "2-4", "--out", str(results / "runs" / "TOY" / "graclus"), "--device", "cpu"]
    command = [sys.executable, "-m", "repool", "train", *given]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    next(line for line in process.stderr if "epoch 1:" in line)
    yield process
    process.kill()
    process.communicate()


def blocks_of_three(results: Path) -> State:
    """The state where blocks are 2-4 and 5, of the specification that trains long."""
    return Reader().state({**toy_config(**LONG), "seeds": ["2-5"], "seeds_per_job": 3}, results)


def test_a_block_in_training_says_how_far_it_is(results, training):
    state = blocks_of_three(results)
    assert counts(state) == (0, 3, 0, 1)
    (block,) = state.running
    assert (block.progress.seeds, block.progress.training, block.progress.process) == ([2, 3, 4], 3, training.pid)
    assert f"(process {training.pid}, " in text(state)
    assert "0/4 r3" in text(state)


def test_a_block_that_was_stopped_says_where_and_that_it_goes_on(results, training):
    training.send_signal(signal.SIGTERM)
    training.communicate()
    state = blocks_of_three(results)
    assert counts(state) == (0, 0, 0, 4)
    (block,) = state.left
    assert block.checkpoint
    assert block.progress.epoch >= 1
    assert block.progress.best[0] <= block.progress.best[1] <= 1
    assert block.progress.seconds_left > 0
    assert f"in epoch {block.progress.epoch + 1}, from its checkpoint: stopped by SIGTERM" in text(state)


def test_a_block_that_was_killed_is_left_without_a_word(results, training):
    os.kill(training.pid, signal.SIGKILL)
    training.communicate()
    state = blocks_of_three(results)
    assert counts(state) == (0, 0, 0, 4)
    assert "from the beginning: it ended without a word" in text(state)


def test_what_finished_says_nothing_more(results, runs):
    assert not list(runs.rglob("*.progress.json"))
    assert state_of(results).left == []


def test_a_training_that_ends_in_a_mistake_leaves_its_sentence(results, capsys):
    (results / "data" / "TOY" / "card.json").write_text("{}")
    out = results / "runs" / "TOY" / "graclus"
    spec = json.dumps(spec_of("graclus", **LONG))
    assert main(["train", "--spec", spec, "--seeds", "2-4", "--out", str(out), "--device", "cpu"]) == 1
    said = capsys.readouterr().err.removeprefix("repool: ").strip()
    (block,) = blocks_of_three(results).left
    assert block.progress.ended == said
    assert not block.checkpoint


@pytest.fixture
def elsewhere(results, training) -> Path:
    """The file of a block that another machine trains."""
    os.kill(training.pid, signal.SIGKILL)
    training.communicate()
    (path,) = results.rglob("*.progress.json")
    write_progress(path, read_progress(path).model_copy(update={"host": "node-7"}))
    return path


def test_on_another_machine_it_runs_while_it_was_heard_of(results, elsewhere):
    assert counts(blocks_of_three(results)) == (0, 3, 0, 1)
    assert "on node-7" in text(blocks_of_three(results))
    said = read_progress(elsewhere)
    write_progress(elsewhere, said.model_copy(update={"heard": said.heard - SECONDS_OF_SILENCE}))
    assert counts(blocks_of_three(results)) == (0, 0, 0, 4)


def test_a_damaged_file_of_progress_is_a_sentence(results, elsewhere):
    elsewhere.write_text('{"epoch": -1}')
    state = blocks_of_three(results)
    assert counts(state) == (0, 0, 0, 4)
    assert "progress.json" in state.wrong[0]


def test_what_a_file_says_commands_no_terminal(results, elsewhere):
    write_progress(elsewhere, read_progress(elsewhere).model_copy(update={"ended": "\x1b[2J\x07 memory ran out"}))
    (line,) = [line for line in text(blocks_of_three(results)).splitlines() if "memory ran out" in line]
    assert line.isprintable()


@pytest.mark.usefixtures("training")
def test_a_block_of_another_specification_is_none_of_this_one(results):
    config = {**toy_config(**LONG, learning_rate=0.5), "seeds": ["2-4"]}
    state = Reader().state(config, results)
    assert (counts(state), state.running, state.left) == ((0, 0, 0, 3), [], [])


def test_a_reader_sees_what_changed_since(results, runs):
    reader = Reader()
    assert counts(reader.state(toy_config(), results)) == (2, 0, 0, 0)
    (runs / "seed-00.json").write_text("{")
    (runs / "seed-01.json").unlink()
    assert counts(reader.state(toy_config(), results)) == (0, 0, 0, 2)


def test_the_methods_of_a_grid_are_one_row_unless_all_are_asked_for(results):
    names = ["graclus-layers-2", "graclus-layers-3"]
    methods = toy_config()["methods"]
    config = toy_config() | {
        "grids": {"sizes": {"methods": ["graclus"], "vary": {"layers": [2, 3]}}},
        "methods": {**methods, **dict.fromkeys(names, methods["graclus"])},
        "artifacts": {"figure_1": {"datasets": ["TOY"], "methods": ["graclus", *names]}},
    }
    state = Reader().state(config, results)
    short, long = ("\n".join(lines(config, state, everything)) for everything in (False, True))
    assert "grid sizes  0/4" in short
    assert "graclus-layers-3  0/2" in long


def test_programs_read_the_same(results):
    found = as_json(state_of(results, seeds=3))
    assert (found["done"], found["pending"], found["training"], found["wrong"]) == (2, 1, [], [])
    assert found["cells"][0] == {
        "dataset": "TOY",
        "method": "graclus",
        "done": [0, 1],
        "running": [],
        "failed": {},
        "pending": [2],
    }
    json.dumps(found)
