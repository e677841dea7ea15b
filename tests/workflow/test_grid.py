import pytest

from repool.campaign import all_seeds, blocks, cell_blocks, cell_seeds, cells
from repool.errors import UserError
from repool_workflow.grid import margins, run_info, style


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
    assert [f"{block[0]}-{block[-1]}" for block in found] == expected
    assert [seed for block in found for seed in block] == all_seeds({"seeds": seeds})


def test_more_seeds_leave_the_blocks_before_as_they_are():
    assert blocks(25, 10)[:2] == blocks(20, 10)


def test_a_dataset_may_have_seeds_of_its_own_and_the_blocks_of_the_others_stay():
    before = {
        "seeds": 20,
        "seeds_per_job": 10,
        "grids": {"one": {"methods": ["m"], "vary": {"layers": [2]}, "seeds": 1}},
    }
    config = before | {"seeds": {"default": 20, "IMDB-B": 45, "DD": ["3-4"]}}
    assert cell_blocks(config, "NCI1", "m") == cell_blocks(before, "NCI1", "m")
    assert cell_blocks(config, "IMDB-B", "m")[:2] == cell_blocks(before, "IMDB-B", "m")
    assert [len(block) for block in cell_blocks(config, "IMDB-B", "m")] == [10, 10, 10, 10, 5]
    assert (cell_seeds(config, "DD", "m"), cell_seeds(config, "DD", "m-layers-2")) == ([3, 4], [3])
    assert (len(all_seeds(config)), all_seeds(config, "DD")) == (20, [3, 4])


def test_a_method_may_have_seeds_of_its_own_on_a_dataset_or_on_all_others():
    grids = {"one": {"methods": ["m"], "vary": {"layers": [2]}, "seeds": 1}}
    own = {"default": {"default": 20, "n": 30}, "IMDB-B": {"default": 20, "m": 25}, "DD": 3}
    config = {"seeds": own, "seeds_per_job": 10, "grids": grids}
    found = {(d, m): len(cell_seeds(config, d, m)) for d in ("NCI1", "IMDB-B", "DD") for m in ("m", "n", "m-layers-2")}
    assert list(found.values()) == [20, 30, 1, 25, 20, 1, 3, 3, 1]
    assert [len(block) for block in cell_blocks(config, "IMDB-B", "m")] == [10, 10, 5]


def test_the_page_is_told_the_seeds_of_a_dataset_that_has_its_own():
    artifacts = {"figure_1": {"datasets": ["A", "B"], "methods": ["m"]}}
    config = {"name": "x", "seeds": {"default": 2, "B": 3}, "grids": {}, "artifacts": artifacts}
    info = run_info(config, {})
    assert info["seeds"] == [0, 1]
    assert [cell.get("seeds") for cell in info["cells"]] == [None, [0, 1, 2]]


def test_the_page_is_told_the_seeds_of_a_method_that_has_its_own():
    artifacts = {"figure_1": {"datasets": ["A", "B"], "methods": ["m", "n"]}}
    seeds = {"default": 2, "B": {"default": 1, "n": 3}}
    info = run_info({"name": "x", "seeds": seeds, "grids": {}, "artifacts": artifacts}, {})
    assert [cell.get("method_seeds") for cell in info["cells"]] == [None, {"n": [0, 1, 2]}]
    assert [cell.get("seeds") for cell in info["cells"]] == [None, [0]]


def test_a_seed_in_two_ranges_is_a_mistake():
    with pytest.raises(UserError, match="5-9 overlaps with 0-5 in 5"):
        blocks(["0-5", "5-9"], 10)


def test_the_page_is_told_every_cell_once():
    config = {
        "name": "x",
        "seeds": 2,
        "grids": {},
        "artifacts": {
            "figure_1": {"datasets": ["A", "B"], "methods": ["m", "n"]},
            "table_1": {"datasets": ["B"], "methods": ["n", "o"]},
            "table_3": {"datasets": [], "methods": ["p"]},
        },
    }
    assert cells(config, "figure_1") == [("A", "m"), ("B", "m"), ("A", "n"), ("B", "n")]
    assert run_info(config, {})["cells"] == [
        {"dataset": "A", "methods": ["m", "n"], "fewer_seeds": {}},
        {"dataset": "B", "methods": ["m", "n", "o"], "fewer_seeds": {}},
    ]


def test_a_grid_may_train_fewer_seeds_and_shares_no_block_with_the_others():
    config = {
        "seeds": ["3-5", "8-9"],
        "seeds_per_job": 2,
        "methods": {"m": {}, "m-layers-2": {}, "n-layers-2": {}},
        "grids": {
            "one": {"methods": ["m"], "vary": {"layers": [2]}, "seeds": 1},
            "four": {"methods": ["n"], "vary": {"layers": [2]}, "seeds": 4},
        },
    }
    assert cell_seeds(config, "A", "m") == [3, 4, 5, 8, 9]
    assert cell_seeds(config, "A", "m-layers-2") == [3]
    assert cell_seeds(config, "A", "n-layers-2") == [3, 4, 5, 8]
    assert {
        method: [(block[0], block[-1]) for block in cell_blocks(config, "A", method)] for method in config["methods"]
    } == {
        "m": [(3, 4), (5, 5), (8, 9)],
        "m-layers-2": [(3, 3)],
        "n-layers-2": [(3, 4), (5, 5), (8, 8)],
    }


def test_a_figure_is_told_the_colours_of_its_methods_alone():
    config = {
        "style": {"palette": {"a": "#111111", "b": "#222222"}, "kinds": {"figure_2": "box"}, "width": 5},
        "artifacts": {"figure_1": {"methods": ["a"]}, "figure_2": {"methods": ["b"]}, "figure_5": {"methods": ["b"]}},
    }
    assert style(config, "figure_1") == {"palette": {"a": "#111111"}, "width": 5}
    assert style(config, "figure_2") == {"palette": {"b": "#222222"}, "width": 5, "kind": "box"}
    assert style(config, "figure_5") == {"palette": {}, "width": 5}


def test_an_artifact_is_told_the_margin_that_it_holds_numbers_against():
    assert margins({"accuracy": 1, "permutation": 0.1}, "appendix_c") == {"permutation": 0.1}
    assert margins({"accuracy": 1, "permutation": 0.1}, "table_1") == {}
    scores = {"accuracy": 1, "auroc": 1, "mae": 0.01}
    assert margins({**scores, "permutation": 0.1}, "figure_1") == scores
