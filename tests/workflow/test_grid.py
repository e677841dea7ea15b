import pytest

from grid import all_seeds, blocks, cells, run_info
from repool.errors import UserError


@pytest.mark.parametrize(
    ("seeds", "seeds_per_job", "expected"),
    [
        (20, 10, ["0-9", "10-19"]),
        (5, 10, ["0-4"]),
        (7, 3, ["0-2", "3-5", "6-6"]),
        (["0-4", "20-26", "40"], 5, ["0-4", "20-24", "25-26", "40-40"]),
    ],
)
def test_blocks_cover_the_seeds_in_order(seeds, seeds_per_job, expected):
    found = blocks(seeds, seeds_per_job)
    assert [block.argument for block in found] == expected
    assert [seed for block in found for seed in block.seeds] == all_seeds({"seeds": seeds})


def test_a_block_names_its_files_by_seed():
    (block,) = blocks(["8-10"], 5)
    assert block.name == "08_10"
    assert block.files("runs/seed-SEED.json") == ["runs/seed-08.json", "runs/seed-09.json", "runs/seed-10.json"]


def test_more_seeds_leave_the_blocks_before_as_they_are():
    assert blocks(25, 10)[:2] == blocks(20, 10)


def test_a_seed_in_two_ranges_is_a_mistake():
    with pytest.raises(UserError, match="5-9 overlaps with 0-5 in 5"):
        blocks(["0-5", "5-9"], 10)


def test_the_page_is_told_every_cell_once():
    config = {
        "name": "x",
        "seeds": 2,
        "artifacts": {
            "figure_1": {"datasets": ["A", "B"], "methods": ["m", "n"]},
            "table_1": {"datasets": ["B"], "methods": ["n", "o"]},
            "table_3": {"datasets": [], "methods": ["p"]},
        },
    }
    assert cells(config, "figure_1") == [("A", "m"), ("B", "m"), ("A", "n"), ("B", "n")]
    assert run_info(config)["cells"] == [
        {"dataset": "A", "methods": ["m", "n"]},
        {"dataset": "B", "methods": ["m", "n", "o"]},
    ]
