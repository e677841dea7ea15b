from typing import Literal

import pytest

from repool.errors import UserError
from repool.schemas.checked import Checked, checked


class Part(Checked):
    colour: Literal["red", "green"] = "red"
    size: int


class Whole(Checked):
    parts: dict[str, Part]
    rows: list[Part] | None = None


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"parts": {}, "prats": {}}, r"prats is not a key of x\.yaml\. Did you mean parts\?"),
        ({"parts": {"a": {"size": 1, "colur": 1}}}, r"colur is not a key of x\.yaml, parts\.a\. Did you mean colour\?"),
        ({"parts": {}, "rows": [{"size": 1, "szie": 1}]}, r"szie is not a key of x\.yaml, rows\[0\]\. Did you"),
        ({"parts": {"a": {"size": 1, "colour": "gren"}}}, r"gren is not a value of x\.yaml, parts\.a\.colour"),
        ({"parts": {"a": {}}}, r"x\.yaml, parts\.a lacks size\."),
        ({"parts": {"a": {"size": 1.0}}}, r"x\.yaml, parts\.a\.size: .*integer, found 1\.0"),
        ({"parts": {"a": {"size": True}}}, r"x\.yaml, parts\.a\.size: .*integer, found True"),
        ([], r"x\.yaml: .*found \[\]"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_with_its_place(value, message):
    with pytest.raises(UserError, match=message):
        checked(Whole, value, "x.yaml")
