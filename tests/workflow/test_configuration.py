"""What a person gets to read for a mistake in the configuration."""

import copy
from pathlib import Path

import pytest
import yaml
from snakemake.exceptions import WorkflowError

from repool.grids import VARIED
from repool.spec import merged, spec_text
from repool_workflow.configuration import SCHEMA, validated

ROOT = Path(__file__).parents[2]
PAPER = yaml.safe_load((ROOT / "config" / "paper.yaml").read_text())
DATASETS = list(yaml.safe_load((ROOT / "config" / "datasets.yaml").read_text()))


def changed(path: str, value: object) -> dict:
    config = copy.deepcopy(PAPER)
    *parents, last = path.split(".")
    part = config
    for parent in parents:
        part = part[parent]
    part[last] = value
    return config


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (
            "artifacts.figure_1.datasets",
            ["NCI1", "PROTIENS"],
            r"PROTIENS is not a dataset .*datasets\[1\].*Did you mean PROTEINS\?",
        ),
        ("artifacts.table_1.methods", ["graclsu"], r"graclsu is not a method .*methods\[0\].*Did you mean graclus\?"),
        (
            "artifacts.table_1.pairs",
            ["graclus:complment"],
            r"complment is not a method of table_1.*Did you mean complement\?",
        ),
        ("artifacts.tabel_1", {"datasets": []}, r"tabel_1 is not a key of artifacts\. Did you mean table_1\?"),
        ("artifacts.figure_8.grid", "size", r"size is not a grid .*Did you mean sizes\?"),
        ("grids.sizes.vary", {"layers": []}, r"grids\.sizes\.vary\.layers: \[\] "),
        ("style.kinds", {"figure_2": "boxes"}, r"boxes is not a value of style\.kinds\.figure_2\. Did you mean box\?"),
        ("sedes", 3, r"sedes is not a key.*Did you mean seeds\?"),
        ("training.learning_rte", 0.1, r"learning_rte is not a key of training\. Did you mean learning_rate\?"),
        ("training.max_epochs", -3, r"training\.max_epochs: -3 is less than the minimum of 1"),
        ("seeds", 0, r"seeds: 0 is less than the minimum"),
        ("seeds", ["0-4", "3-7"], r"seeds: 3-7 overlaps with 0-4 in 3, 4\."),
        ("seeds", ["4-0"], r"seeds: 4-0 ends before it begins\. Write 0-4"),
        (
            "methods.graclus.family",
            "gracls",
            r"gracls is not a value of methods\.graclus\.family\. Did you mean graclus\?",
        ),
        ("methods.graclus.hyperparameters", "tables_2", r"tables_2 is not a table .*Did you mean table_s2\?"),
        ("hyperparameters.table_s2", {}, r"NCI1 has no row in hyperparameters\.table_s2"),
        (
            "families.global-mean",
            {},
            r"lacks convolutions for NCI1",
        ),
        (
            "methods.complement.select",
            "learned",
            r"learned is not a select of the family graclus \(methods\.complement for NCI1\)\.",
        ),
        ("style.palette", {"graclus": "blue"}, r"style\.palette\.graclus: 'blue' does not match"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_the_nearest_name(path, value, message):
    with pytest.raises(WorkflowError, match=message):
        validated(changed(path, value), DATASETS)


def test_defaults_are_filled_in_and_nothing_else_changes():
    config = {key: value for key, value in PAPER.items() if key not in ("seeds", "style")}
    filled = validated(config, DATASETS)
    assert filled["seeds"] == 20
    assert filled["mirror"] is None
    assert filled["artifacts"]["table_s1"]["pairs"] == []
    assert {key: filled[key] for key in ("name", "training")} == {key: PAPER[key] for key in ("name", "training")}
    assert {name: filled["methods"][name] for name in PAPER["methods"]} == PAPER["methods"]


def test_a_grid_may_vary_what_names_are_made_of():
    schema = yaml.safe_load(SCHEMA.read_text())
    assert list(schema["$defs"]["grid"]["properties"]["vary"]["properties"]) == list(VARIED)


@pytest.mark.parametrize("name", ["cpu", "quick"])
def test_overlays_are_valid(name):
    config = merged([ROOT / "config" / "paper.yaml", ROOT / "config" / f"{name}.yaml"])
    assert validated(config, DATASETS)["name"] == name


def test_the_released_code_trains_these_methods_otherwise():
    """docs/deviations.md lists the differences that are options."""
    files = [ROOT / "config" / name for name in ("paper.yaml", "as-released.yaml")]
    ours, released = (
        {name: spec_text(config, "NCI1", name) for name in PAPER["methods"]}
        for config in map(merged, (files[:1], files))
    )
    assert {name for name in ours if ours[name] != released[name]} == {
        *("graclus", "complement", "gmn", "gmn-distance", "gmn-random", "gmn-one", "gmn-random-one", "gmn-period-2"),
        *("diffpool-v2", "diffpool-v2-normal", "mincut-random"),
    }
