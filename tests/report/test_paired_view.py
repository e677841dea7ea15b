"""What a paired test says of the data that it stands on."""

import pytest

from repool.report.claims import shown
from repool.report.paired import reading
from repool.words.names import DATA, PENDING, allows_verdict

ROW = {
    "first_method": "graclus", "second_method": "complement", "too_few_pairs": False, "p_value_holm": 0.5,
    "metric": "accuracy",
}  # fmt: skip


@pytest.mark.parametrize(
    ("status", "first"),
    [("exact", "No difference shown"), ("rebuilt", "Rebuilt data."), ("embedded", "No verdict: embedded data.")],
)
def test_data_that_are_not_exact_are_named_and_embedded_data_allow_no_verdict(status, first):
    row = ROW | {"status": status, "verdict_allowed": allows_verdict(status)}
    assert " ".join(reading(row)).startswith(first)


@pytest.mark.parametrize("status", DATA)
def test_claims_and_paired_tests_follow_one_rule(status):
    barred = " ".join(reading(ROW | {"status": status, "verdict_allowed": allows_verdict(status)})).startswith(
        "No verdict"
    )
    assert shown("replicated", [status]).startswith("no verdict") is barred
    assert barred is not allows_verdict(status)
    assert not allows_verdict(PENDING)
