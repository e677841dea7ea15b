"""From ten lines to a configuration: what trains, against what, and what is refused."""

import json
from pathlib import Path

import pytest
import yaml

from repool.campaign import all_cells
from repool.datasets.sources import declared
from repool.datasets.tu_names import NAMES, declaration
from repool.errors import UserError
from repool.models.operators.found import version_of
from repool.overlays import configured
from repool.sanity.command import run_contracts
from repool.sanity.configuration import configuration, write_configuration
from repool.schemas.sanity import read_check
from repool.spec import spec

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "config" / "check").glob("*.yaml"))
MINE = {"name": "mine", "operator": "torch_geometric.nn.TopKPooling", "pools": "nodes", "datasets": ["MUTAG"]}


def written(folder: Path, **changes: object) -> Path:
    file = folder / "mine.yaml"
    file.write_text(yaml.safe_dump({**MINE, **changes}))
    return file


def whole(file: Path, results: Path) -> dict:
    """The configuration of a check over the paper's, as Snakemake has it."""
    return configured([ROOT / "config" / "paper.yaml", write_configuration(read_check(file), file, results)])


def test_every_control_differs_from_the_pooling_in_what_pools_alone(tmp_path):
    config = whole(written(tmp_path, pools="clusters", seeds=7), tmp_path)
    assert all_cells(config) == [("MUTAG", name) for name in config["artifacts"]["check_scores"]["methods"]]
    specs = {name: spec(config, dataset, name) for dataset, name in all_cells(config)}
    own = specs.pop("mine")
    assert [*specs] == ["mine-uniform", "mine-normal", "mine-complement", "without-pooling", "mine-one"]
    for name, other in specs.items():
        assert other["training"] == own["training"]
        assert other["model"]["hidden"] == own["model"]["hidden"]
        assert other["model"]["convolutions"] == (1 if name == "mine-one" else 2)
    assert config["seeds"] == config["seeds_per_job"] == 7
    assert config["artifacts"]["check_scores"]["pairs"] == [f"mine:{name}" for name in specs]


def test_poolings_that_keep_as_many_nodes_share_their_twins(tmp_path):
    """A cell finds its runs by its specification: those of TopK's twin serve SAGPool's."""
    topk, sag = (whole(ROOT / "config" / "check" / f"{name}.yaml", tmp_path) for name in ("topk", "sag"))
    for draw in ("uniform", "normal"):
        assert spec(topk, "NCI1", f"topk-{draw}") == spec(sag, "NCI1", f"sag-{draw}")
    assert spec(topk, "NCI1", "without-pooling") == spec(sag, "NCI1", "without-pooling")


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_the_examples_are_what_they_say(file):
    check = read_check(file)
    assert (check.name, check.datasets, check.seeds) == (file.stem, ["PROTEINS", "NCI1"], 10)
    json.dumps(configuration(check, file.parent))


def test_a_file_is_named_from_the_folder_where_everything_runs(tmp_path, monkeypatch):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "pool.py").write_text("Pool = 1")
    file = written(tmp_path / "own", operator="pool.py:Pool")
    monkeypatch.chdir(tmp_path)
    own = configuration(read_check(file), file.parent)["methods"]["mine"]
    assert (own["operator"], own["version"]) == ("own/pool.py:Pool", version_of("own/pool.py:Pool"))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    with pytest.raises(UserError, match="is not below the folder where this runs"):
        configuration(read_check(file), file.parent)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"arguments": {"ratio": 0.8}}, "ratio is 0.5 for the random twins, and 0.8 in arguments"),
        ({"pools": "node"}, r"node is not a value of .*pools. Did you mean nodes\?"),
        ({"name": "without-pooling"}, "is the name of something else"),
        ({"operators": "x"}, r"operators is not a key of .* Did you mean operator\?"),
        ({"declares": ["invariant"]}, "Known: draws-in-evaluation, permutation-invariant, row-stochastic"),
    ],
)
def test_a_mistake_is_answered_with_what_helps(tmp_path, changes, sentence):
    with pytest.raises(UserError, match=sentence):
        read_check(written(tmp_path, **changes))


def test_a_broken_contract_stops_before_anything_trains(tmp_path, monkeypatch, capsys):
    (tmp_path / "broken.py").write_text((Path(__file__).parent / "broken_poolings.py").read_text())
    monkeypatch.chdir(tmp_path)
    check = read_check(written(tmp_path, operator="broken.py:NumpyDraws"))
    assert run_contracts(check, tmp_path)
    said = capsys.readouterr().out
    assert "broken  broken.py:NumpyDraws gives something else the second time" in said
    assert "kept    mine can be made" in said
    assert "costs" not in said


def test_a_dataset_of_the_tu_collection_needs_no_more_than_its_name(tmp_path):
    config = whole(written(tmp_path, datasets=["MUTAG", "ENZYMES"]), tmp_path)
    assert config["sources"] == {"ENZYMES": declaration("ENZYMES")}
    assert declared("ENZYMES", config["sources"]["ENZYMES"], "").files[0].mirror == "tu/ENZYMES.zip"
    mine = {"format": "tu", "task": "regression", "url": "https://example.org/MINE.zip"}
    config = whole(written(tmp_path, datasets=["MINE"], sources={"MINE": mine}), tmp_path)
    assert config["sources"] == {"MINE": mine}


def test_sets_of_ogbs_need_no_more_than_their_name_and_those_of_many_tasks_are_refused(tmp_path):
    config = whole(written(tmp_path, datasets=["ogbg-molbace", "ogbg-molesol"]), tmp_path)
    found = {name: declared(name, entry, "") for name, entry in config["sources"].items()}
    assert {name: (one.metric, one.files[0].mirror) for name, one in found.items()} == {
        "ogbg-molbace": ("auroc", "ogb/bace.zip"),
        "ogbg-molesol": ("rmse", "ogb/esol.zip"),
    }
    with pytest.raises(UserError, match="ogbg-moltox21 has 12 tasks: training here has a single loss"):
        whole(written(tmp_path, datasets=["ogbg-moltox21"]), tmp_path)


def test_a_function_of_ones_own_is_named_from_the_folder_where_everything_runs(tmp_path, monkeypatch):
    (tmp_path / "own").mkdir()
    mine = {"format": "pyg", "task": "classification", "function": "my_data.py:graphs"}
    file = written(tmp_path / "own", datasets=["MINE"], sources={"MINE": mine})
    monkeypatch.chdir(tmp_path)
    assert configuration(read_check(file), file.parent)["sources"] == {
        "MINE": {**mine, "function": "own/my_data.py:graphs"}
    }
    monkeypatch.chdir(tmp_path / "own")
    assert configuration(read_check(file), file.parent)["sources"] == {"MINE": mine}


def test_a_misspelled_dataset_is_none_of_the_collection(tmp_path):
    with pytest.raises(UserError, match=r"PROTIENS is no dataset .* Did you mean PROTEINS\?"):
        whole(written(tmp_path, datasets=["PROTIENS"]), tmp_path)


def test_every_name_of_the_collection_can_be_declared():
    known = yaml.safe_load((ROOT / "config" / "datasets.yaml").read_text())
    for name in NAMES:
        declared(name, declaration(name), "the list")
        assert name not in known, f"{name} is declared already"
