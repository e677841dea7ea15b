"""What a person gets to read for a mistake in the configuration."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from snakemake.exceptions import WorkflowError

from repool.campaign import all_cells, artifacts, cell_blocks, datasets
from repool.datasets.sources import load_sources
from repool.grids import VARIED
from repool.overlays import merged
from repool.schemas.configuration import Configuration, Varied
from repool.schemas.reference import reference
from repool.spec import spec_text
from repool_workflow.configuration import validated

ROOT = Path(__file__).parents[2]
PAPER = yaml.safe_load((ROOT / "config" / "paper.yaml").read_text())
DATASETS = list(yaml.safe_load((ROOT / "config" / "datasets.yaml").read_text()))
GRACLUS = {"family": "graclus", "select": "graclus", "hyperparameters": "table_s2"}
GONE = object()
HOSTILE = [
    "x; touch pwned;",
    "`touch pwned`",
    "$(touch pwned)",
    "../../esc",
    "{x}",
    "a\nb",
    "a\n",
    "",
    "Ünder",
    "a" * 101,
]


def changed(path: str | tuple, value: Any) -> dict:
    config = copy.deepcopy(PAPER)
    *parents, last = path.split(".") if isinstance(path, str) else path
    part = config
    for parent in parents:
        part = part[parent]
    if value is GONE:
        del part[last]
    else:
        part[last] = value
    return config


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        # Keys, and what stands in their place
        ("sedes", 3, r"sedes is not a key of the configuration\. Did you mean seeds\?"),
        ("training.learning_rte", 0.1, r"learning_rte is not a key of the configuration, training\. Did you mean"),
        ("artifacts.figure_1.dataset", [], r"dataset is not a key of .*figure_1\. Did you mean datasets\?"),
        ("hyperparameters.table_s2.NCI1.hiden", 3, r"hiden is not a key of .*table_s2\.NCI1\. Did you mean hidden\?"),
        ("name", GONE, r"the configuration lacks name\."),
        ("training.decay_patience", GONE, r"the configuration, training lacks decay_patience\."),
        ("training", None, r"the configuration, training: a mapping .* belongs here, found None"),
        ("methods", [], r"the configuration, methods: a mapping .* belongs here, found \[\]"),
        ("methods.graclus", "graclus", r"methods\.graclus: a mapping .* belongs here, found graclus"),
        ("artifacts.figure_1", None, r"artifacts\.figure_1: a mapping .* belongs here, found None"),
        ("artifacts.figure_1.datasets", "NCI1", r"artifacts\.figure_1\.datasets: a list belongs here, found NCI1"),
        ((1,), 3, r"the configuration: the key 1 is not text"),
        (("methods", 1), GRACLUS, r"the configuration, methods: the key 1 is not text"),
        # Numbers
        ("seeds_per_job", 1.0, r"seeds_per_job: .*integer, found 1\.0"),
        ("training.max_epochs", -3, r"training\.max_epochs: .*greater than or equal to 1, found -3"),
        ("training.max_epochs", True, r"training\.max_epochs: .*integer, found True"),
        ("training.learning_rate", "1e-3", r"learning_rate: .*found 1e-3\. YAML reads this as text: write 1\.0e-3,"),
        ("training.learning_rate", "1.5e3", r"found 1\.5e3\. YAML reads this as text: write 1\.5e\+3,"),
        ("training.learning_rate", "0.1", r"learning_rate: .*found 0\.1\. Write 0\.1 without quotes"),
        ("training.learning_rate", float("inf"), r"training\.learning_rate: .*finite number, found inf"),
        ("training.learning_rate", float("nan"), r"training\.learning_rate: .*finite number, found nan"),
        ("training.learning_rate", 10**400, r"training\.learning_rate: .*number, found 1000"),
        ("training.lowest_learning_rate", 0.1, r"the configuration, training: lowest_learning_rate, 0\.1, is above"),
        (
            "methods.gin.training",
            {"learning_rate": 0.000001},
            r"methods\.gin for NCI1, training: lowest_learning_rate, 1e-05, is above learning_rate, 1e-06",
        ),
        ("training.gradient_clip", 0, r"training\.gradient_clip: .*greater than 0, found 0"),
        ("hyperparameters.table_s2.NCI1.hidden", 10**11, r"table_s2\.NCI1\.hidden: .*equal to 65536, found 1000"),
        ("hyperparameters.table_s4.NCI1.memory_keys", [10, 0], r"memory_keys\[1\]: .*equal to 1, found 0"),
        ("methods.graclus.layers", None, r"methods\.graclus\.layers: .*integer, found None"),
        ("style.font_size", 0, r"style\.font_size: .*greater than 0, found 0"),
        # Seeds
        ("seeds", 0, r"seeds: 0 is not a number of runs\. Write 1 to 10,000"),
        ("seeds", 3.0, r"seeds: 3\.0 are no seeds\. Write a whole number"),
        ("seeds", True, r"seeds: True are no seeds"),
        ("seeds", [], r"seeds: \[\] are no seeds"),
        ("seeds", "0-4", r"seeds: '0-4' are no seeds"),
        ("seeds", ["0-4", 7], r'seeds: 7 is not a range of seeds\. Write "7", in quotes'),
        ("seeds", ["0-4\n"], r"seeds: '0-4\\n' is not a range of seeds"),
        ("seeds", ["0-999999999999"], r"seeds: 0-999999999999 has a seed that is too large\. Seeds are below 1,000"),
        ("seeds", ["0-9", "20000-39999"], r"seeds: these are 20,010 runs of every cell, and 10,000 are the most"),
        ("seeds", ["0-4", "3-7"], r"seeds: 3-7 overlaps with 0-4 in 3, 4\."),
        ("seeds", ["4-0"], r"seeds: 4-0 ends before it begins\. Write 0-4"),
        ("seeds", {"IMDB-B": 120}, r"seeds: the seeds of all other datasets are missing\. Write default: 20 beside"),
        ("seeds", {"default": 20, "NCI1": 0}, r"seeds: NCI1: 0 is not a number of runs\. Write 1 to 10,000"),
        ("seeds", {"default": 20, "NIC1": 40}, r"NIC1 is not a dataset \(.*, seeds\)\. Did you mean NCI1\?"),
        ("seeds", {"default": 20, "NCI1": ["0-4", "3-7"]}, r"seeds: 3-7 overlaps with 0-4 in 3, 4\."),
        ("seeds", {"default": 20, "NCI1": {"gin": 40}}, r"seeds: NCI1: the seeds of all other methods are missing"),
        ("seeds", {"default": 20, "NCI1": {"default": 20, "gin": 0}}, r"seeds: NCI1: gin: 0 is not a number"),
        ("seeds", {"default": 20, "NCI1": {"default": 20, "gim": 1}}, r"gim is not a method \(.*, seeds\.NCI1\)\."),
        ("seeds", {"default": {"default": 20, "gmm": 1}}, r"gmm is not a method \(.*, seeds\.default\)\. Did you"),
        # Names of other parts
        ("artifacts.figure_2.datasets", ["NCI1", "PROTIENS"], r"PROTIENS is not a dataset .*\[1\].*mean PROTEINS"),
        ("artifacts.figure_1.datasets", ["NCI1", "NCI1"], r"figure_1\.datasets: NCI1 stands twice"),
        ("hyperparameters.table_s2.NIC1", {"hidden": 3}, r"NIC1 is not a dataset .*table_s2\)\. Did you mean NCI1\?"),
        ("hyperparameters.table_s2", {}, r"NCI1 has no row in hyperparameters\.table_s2"),
        ("artifacts.tabel_1", {"datasets": []}, r"artifacts: tabel_1 is not an artifact\. Did you mean table_1\?"),
        ("artifacts.table_1.methods", ["graclsu"], r"graclsu is not a method .*methods\[0\].*mean graclus\?"),
        ("methods.graclus.hyperparameters", "tables_2", r"tables_2 is not a table .*Did you mean table_s2\?"),
        ("artifacts.table_1.pairs", ["graclus:complment"], r"complment is not a method of table_1.*mean complement"),
        ("artifacts.figure_1.pairs", ["graclus-complement"], r"pairs: 'graclus-complement' is not a pair of methods"),
        ("artifacts.figure_1.pairs", ["graclus:graclus"], r"pairs: graclus:graclus compares a method with itself"),
        (
            "artifacts.figure_1.pairs",
            ["graclus:complement", "complement:graclus"],
            r"pairs: complement:graclus compares the same methods as graclus:complement",
        ),
        ("artifacts.figure_1.methods", [], r"artifacts\.figure_1 has datasets and no methods"),
        ("style.palette", {"graclsu": "#000000"}, r"graclsu is not a method .*style\.palette\).*mean graclus\?"),
        ("style.palette", {"graclus": "blue"}, r"style\.palette\.graclus: 'blue' is not a colour"),
        ("style.kinds", {"figure_2": "boxes"}, r"boxes is not a value of .*style\.kinds\.figure_2\. .*mean box\?"),
        ("style.kinds", {"figure_22": "box"}, r"style\.kinds: figure_22 is not a figure of dist.*mean figure_2\?"),
        ("style.kinds", {"figure_3": "box"}, r"style\.kinds: figure_3 is not a figure of distributions"),
        # Stand-ins
        ("instead", {"NIC1": "MUTAG"}, r"NIC1 is not a dataset \(the configuration, instead\)\. Did you mean NCI1\?"),
        ("instead", {"NCI1": "MUTGA"}, r"MUTGA is not a dataset \(.*instead\)\. Did you mean MUTAG\?"),
        ("instead", {"NCI1": "ZINC", "ZINC": None}, r"instead\.NCI1: ZINC has a stand-in itself\. Name that"),
        # Families and their options
        ("methods.graclus.family", "gracls", r"methods\.graclus\.family: gracls is not a model.*mean graclus\?"),
        ("families.gmnn", {}, r"families: gmnn is not a model family\. Did you mean gmn\?"),
        ("methods.complement.select", "learned", r"methods\.complement: learned is not a select of the family graclus"),
        ("methods.diffpool.select", "lerned", r"lerned is not a select of .*diffpool\. Did you mean learned\?"),
        ("methods.gin.select", "graclus", r"methods\.gin: select is not an option of the family gin"),
        ("methods.graclus.heads", 3, r"methods\.graclus: heads is not an option of the family graclus"),
        ("families.gmn.first", "sum", r"first is not an option of the family gmn \(families\.gmn\)"),
        ("families.global-mean", {}, r"methods\.global-mean lacks convolutions for NCI1"),
        ("hyperparameters.table_s2.IMDB-B.first", "sage", r"graclus for IMDB-B, model: sage is not a first of"),
        # Grids
        ("grids.sizes.methods", ["graclus"], r"grids\.sizes\.methods: figure_8 compares two methods, and here is one"),
        ("grids.sizes.methods", ["graclus", "global-mean"], r"layers is not an option .*grids\.sizes, for global-mean"),
        ("grids.sizes.vary", {"layers": []}, r"grids\.sizes\.vary\.layers: .*at least 1 item"),
        ("grids.sizes.vary", {}, r"grids\.sizes\.vary: nothing varies\. Give values of layers or hidden"),
        ("grids.sizes.vary", {"heads": [1]}, r"heads is not a key of .*grids\.sizes\.vary\."),
        ("artifacts.figure_8.grid", "size", r"size is not a grid .*Did you mean sizes\?"),
        ("artifacts.figure_8.grid", GONE, r"artifacts\.figure_8 has datasets and no methods"),
        ("artifacts.figure_8", {**PAPER["artifacts"]["figure_1"]}, r"artifacts\.figure_8 lacks grid: .*Known: sizes"),
        ("artifacts.figure_8.methods", ["graclus"], r"artifacts\.figure_8 names methods, and those of the grid sizes"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place_and_the_nearest_name(path, value, message):
    with pytest.raises(WorkflowError, match=message):
        validated(changed(path, value), DATASETS)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_is_no_path_or_word_of_a_shell_is_refused(name):
    with pytest.raises(WorkflowError, match="cannot be the name of a method"):
        validated(changed(("methods", name), GRACLUS), DATASETS)
    with pytest.raises(WorkflowError, match=r"the configuration, name: .* cannot be the name of a configuration"):
        validated(changed("name", name), DATASETS)


def test_results_of_real_runs_are_not_overwritten_by_a_configuration_of_their_name():
    with pytest.raises(WorkflowError, match="name: 'archive' cannot be"):
        validated(changed("name", "archive"), DATASETS)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("mine.yaml", b"name: mine\nseeds: 3\nseeds: 4\n", r"mine\.yaml, line 3: the key seeds stands twice"),
        ("mine.yaml", b"name: caf\xe9\n", r"mine\.yaml is not UTF-8"),
    ],
)
def test_an_overlay_is_read_again_for_what_snakemake_does_not_see(tmp_path, file, content, message):
    (tmp_path / file).write_bytes(content)
    with pytest.raises(WorkflowError, match=message):
        validated(PAPER, DATASETS, [str(tmp_path / file)])


def test_an_overlay_may_have_a_byte_order_mark_or_be_json(tmp_path):
    (tmp_path / "mine.yaml").write_bytes(b"\xef\xbb\xbfname: mine\n")
    (tmp_path / "mine.json").write_text('{\n\t"name": "mine"\n}')
    assert validated(PAPER, DATASETS, [tmp_path / "mine.yaml", tmp_path / "mine.json"])["name"] == "paper"


def test_defaults_are_filled_in_and_nothing_else_changes():
    config = {key: value for key, value in PAPER.items() if key not in ("seeds", "style")}
    filled = validated(config, DATASETS)
    assert filled["seeds"] == 20
    assert filled["mirror"] is None
    assert filled["artifacts"]["table_s1"]["pairs"] == []
    assert {key: filled[key] for key in ("name", "training")} == {key: PAPER[key] for key in ("name", "training")}
    assert {name: filled["methods"][name] for name in PAPER["methods"]} == PAPER["methods"]
    assert filled["hyperparameters"] == PAPER["hyperparameters"]
    assert validated(filled, DATASETS) == filled


def test_a_configuration_may_leave_methods_out():
    config = copy.deepcopy(PAPER)
    config["artifacts"] = {name: config["artifacts"][name] for name in ("figure_1", "table_s1")}
    config["methods"] = {name: config["methods"][name] for name in ("graclus", "complement")}
    filled = validated(config, DATASETS)
    assert "gmn" not in filled["methods"]
    assert filled["style"]["palette"]["gmn"] == "#0072B2"


def test_a_stand_in_takes_its_place_once_in_every_artifact():
    filled = validated(PAPER | {"instead": {"NCI1": "MUTAG", "IMDB-B": "MUTAG", "ZINC": None}}, DATASETS)
    assert filled["artifacts"]["figure_1"]["datasets"] == ["MUTAG", "SMNIST"]
    assert filled["artifacts"]["figure_5"]["datasets"] == []
    assert validated(filled, DATASETS) == filled


def test_the_quick_configuration_downloads_nothing():
    """Also of an artifact that is declared in paper.yaml alone."""
    sources = load_sources(ROOT / "config" / "datasets.yaml")
    config = validated(merged([ROOT / "config" / "paper.yaml", ROOT / "config" / "quick.yaml"]), DATASETS)
    assert [name for name in datasets(config) if not all(file.wheel for file in sources[name].files)] == []
    assert artifacts(config) == list(PAPER["artifacts"])


def test_a_grid_may_vary_what_names_are_made_of():
    assert list(Varied.model_fields) == list(VARIED)


def test_every_key_has_a_description_and_the_reference_has_them_all():
    assert reference() == (ROOT / "docs" / "configuration.md").read_text(), (
        "run: python -m repool.schemas.reference > docs/configuration.md"
    )
    assert "None" not in reference()
    assert all(f"| `{key}` |" in reference() for key in Configuration.model_fields)


def test_the_decisive_configuration_grows_the_results_of_the_papers():
    """It has no name of its own, and trains nothing otherwise: what is there stays."""
    files = [ROOT / "config" / name for name in ("paper.yaml", "decisive.yaml")]
    paper, decisive = (validated(merged(files[:count]), DATASETS) for count in (1, 2))
    assert {key for key in paper if paper[key] != decisive[key]} == {"seeds"}
    for cell in all_cells(paper):
        before, after = (cell_blocks(config, *cell) for config in (paper, decisive))
        assert after[: len(before)] == before


@pytest.mark.parametrize("name", ["cpu", "quick", "as-released"])
def test_overlays_are_valid(name):
    config = merged([ROOT / "config" / "paper.yaml", ROOT / "config" / f"{name}.yaml"])
    assert validated(config, DATASETS)["name"] == name


@pytest.fixture
def paper_and_released() -> tuple[dict[str, str], dict[str, str]]:
    """The specs on NCI1 of the paper's methods, by its configuration and by the released code's."""
    files = [ROOT / "config" / name for name in ("paper.yaml", "as-released.yaml")]
    ours, released = (
        {name: spec_text(config, "NCI1", name) for name in PAPER["methods"]}
        for config in map(merged, (files[:1], files))
    )
    return ours, released


def test_the_released_code_trains_these_methods_otherwise(paper_and_released):
    """docs/deviations.md lists the differences that are options."""
    ours, released = paper_and_released
    assert {name for name in ours if ours[name] != released[name]} == {
        *("graclus", "complement", "global-mean"),
        *("gmn", "gmn-distance", "gmn-random", "gmn-one", "gmn-random-one", "gmn-period-2"),
        *("diffpool-v2", "diffpool-v2-normal", "mincut-random"),
        *(
            name
            for name, method in PAPER["methods"].items()
            if method["family"] == "diffpool" and name != "diffpool-as-released"
        ),
    }


def test_what_the_page_compares_with_the_released_code_is_its_configuration(paper_and_released):
    ours, released = paper_and_released
    pairs = [pair.split(":") for pair in PAPER["artifacts"]["released_code"]["pairs"]]
    assert len(pairs) == 7
    assert [ours[other] for other, _ in pairs] == [released[method] for _, method in pairs]
    assert all(ours[other] != ours[method] for other, method in pairs)
