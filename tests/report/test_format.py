import pytest

from repool.words import numerals as numbers

NAN = float("nan")


def test_replicated_scores_have_the_papers_precision():
    assert numbers.replicated(80.16, 1.449, "accuracy") == numbers.Score("80.2", "± 1.4")
    assert numbers.replicated(0.4294, 0.0213, "mae") == numbers.Score("0.429", "± 0.021")
    assert numbers.replicated(80.16, NAN, "accuracy") == numbers.Score("80.2", "")


def test_published_scores_keep_the_digits_they_were_printed_with():
    assert numbers.published(79.65, 2.07, "accuracy") == numbers.Score("79.65", "± 2.07")
    assert numbers.published(80.0, 1.4, "accuracy") == numbers.Score("80.0", "± 1.4")
    assert numbers.published(0.41, 0.01, "mae") == numbers.Score("0.41", "± 0.01")
    assert numbers.published(0.443, 0.03, "mae") == numbers.Score("0.443", "± 0.03")
    assert numbers.published(89.3, NAN, "accuracy") == numbers.Score("89.3", "")


@pytest.mark.parametrize(
    ("value", "metric", "words"),
    [
        (0.26, "accuracy", "+0.3 higher"),
        (-0.26, "accuracy", "−0.3 lower"),
        (-0.04, "accuracy", "0.0 same"),
        (0.0004, "mae", "0.000 same"),
        (-0.0125, "mae", "−0.013 lower"),
    ],
)
def test_differences_have_a_sign_and_a_word(value, metric, words):
    assert numbers.difference(value, metric) == words


def test_counts_probabilities_and_times():
    assert numbers.count(41127.0) == "41,127"
    assert numbers.signed(-2997, 0) == "−2,997"
    assert numbers.p_value(0.00001) == "< 0.001"
    assert numbers.p_value(0.03125) == "0.031"
    assert numbers.runs(5, 20) == "n = 5 of 20"
    assert [numbers.duration(seconds) for seconds in (0.2, 59.6, 3661, 90000, 3600)] == [
        "0 s", "1 min", "1 h 1 min", "1 d 1 h", "1 h",
    ]  # fmt: skip
    assert numbers.seeds([4, 0, 1, 2, 9]) == "0–2, 4, 9"


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0.00"), (2.345, "2.35"), (0.0001, "0.0001"), (1.24e-6, "1.2e-6"), (-3e-12, "−3.0e-12")]
)
def test_what_is_next_to_nothing_is_not_printed_as_nothing(value, text):
    assert numbers.significant(value) == text
