"""What a replay takes for rounding, counted: on a toy, whose first steps rounding hardly parts."""

import numpy as np
from rounding import ERRORS, by_the_rule, row

from repool.archive.add import add
from repool.archive.replay import Run
from repool.archive.store import Archive


def test_a_distance_is_explained_as_soon_as_twins_have_gone_half_as_far():
    of_few, of_more = np.array([0.0, 0.0, 1e-3]), np.array([0.0, 1e-3, 1e-3])
    assert by_the_rule(np.array([0.0, 5e-5, 1.9e-3]), np.array([of_few])) == 0
    assert by_the_rule(np.array([0.0, 1.9e-3, 0.0]), np.array([of_few])) == 2
    assert by_the_rule(np.array([0.0, 1.9e-3, 0.0]), np.array([of_few, of_more])) == 0
    assert by_the_rule(np.array([1.9e-3, 0.0, 0.0]), np.array([of_more])) == 1


def test_twins_of_a_toy_pass_and_errors_in_it_do_not(campaign, tmp_path):
    archive = Archive(tmp_path / "archive")
    add(archive, [campaign])
    (cell,) = archive.cells()
    said = row(Run(cell, cell.entries[0]), campaign / "data" / "TOY", drawn=20)
    assert said[4:7] == [20, 0, 0]
    found = dict(zip(ERRORS, zip(said[7::2], said[8::2], strict=True), strict=True))
    assert found["weights + 0.1 %"] == found["batches in another order"] == (1, 1)
    assert all(alone == whole for alone, whole in found.values())
    assert found["learning rate + 1 %"][1] > 1
