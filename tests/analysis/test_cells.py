import csv
import json

import pytest
from made import SPEC, content_of, make_card, make_cell, make_failed_record, make_record, make_timing

from repool.analysis.cells import failed_runs, read_cells
from repool.analysis.outcome import descent, of_permutations
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
        "dataset,method,metric,seed,epochs,parameters,best_epoch,validation,test,tied_epochs,test_first,test_last,"
        "validation_loss,descent_epochs,permuted_best,permuted_mean,permuted_change,layer_rows,layer_shares,layer_matrix_shares,permutation,divergence_learned,divergence_identical,seconds_per_epoch,seconds,block,device,status\n"
        "NCI1,graclus,accuracy,2,143,21378,92,0.8127,0.30000000000000004,1,0.30000000000000004,0.30000000000000004,"
        "0.4,3,,,,,,,0.0,,,0.61,87.25,0-9,cpu,exact\n"
        "NCI1,graclus,accuracy,10,143,21378,92,0.8127,0.5,1,0.5,0.5,0.4,3,,,,,,,0.0,,,0.61,87.25,10-19,cpu,exact\n"
    )
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [".cell.csv.sha256", "cell.csv"]


def test_a_missing_sidecar_leaves_the_durations_empty(tmp_path):
    record = make_record(tmp_path, 0, 0.5)
    assert collect(tmp_path, [record], make_card(tmp_path)) == 0
    assert (tmp_path / "cell.csv").read_text().endswith("0.5,1,0.5,0.5,0.4,3,,,,,,,0.0,,,,,,cpu,exact\n")


@pytest.mark.parametrize(
    ("losses", "expected"),
    [
        ([1.0, 0.5, 0.2, 0.1, 0.0, 0.3], (0.0, 4)),  # 0.1 is 90% of the way from 1 to 0
        ([0.5, 0.6], (0.5, 1)),  # it never falls
        ([], (None, None)),
        ([float("nan"), 0.5], (None, None)),  # it diverged
        ([0.5, float("nan"), 0.4], (None, None)),
        ([0.5, float("inf")], (None, None)),
    ],
)
def test_the_descent_of_a_run_is_its_lowest_loss_and_when_most_of_the_way_is_made(losses, expected):
    assert descent(losses) == expected


def test_of_epochs_that_tie_the_first_counts_or_on_request_the_last(tmp_path):
    curves = {
        **{"validation": [0.5, 0.8127, 0.7, 0.8127, 0.6], "test": [0.4, 0.6, 0.9, 0.7, 0.8]},
        **{"train_loss": [0.5] * 5, "learning_rate": [0.001] * 5, "validation_loss": [0.4] * 5},
    }
    record = make_record(tmp_path, 0, 0.6, curves=curves, best_epoch=2, epochs=5)
    tied = {"tied_epochs": "2", "test_first": "0.6", "test_last": "0.7"}
    for choice, expected in (("first", ("2", "0.6")), ("last", ("4", "0.7"))):
        assert collect(tmp_path, [record], make_card(tmp_path), "--best-epoch", choice) == 0
        (row,) = csv.DictReader((tmp_path / "cell.csv").read_text().splitlines())
        assert (row["best_epoch"], row["test"]) == expected
        assert {name: row[name] for name in tied} == tied


def test_what_permuted_nodes_change_is_the_mean_over_epochs():
    assert of_permutations([0.5, 0.7], [0.4, 0.6]) == pytest.approx(0.1)
    assert of_permutations([], [0.4, 0.6]) is None


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


def test_records_of_other_data_are_refused(tmp_path, capsys):
    bad = make_record(tmp_path, 1, 0.5, data_sha256="other")
    assert collect(tmp_path, [make_record(tmp_path, 0, 0.5), bad], make_card(tmp_path)) == 1
    assert "other data than" in (message := capsys.readouterr().err)
    assert f"content_sha256 other (card {content_of('NCI1')})" in message
    assert not (tmp_path / "cell.csv").exists()


def test_records_that_do_not_belong_together_are_refused(tmp_path, capsys):
    good, card = make_record(tmp_path, 0, 0.5), make_card(tmp_path)
    spec = {"dataset": "NCI1", "training": {"learning_rate": 0.01}}
    other = make_record(tmp_path, 1, 0.5, spec=spec)
    assert collect(tmp_path, [good, other], card) == 1
    assert "not of one cell: spec_sha256 is" in capsys.readouterr().err
    complement = make_record(tmp_path, 1, 0.5, method="complement")
    assert collect(tmp_path, [good, complement], card) == 1
    assert "not of one cell: method is complement and graclus" in capsys.readouterr().err
    assert collect(tmp_path, [good, good], card) == 1
    assert "Seed 0 has two records" in capsys.readouterr().err


WANTED = {"dataset": "NCI1", **SPEC}


@pytest.mark.parametrize("command", [["collect"], ["collect-curves", "validation_loss"]])
@pytest.mark.parametrize(
    ("spec", "code", "words"),
    [
        (WANTED, "0ther", "other training code: c0de, expected 0ther"),
        (
            {**WANTED, "training": {"learning_rate": 0.01, "permuted": False}},
            "c0de",
            "another specification: training.learning_rate: 0.001, expected 0.01; "
            "training.permuted: not there, expected false.",
        ),
    ],
)
def test_records_of_another_spec_or_code_than_wanted_are_refused(tmp_path, capsys, command, spec, code, words):
    files = ["--records", str(make_record(tmp_path, 0, 0.5)), "--card", str(make_card(tmp_path))]
    expected = ["--spec", json.dumps(spec), "--code", code, "--out", str(tmp_path / "out.csv")]
    assert main([*command, *files, *expected]) == 1
    assert words in (message := capsys.readouterr().err)
    assert "seed-00.json" in message
    assert not (tmp_path / "out.csv").exists()
    assert main([*command, *files, "--spec", json.dumps(WANTED), "--code", "c0de", *expected[-2:]]) == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seconds": "fast"}, "seconds: Input should be a valid number"),
        ({"seconds": float("nan")}, "seconds: Input should be a finite number"),
        ({"started": "yesterday"}, "started is yesterday, not a time"),
        ({"block": [1, 4]}, "seed 0 is not of its block"),
        ({"block": [9, 0]}, "block ends before it begins"),
    ],
)
def test_a_wrong_timing_is_a_sentence(tmp_path, capsys, changes, words):
    record = make_record(tmp_path, 0, 0.5)
    make_timing(record, **changes)
    assert collect(tmp_path, [record], make_card(tmp_path)) == 1
    message = capsys.readouterr().err
    assert "seed-00.timing.json" in message
    assert words in message
    assert "Delete it and run the same command" in message


def test_a_timing_that_lacks_something_is_a_sentence(tmp_path, capsys):
    record = make_record(tmp_path, 0, 0.5)
    record.with_suffix(".timing.json").write_text("{}")
    assert collect(tmp_path, [record], make_card(tmp_path)) == 1
    assert "seed-00.timing.json lacks seconds_per_epoch." in capsys.readouterr().err


def test_a_seed_that_failed_is_a_row_without_numbers_that_no_reader_takes_for_a_run(tmp_path):
    records = [make_record(tmp_path, 0, 0.5), make_failed_record(tmp_path, 1)]
    info = tmp_path / "cell.json"
    assert collect(tmp_path, records, make_card(tmp_path), "--info", str(info)) == 0
    scored, failed = csv.DictReader((tmp_path / "cell.csv").read_text().splitlines())
    assert scored["epochs"] == "143", "a whole number stays one beside an empty field"
    assert {name for name, value in failed.items() if value} == {
        *("dataset", "method", "metric", "seed", "epochs", "parameters", "device", "status")
    }
    assert failed["status"] == "failed"
    runs = read_cells([tmp_path / "cell.csv"])
    assert (list(runs["seed"]), runs["best_epoch"].dtype) == ([0], "int64")
    assert failed_runs([tmp_path / "cell.csv"]) == {("NCI1", "graclus"): 1}
    about = json.loads(info.read_text())
    assert about["seeds"] == [0]
    assert about["failures"] == [
        {
            **{"seed": 1, "reason": "the training loss is nan in epoch 4, batch 3 of 12"},
            **{"epoch": 4, "batch": 3, "learning_rate": 0.001},
        }
    ]


@pytest.mark.parametrize(("score", "loss"), [(0.5, float("nan")), (0.5, float("inf")), (float("nan"), 0.4)])
def test_a_run_that_diverged_is_a_failed_one_whatever_its_status_says(tmp_path, score, loss):
    table = make_cell(tmp_path, "NCI1", "graclus", {0: 0.8, 1: score}, losses={1: loss})
    assert list(read_cells([table])["seed"]) == [0]
    assert failed_runs([table]) == {("NCI1", "graclus"): 1}


def test_a_cell_where_every_seed_failed_has_no_run_and_no_curve(tmp_path):
    records = [str(make_failed_record(tmp_path, seed)) for seed in (0, 1)]
    card = make_card(tmp_path)
    assert collect(tmp_path, records, card, "--info", str(tmp_path / "cell.json")) == 0
    assert read_cells([tmp_path / "cell.csv"]).empty
    assert failed_runs([tmp_path / "cell.csv"]) == {("NCI1", "graclus"): 2}
    curve = ["collect-curves", "validation_loss", "--card", str(card), "--out", str(tmp_path / "curve.csv")]
    assert main([*curve, "--records", *records]) == 0
    (row,) = csv.DictReader((tmp_path / "curve.csv").read_text().splitlines())
    assert (row["status"], row["runs"], row["mean"]) == ("failed", "0", "")


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
