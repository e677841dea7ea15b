"""The soak in short: `make soak` has the whole one."""

import pytest
from soak import soak
from soak_kills import SIGNALS, TARGETS, drawn

SEEDS = 25
KILLS = 30


@pytest.mark.slow
def test_no_kill_loses_changes_or_repeats_a_record(tmp_path):
    found = soak(tmp_path / "project", methods=8, seeds=SEEDS, seeds_per_job=5, kills=KILLS, number=1)
    assert found["wrong"] == []
    assert found["records"] == found["runs"] == 8 * SEEDS
    assert found["failed_seeds"] == 8 * len([seed for seed in range(SEEDS) if seed % 9 == 4])
    assert found["blocks"] == 40
    assert found["kills"]["all"] == KILLS
    assert found["resumed_blocks"] > 0


def test_the_kills_of_a_soak_follow_from_its_number_and_are_of_every_kind():
    kills = drawn(1, KILLS)
    assert kills == drawn(1, KILLS) != drawn(2, KILLS)
    assert {(kill.target, kill.signal) for kill in kills} == {(target, kind) for target in TARGETS for kind in SIGNALS}
