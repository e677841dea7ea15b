import csv
import json

import pytest
from made import make_card, make_record, make_timing

from repool.analysis.cells import descent
from repool.cli import main


def collect(folder, records, card, *more):
    return main(
        ["collect", "--records", *map(str, records), "--card", str(card), "--out", str(folder / "cell.csv"), *more]
    )


def test_rows_are_sorted_by_seed_and_bytes_repeat(tmp_path):
    card = make_card(tmp_path)
    records = [make_record(tmp_path, 10, 0.5), make_record(tmp_path, 2, 0.1 + 0.2)]
    for record in records:
        make_timing(record)
    assert collect(tmp_path, records, card) == 0
    first = (tmp_path / "cell.csv").read_bytes()
    assert collect(tmp_path, records[::-1], card) == 0
    assert (tmp_path / "cell.csv").read_bytes() == first
    assert first.decode() == (
        "dataset,method,metric,seed,epochs,best_epoch,validation,test,validation_loss,descent_epochs,"
        "permuted_best,permuted_mean,layer_rows,layer_shares,layer_matrix_shares,permutation,divergence_learned,divergence_identical,seconds_per_epoch,seconds,block,device,status\n"
        "NCI1,graclus,accuracy,2,143,92,0.8127,0.30000000000000004,0.4,3,,,,,,,,,0.61,87.25,0-9,cpu,exact\n"
        "NCI1,graclus,accuracy,10,143,92,0.8127,0.5,0.4,3,,,,,,,,,0.61,87.25,0-9,cpu,exact\n"
    )
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["cell.csv"]


def test_a_missing_sidecar_leaves_the_durations_empty(tmp_path):
    record = make_record(tmp_path, 0, 0.5)
    assert collect(tmp_path, [record], make_card(tmp_path)) == 0
    assert (tmp_path / "cell.csv").read_text().endswith("0.5,0.4,3,,,,,,,,,,,,cpu,exact\n")


@pytest.mark.parametrize(
    ("losses", "expected"),
    [
        ([1.0, 0.5, 0.2, 0.1, 0.0, 0.3], (0.0, 4)),  # 0.1 is 90% of the way from 1 to 0
        ([0.5, 0.6], (0.5, 1)),  # it never falls
        ([], (None, None)),
    ],
)
def test_the_descent_of_a_run_is_its_lowest_loss_and_when_most_of_the_way_is_made(losses, expected):
    assert descent(losses) == expected


def test_info_tells_versions_devices_and_durations_but_no_host(tmp_path):
    records = [make_record(tmp_path, seed, 0.5) for seed in range(4)]
    make_timing(records[0], 60)
    make_timing(records[1], 30)  # the same block: its two seeds share 90 seconds
    make_timing(records[2], 45, started="2026-11-22T10:59:30+01:00", block=[2, 2])
    info = tmp_path / "cell.json"
    collect(tmp_path, records, make_card(tmp_path, status="embedded"), "--info", str(info))
    about = json.loads(info.read_text())
    assert about["seeds"] == [0, 1, 2, 3]
    assert (about["timed_runs"], about["seconds"]) == (3, 135)
    assert (about["started"], about["ended"]) == ("2026-11-22T09:59:30Z", "2026-11-22T10:01:30Z")
    assert about["versions"]["torch"] == ["2.13.0+cpu"]
    assert about["devices"] == ["cpu"]
    assert about["device_names"] == ["A processor"]
    assert about["status"] == "embedded"
    assert "somewhere" not in info.read_text()


def test_a_resumed_block_ends_no_earlier_than_its_last_start(tmp_path):
    record = make_record(tmp_path, 0, 0.5)
    make_timing(record, 5000, resumed=True)
    collect(tmp_path, [record], make_card(tmp_path), "--info", str(tmp_path / "cell.json"))
    assert json.loads((tmp_path / "cell.json").read_text())["ended"] == "2026-11-22T10:00:00Z"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"data_sha256": "other"}, ["other data", "other", "content-of-NCI1"]),
        ({"spec_sha256": "older"}, ["not of one cell", "older", "spec-NCI1-graclus"]),
        ({"method": "complement"}, ["not of one cell", "complement"]),
        ({"seed": 0}, ["Seed 0 has two records"]),
        ({"test": float("nan")}, ["not a number"]),
    ],
)
def test_records_that_do_not_belong_together_are_refused(tmp_path, capsys, changes, words):
    good = make_record(tmp_path, 0, 0.5)
    bad = make_record(tmp_path, 1, 0.5)
    bad.write_text(json.dumps(json.loads(bad.read_text()) | changes))
    assert collect(tmp_path, [good, bad], make_card(tmp_path)) == 1
    message = capsys.readouterr().err
    for word in words:
        assert word in message
    assert not (tmp_path / "cell.csv").exists()


def test_a_missing_or_broken_record_is_named(tmp_path, capsys):
    card = make_card(tmp_path)
    assert collect(tmp_path, [tmp_path / "seed-00.json"], card) == 1
    assert "seed-00.json does not exist" in capsys.readouterr().err
    (tmp_path / "seed-00.json").write_text('{"schema": 1')
    assert collect(tmp_path, [tmp_path / "seed-00.json"], card) == 1
    assert "not valid JSON" in capsys.readouterr().err


@pytest.mark.parametrize(("metric", "best"), [("mae", "0.25"), ("accuracy", "0.75")])
def test_scores_on_permuted_graphs_are_their_best_and_their_mean(tmp_path, metric, best):
    card = make_card(tmp_path, metric=metric)
    curves = {"permuted": [0.5, 0.25, 0.75, 0.5]}
    assert collect(tmp_path, [make_record(tmp_path, 0, 0.5, metric=metric, curves=curves)], card) == 0
    (row,) = csv.DictReader((tmp_path / "cell.csv").read_text().splitlines())
    assert (row["permuted_best"], row["permuted_mean"]) == (best, "0.5")
