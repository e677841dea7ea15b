import argparse

import pytest

from repool.training.command import seeds


def test_a_range_of_seeds():
    assert seeds("0-4") == [0, 1, 2, 3, 4]
    assert seeds("7") == [7]


@pytest.mark.parametrize(
    ("text", "message"), [("4-2", "write 2-4"), ("a-b", "is not a range of seeds"), ("-1", "is not")]
)
def test_a_wrong_range_is_explained(text, message):
    with pytest.raises(argparse.ArgumentTypeError, match=message):
        seeds(text)
