"""What a paired test says of the data that it stands on."""

import pytest

from repool.artifacts.table import plain
from repool.report.claims import shown
from repool.report.paired import named, reading
from repool.words.names import DATA, PENDING, allows_verdict

ROW = {
    "first_method": "graclus", "second_method": "complement", "too_few_pairs": False, "p_value_holm": 0.5,
    "metric": "accuracy", "dataset": "NCI1",
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


@pytest.mark.parametrize("status", DATA)
def test_claims_and_paired_tests_follow_one_rule(status):
    barred = said(ROW | {"status": status, "verdict_allowed": allows_verdict(status)}).startswith("No verdict")
    assert shown("replicated", [status]).startswith("no verdict") is barred
    assert barred is not allows_verdict(status)
    assert not allows_verdict(PENDING)
