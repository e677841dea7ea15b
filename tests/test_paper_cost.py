"""What the cost of the paper is made of."""

import json
from argparse import Namespace

import paper_cost
import pytest
import torch
from epoch_cost import Looks, epoch
from paper_cost import cells, costs

from repool import campaign
from repool.grids import expanded
from repool.overlays import merged
from repool.schemas.checked import plain
from repool.schemas.configuration import check_configuration
from repool.training import block as trainer
from repool.training.probe import shorten, warm_up
from toys import spec_of


@pytest.fixture
def training(toy_store, monkeypatch):
    """A block of three seeds, its training, and its looks."""
    monkeypatch.setattr(trainer, "look", trainer.look)
    looks = Looks()
    block = trainer.Block(spec_of("graclus"), toy_store, [0, 1, 2], torch.device("cpu"))
    return block, block.train(), looks


def test_the_cells_and_seeds_are_those_of_the_workflow():
    config = merged([paper_cost.ROOT / "config/paper.yaml"])
    filled = expanded(plain(check_configuration(config)))
    wanted = cells(config)
    assert wanted == campaign.all_cells(filled)
    assert all(campaign.cell_seeds(config, *cell) == campaign.cell_seeds(filled, *cell) for cell in wanted)


def test_an_epoch_that_is_cut_short_counts_as_whole_and_evaluates_everything(training):
    block, steps, looks = training
    whole = epoch(block, steps, most=60, looks=looks)
    short = epoch(block, steps, most=0, looks=looks)
    assert whole["trained_batches"] == block.batches
    assert short["trained_batches"] == 2
    assert block.epoch == 2
    assert short["train"] > 0
    assert short["evaluate"] > 0


def test_a_look_is_timed_and_still_sees(training):
    block, steps, looks = training
    epoch(block, steps, most=0, looks=looks)
    assert len(looks.seconds) == 1
    assert all(run.inside is not None for run in block.live)


def test_parts_that_are_cut_short_say_by_how_much(training):
    block, steps, looks = training
    validation, test = (len(part) for part in block.live[0].parts[1:])
    assert shorten(block, 3) == (6 / (validation + test), 3 / test)
    epoch(block, steps, most=60, looks=looks)
    assert len(block.live) == 3
    assert shorten(block, 1000) == (1, 1)


def test_steps_to_warm_up_end_no_epoch(training):
    block, steps, _ = training
    warm_up(block, steps)
    assert (block.batch, block.epoch) == (0, 0)


ROW = {"dataset": "NCI1", "family": "none", "seeds": 20, "block": 10, "measured_seeds": 5} | {
    "train_s": 8.0,
    "evaluate_s": 1.0,
    "look_s": 2.0,
}


def test_hours_are_seeds_times_epochs_times_the_share_of_a_seed(monkeypatch):
    monkeypatch.setattr(
        paper_cost, "archived", lambda: {("any dataset", "none"): {"runs": 3, "epochs": 90.0, "best": 1.0}}
    )
    row = costs(ROW)
    assert row["core_hours"] == pytest.approx(20 * 90 * 11 / 5 / 3600)
    assert row["evaluation_share"] == pytest.approx(3 / 11, abs=1e-3)


def test_a_look_costs_as_often_as_a_seed_of_the_block_is_at_its_best(monkeypatch):
    monkeypatch.setattr(
        paper_cost, "archived", lambda: {("any dataset", "none"): {"runs": 3, "epochs": 90.0, "best": 0.5}}
    )
    alone = costs({**ROW, "block": 1, "measured_seeds": 1})
    assert alone["epoch_s_per_seed"] == 8 + 1 + 2 * 0.5


def test_a_family_without_records_has_an_assumption():
    assert costs(ROW)["epochs"] == paper_cost.ASSUMED["epochs"]


def test_the_archive_says_how_long_runs_take_and_how_often_they_are_at_their_best(tmp_path, monkeypatch):
    for seed, (metric, scores) in enumerate([("accuracy", [0.5, 0.4, 0.6, 0.6]), ("mae", [0.5, 0.4])]):
        record = {"curves": {"validation": scores}, "metric": metric, "epochs": len(scores)}
        record["spec"] = {"dataset": f"DATASET-{seed}", "model": {"family": "gin"}}
        (tmp_path / f"seed-{seed:02d}.json").write_text(json.dumps(record))
    monkeypatch.setattr(paper_cost, "ARCHIVE", tmp_path)
    assert paper_cost.archived.__wrapped__() == {
        ("DATASET-0", "gin"): {"runs": 1, "epochs": 4.0, "best": 2 / 4},
        ("DATASET-1", "gin"): {"runs": 1, "epochs": 2.0, "best": 2 / 2},
        ("any dataset", "gin"): {"runs": 2, "epochs": 3.0, "best": 4 / 6},
    }


def test_a_cell_takes_the_epochs_of_its_dataset_and_else_those_of_its_family(monkeypatch):
    known = {("any dataset", "none"): {"runs": 5, "epochs": 90.0, "best": 1.0}}
    known["NCI1", "none"] = {"runs": 2, "epochs": 70.0, "best": 1.0}
    monkeypatch.setattr(paper_cost, "archived", lambda: known)
    assert [costs({**ROW, "dataset": dataset})["epochs"] for dataset in ("NCI1", "MUTAG")] == [70.0, 90.0]


def test_runs_in_the_store_count_too():
    cells = paper_cost.Archive(paper_cost.ARCHIVE).cells()
    runs = sum(1 for cell in cells if cell.dataset == "IMDB-C" and cell.family == "graclus" for _ in cell.entries)
    assert runs
    assert paper_cost.archived()["IMDB-C", "graclus"]["runs"] >= runs


def test_rows_are_kept_and_what_is_not_prepared_is_named(tmp_path, monkeypatch, capsys):
    out = tmp_path / "cost.csv"
    paper_cost.write(out, [{**ROW, "dataset": "MUTAG", "method": "x"}, {**ROW, "method": "graclus"}])
    options = {"data": tmp_path, "out": out, "configfile": [], "measure": None}
    options |= {"datasets": ["NCI1"], "methods": ["graclus", "gmn"]}
    monkeypatch.setattr(paper_cost, "arguments", lambda: Namespace(**options))
    before = out.read_bytes()
    paper_cost.main()
    assert out.read_bytes() == before
    assert "Not in the sum: NCI1 is not prepared, 1 cells: gmn" in capsys.readouterr().out
