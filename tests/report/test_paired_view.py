"""What a paired test says of the data that it stands on."""

import pytest

from repool.artifacts.table import plain
from repool.report.claims import shown
from repool.report.paired import failures, named, reading
from repool.words.names import DATA, PENDING, allows_verdict

ROW = {
    "first_method": "graclus", "second_method": "complement", "too_few_pairs": False, "p_value_holm": 0.5,
    "metric": "accuracy", "dataset": "NCI1", "first_failed": 0, "second_failed": 0,
    "interval_lower": -1.0, "interval_upper": 2.0,
}  # fmt: skip


def said(row: dict) -> str:
    return plain(reading(row, named("table_1", row)))


@pytest.mark.parametrize(
    ("status", "first"),
    [("exact", "No difference shown"), ("rebuilt", "Rebuilt data."), ("embedded", "No verdict: embedded data.")],
)
def test_data_that_are_not_exact_are_named_and_embedded_data_allow_no_verdict(status, first):
    row = ROW | {"status": status, "verdict_allowed": allows_verdict(status)}
    assert said(row).startswith(first)


def test_a_difference_that_ranks_do_not_show_after_the_correction_is_not_called_none():
    row = ROW | {"status": "exact", "verdict_allowed": True, "interval_lower": 0.5}
    wanted = (
        "No difference shown by ranks after Holm's correction, though the mean's own interval leaves out zero, which"
    )
    assert said(row).startswith(wanted)


@pytest.mark.parametrize("status", DATA)
def test_claims_and_paired_tests_follow_one_rule(status):
    barred = said(ROW | {"status": status, "verdict_allowed": allows_verdict(status)}).startswith("No verdict")
    assert shown("replicated", [status]).startswith("no verdict") is barred
    assert barred is not allows_verdict(status)
    assert not allows_verdict(PENDING)


@pytest.mark.parametrize(
    ("pairs", "zeros", "smallest", "words"),
    [
        (5, 0, 0.0625, "Too few seeds: 5 pairs cannot give a p below 0.062."),
        (8, 5, 0.25, "Too few seeds: 8 pairs, 5 of them without a difference, cannot give a p below 0.250."),
        (8, 0, 0.0078125, "Too few seeds for a test: 8 pairs."),
    ],
)
def test_too_few_pairs_are_said_to_be_so(pairs, zeros, smallest, words):
    counts = {"number_of_pairs": pairs, "number_of_zero_differences": zeros, "smallest_attainable_p_value": smallest}
    assert said(ROW | counts | {"status": "exact", "verdict_allowed": True, "too_few_pairs": True}) == words


def test_seeds_that_failed_are_counted_beside_the_pairs_they_are_missing_from():
    assert failures(ROW | {"first_failed": 2}) == " (2 of GRACLUS failed)"
    assert failures(ROW | {"first_failed": 2, "second_failed": 1}) == " (2 of GRACLUS failed, 1 of COMPLEMENT failed)"
    assert failures(ROW) == ""


@pytest.mark.parametrize(
    ("metric", "difference", "words"),
    [
        ("accuracy", 2.0, "GRACLUS scores higher than COMPLEMENT;"),
        ("mae", 0.02, "GRACLUS has a higher MAE than COMPLEMENT;"),
        ("validation_loss", -0.1, "GRACLUS has a lower validation loss than COMPLEMENT;"),
    ],
)
def test_an_error_that_is_higher_is_called_by_its_name(metric, difference, words):
    row = ROW | {"metric": metric, "p_value_holm": 0.01, "mean_paired_difference": difference}
    assert said(row | {"status": "exact", "verdict_allowed": True}).startswith(words)
