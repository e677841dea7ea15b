"""Everything that changes a cell's training is in its spec, and nothing else."""

import json
from pathlib import Path

import pytest

from repool.canonical import digest
from repool.cli import main
from repool.overlays import merged
from repool.spec import spec

CONFIG = Path(__file__).parents[1] / "config"


def test_a_spec_holds_the_papers_settings():
    assert spec(merged([CONFIG / "paper.yaml"]), "NCI1", "complement") == {
        "dataset": "NCI1",
        "model": {"family": "graclus", "select": "complement", "layers": 3, "hidden": 64, "first": "sum"},
        "training": {
            "batch": 8,
            "learning_rate": 0.001,
            "lowest_learning_rate": 0.00001,
            "decay": 0.5,
            "decay_patience": 10,
            "stop_patience": 50,
            "max_epochs": 1000,
            "gradient_clip": None,
            "permuted": False,
        },
    }


def test_every_cell_of_the_paper_has_the_spec_that_its_archived_runs_have():
    """One digest over all: it changes where a cell is new, or where what it trains is meant to change."""
    config = merged([CONFIG / "paper.yaml"])
    cells = {
        f"{dataset}/{name}": digest(spec(config, dataset, name))
        for name, method in config["methods"].items()
        for dataset in config["hyperparameters"][method["hyperparameters"]]
    }
    assert (len(cells), digest(cells)) == (792, "9e1f7aac7684d543a43b9007b38c3e1be73934de80224328474799be3c4e812d")


def test_a_family_gives_what_its_methods_share_and_each_may_say_otherwise():
    config = merged([CONFIG / "paper.yaml"])
    assert spec(config, "NCI1", "diffpool")["model"]["link_weight"] == 1
    assert spec(config, "NCI1", "diffpool-lambda-1000")["model"]["link_weight"] == 1000
    assert spec(config, "NCI1", "diffpool")["training"]["gradient_clip"] == 2
    assert spec(config, "IMDB-B", "diffpool")["model"]["first"] == "sum"
    assert spec(config, "IMDB-B", "diffpool-one")["model"]["first"] == "none"


def test_twins_differ_in_how_clusters_are_selected_and_in_nothing_else():
    config = merged([CONFIG / "paper.yaml"])
    for learned, random in (("diffpool", "diffpool-uniform"), ("gmn", "gmn-random"), ("mincut", "mincut-random")):
        one, other = (spec(config, "DD", method) for method in (learned, random))
        assert one["model"].pop("select") != other["model"].pop("select")
        assert one == other


def test_a_methods_own_settings_win_and_what_a_family_does_not_read_is_left_out():
    config = merged([CONFIG / "paper.yaml"])
    config["methods"]["complement"] |= {"hidden": 128, "training": {"learning_rate": 0.01}}
    config["hyperparameters"]["table_s2"]["NCI1"]["layers"] = 5
    changed = spec(config, "NCI1", "complement")
    assert changed["model"] == {"family": "graclus", "select": "complement", "layers": 5, "hidden": 128, "first": "sum"}
    assert changed["training"]["learning_rate"] == 0.01
    assert spec(config, "NCI1", "graclus")["training"]["learning_rate"] == 0.001
    assert spec(config, "NCI1", "global-mean") == spec(merged([CONFIG / "paper.yaml"]), "NCI1", "global-mean")


def test_styles_names_and_seeds_do_not_reach_a_spec():
    config = merged([CONFIG / "paper.yaml"])
    before = spec(config, "DD", "graclus")
    config |= {"seeds": 3, "name": "other", "style": {"font_size": 11}, "seeds_per_job": 1}
    assert spec(config, "DD", "graclus") == before


def test_the_command_prints_a_spec(capsys, monkeypatch):
    monkeypatch.chdir(CONFIG.parent)
    assert main(["spec", "MUTAG", "graclus", "--configfile", "config/quick.yaml"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["training"]["max_epochs"] == 20


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["MUTGA", "graclus"], "Did you mean MUTAG?"),
        (["MUTAG", "gracluss"], "Did you mean graclus?"),
        (["MUTAG", "graclus", "--configfile", "none.yaml"], "There is no configuration none.yaml"),
    ],
)
def test_a_wrong_name_is_explained(arguments, message, capsys, monkeypatch):
    monkeypatch.chdir(CONFIG.parent)
    assert main(["spec", *arguments]) == 1
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"name: caf\xe9\n", "mine.yaml is not UTF-8"),
        (b"", "mine.yaml has no keys"),
        (b"- a\n", "mine.yaml has no keys"),
        (b"seeds: 1\nseeds: 2\n", "line 2: the key seeds stands twice"),
        (b"methods: {graclus: {slect: graclus}}", "slect is not a key of the configuration, methods.graclus. Did you"),
        (b"methods: {graclus: 3}", "methods.graclus: a mapping (key: value) belongs here, found 3"),
        (b"grids: {sizes: {methods: graclus}}", "grids.sizes.methods: a list belongs here, found graclus"),
    ],
)
def test_a_wrong_overlay_is_explained(content, message, capsys, monkeypatch, tmp_path):
    (tmp_path / "mine.yaml").write_bytes(content)
    monkeypatch.chdir(CONFIG.parent)
    assert main(["spec", "MUTAG", "graclus", "--configfile", str(tmp_path / "mine.yaml")]) == 1
    assert message in capsys.readouterr().err
