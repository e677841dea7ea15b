"""Families and the configuration speak of the same parts."""

import importlib

import pytest

from repool.spec import CHOICES

# The twins of a pooling that is brought choose by what it pools as well: tests/models/test_brought.py.
SELECTING = [family for family, choices in CHOICES.items() if "select" in choices and family != "operator-twin"]


@pytest.mark.parametrize("family", SELECTING)
def test_a_family_selects_by_the_names_that_a_configuration_may_use(family):
    module = importlib.import_module(f"repool.models.families.{family.replace('-', '_')}")
    assert set(module.SELECT) == set(CHOICES[family]["select"])
