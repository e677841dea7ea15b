import pytest

from repool.errors import UserError
from repool.grids import expanded

CONFIG = {
    "methods": {"graclus": {"family": "graclus", "select": "graclus", "hidden": 1}, "gin": {"family": "gin"}},
    "grids": {"sizes": {"methods": ["graclus"], "vary": {"layers": [2, 3], "hidden": [16, 32]}, "seeds": 1}},
    "artifacts": {"figure_8": {"datasets": ["NCI1"], "grid": "sizes"}, "table_1": {"methods": ["gin"]}},
}
NAMES = [f"graclus-layers-{layers}-hidden-{hidden}" for layers in (2, 3) for hidden in (16, 32)]


def test_a_grid_becomes_a_method_for_each_combination():
    methods = expanded(CONFIG)["methods"]
    assert set(methods) == {"graclus", "gin", *NAMES}
    assert methods["graclus-layers-3-hidden-16"] == {
        "family": "graclus", "select": "graclus", "layers": 3, "hidden": 16,
    }  # fmt: skip


def test_names_do_not_depend_on_the_order_of_the_options():
    turned = {**CONFIG["grids"]["sizes"], "vary": {"hidden": [16, 32], "layers": [2, 3]}}
    assert expanded({**CONFIG, "grids": {"sizes": turned}}) == {**expanded(CONFIG), "grids": {"sizes": turned}}


def test_an_artifact_gets_the_methods_of_its_grid_and_others_keep_theirs():
    artifacts = expanded(CONFIG)["artifacts"]
    assert artifacts["figure_8"]["methods"] == NAMES
    assert artifacts["table_1"] == {"methods": ["gin"]}


def test_expanding_twice_changes_nothing_and_a_row_of_methods_wins():
    once = expanded(CONFIG)
    assert expanded(once) == once
    own = {**CONFIG, "methods": {**CONFIG["methods"], NAMES[0]: {"family": "gin"}}}
    assert expanded(own)["methods"][NAMES[0]] == {"family": "gin"}


def test_wrong_names_are_told_the_nearest():
    with pytest.raises(UserError, match=r"graclsu is not a method \(grids.sizes.methods\). Did you mean graclus\?"):
        expanded({**CONFIG, "grids": {"sizes": {"methods": ["graclsu"], "vary": {"layers": [1]}}}})
    with pytest.raises(UserError, match=r"size is not a grid \(artifacts.figure_8.grid\). Did you mean sizes\?"):
        expanded({**CONFIG, "artifacts": {"figure_8": {"grid": "size"}}})
