"""A number has one text, by its kind and its metric."""

import pytest

from repool.words import phrases
from repool.words.numerals import Kind, known, numeral, signed


@pytest.mark.parametrize(
    ("value", "kind", "metric", "text"),
    [
        (80.16, Kind.SCORE, "accuracy", "80.2"),
        (0.4294, Kind.SCORE, "mae", "0.429"),
        (-0.04, Kind.SCORE, "accuracy", "0.0"),
        # With the digits it was printed with
        (79.65, Kind.PUBLISHED, "accuracy", "79.65"),
        (80.0, Kind.PUBLISHED, "accuracy", "80.0"),
        (0.02, Kind.PUBLISHED, "accuracy", "0.02"),
        (0.41, Kind.PUBLISHED, "mae", "0.41"),
        (0.443, Kind.PUBLISHED, "mae", "0.443"),
        # One digit more than its scores
        (-0.437956, Kind.DIFFERENCE, "accuracy", "−0.44"),
        (0.26, Kind.DIFFERENCE, "accuracy", "+0.26"),
        (-0.004, Kind.DIFFERENCE, "accuracy", "0.00"),
        (-0.01254, Kind.DIFFERENCE, "mae", "−0.0125"),
        (-0.0123, Kind.DIFFERENCE, "gap", "−0.012"),
        (12.34, Kind.DIFFERENCE, "descent_epochs", "+12.3"),
        (3.4999, Kind.PUBLISHED_DIFFERENCE, "accuracy", "+3.5"),
        (1.25, Kind.SIZE, "accuracy", "1.25"),
        (41127.0, Kind.COUNT, "", "41,127"),
        (0.00001, Kind.P_VALUE, "", "< 0.001"),
        (0.03125, Kind.P_VALUE, "", "0.031"),
        (-0.0004, Kind.SHARE, "", "0.000"),
        (0.0004, Kind.SHARE, "", "< 0.001"),
        (0.0, Kind.SHARE, "", "0.000"),
        (1.0, Kind.MARGIN, "", "1.0"),
        (0.01, Kind.MARGIN, "", "0.01"),
        (0.0001, Kind.MARGIN, "", "0.0001"),
        (1e-9, Kind.MARGIN, "", "1.0e-9"),
        # What is next to nothing is not printed as nothing
        (0, Kind.SIGNIFICANT, "", "0.00"),
        (2.345, Kind.SIGNIFICANT, "", "2.35"),
        (0.0001, Kind.SIGNIFICANT, "", "0.0001"),
        (1.24e-6, Kind.SIGNIFICANT, "", "1.2e-6"),
        (-3e-12, Kind.SIGNIFICANT, "", "−3.0e-12"),
    ],
)
def test_a_kind_decides_the_text(value, kind, metric, text):
    assert numeral(value, kind, metric) == text


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_text(kind):
    assert numeral(1.0, kind, "accuracy")


def test_thousands_stand_apart_and_a_minus_is_one():
    assert signed(-2997, 0) == "−2,997"


def test_what_is_missing_is_not_known():
    assert [known(value) for value in (None, float("nan"), "", 0, 0.0)] == [False, False, False, True, True]


def test_times_and_seeds():
    assert [numeral(seconds, Kind.DURATION) for seconds in (0.2, 59.6, 3661, 90000, 3600)] == [
        "0 s", "1 min", "1 h 1 min", "1 d 1 h", "1 h",
    ]  # fmt: skip
    assert phrases.seeds([4, 0, 1, 2, 9]) == "0–2, 4, 9"


@pytest.mark.parametrize(
    ("statuses", "words"),
    [
        (["exact", "pending", "failed"], ""),
        (["rebuilt", "exact"], "Data: rebuilt"),
        (["embedded", "pending"], "Data: embedded, no verdict"),
    ],
)
def test_data_are_named_where_they_are_not_the_papers(statuses, words):
    assert phrases.data_words(statuses) == words
