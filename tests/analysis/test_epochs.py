"""The curves of every run of a dataset, epoch by epoch."""

import json
from pathlib import Path

import pandas as pd
import pytest
from made import content_of, make_card, make_failed_record, make_record

from repool.cli import main

VALIDATION = {"validation": [0.5, 0.8127, 0.6], "test": [0.4, 0.7, 0.9], "train_loss": [0.7, 0.6, 0.5]}


def collect(folder: Path, records: list[Path], *more: str, **wanted: dict) -> Path:
    out = folder / "NCI1.csv"
    given = ["--records", *map(str, records), "--card", str(make_card(folder)), "--wanted", json.dumps(wanted)]
    assert main(["collect-epochs", *given, *more, "--out", str(out)]) == 0
    return out


def test_every_epoch_of_every_run_has_a_row_in_the_order_that_was_asked_for(tmp_path):
    records = [
        make_record(tmp_path, 3, 0.7, curves=VALIDATION, best_epoch=2),
        make_record(tmp_path, 0, 0.7, curves=VALIDATION, best_epoch=2),
        make_record(tmp_path, 0, 0.7, method="complement", curves=VALIDATION, best_epoch=2),
    ]
    rows = pd.read_csv(collect(tmp_path, records, complement={}, graclus={}))
    assert list(rows["method"]) == ["complement"] * 3 + ["graclus"] * 6
    assert list(rows["seed"]) == [0, 0, 0, 0, 0, 0, 3, 3, 3]
    assert list(rows["epoch"]) == [1, 2, 3] * 3
    assert list(rows["best"]) == [0, 1, 0] * 3
    assert rows.loc[1, ["train_loss", "validation", "test"]].tolist() == [0.6, 81.27, 70]
    assert set(rows["status"]) == {"exact"}


@pytest.mark.parametrize(("which", "best"), [("first", [0, 1, 0, 0]), ("last", [0, 0, 0, 1])])
def test_of_epochs_that_tie_the_configured_one_is_marked(tmp_path, which, best):
    curves = {
        "validation": [0.5, 0.8127, 0.6, 0.8127],
        "test": [0.4, 0.7, 0.9, 0.6],
        "train_loss": [0.7, 0.6, 0.5, 0.4],
    }
    records = [make_record(tmp_path, 0, 0.7, curves=curves, best_epoch=2)]
    assert list(pd.read_csv(collect(tmp_path, records, "--best-epoch", which, graclus={}))["best"]) == best


def test_a_run_that_failed_has_a_row_without_an_epoch(tmp_path):
    records = [make_failed_record(tmp_path, 1), make_record(tmp_path, 0, 0.7, curves=VALIDATION, best_epoch=2)]
    rows = pd.read_csv(collect(tmp_path, records, graclus={}))
    assert rows["epoch"].notna().sum() == 3
    assert rows.iloc[-1][["seed", "status"]].tolist() == [1, "failed"]


@pytest.mark.parametrize(
    ("changes", "wanted", "words"),
    [
        ({}, {"complement": {}}, "is of no method that was asked for: complement"),
        ({}, {"graclus": {"code": "other"}}, "other training code: c0de, expected other"),
        ({}, {"graclus": {"spec": {"dataset": "NCI1"}}}, "another specification"),
        ({"data_sha256": content_of("DD")}, {"graclus": {}}, "trained on other data than"),
    ],
)
def test_records_that_were_not_asked_for_are_refused(tmp_path, capsys, changes, wanted, words):
    record = make_record(tmp_path, 0, 0.7, **changes)
    given = ["--records", str(record), "--card", str(make_card(tmp_path)), "--wanted", json.dumps(wanted)]
    assert main(["collect-epochs", *given, "--out", str(tmp_path / "out.csv")]) == 1
    assert words in capsys.readouterr().err
    assert not (tmp_path / "out.csv").exists()
