"""What stands beside the configuration must agree with it, and Snakemake says so in a sentence."""

import copy
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from snakemake.exceptions import WorkflowError

from repool_workflow.configuration import as_typed, check_inputs, validated
from warm_snakemake import snakemake

ROOT = Path(__file__).parents[2]
DATASETS = list(yaml.safe_load((ROOT / "config" / "datasets.yaml").read_text()))
PAPER = yaml.safe_load((ROOT / "config" / "paper.yaml").read_text())
FILES = ("config/paper.yaml", "config/claims.yaml", "config/published.yaml", "report/captions/chapters.yaml")


@pytest.fixture
def project(tmp_path) -> Path:
    for file in FILES:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "config/claims.yaml",
            "pairs: [complement:graclus], datasets: [NCI1, IMDB-B, SMNIST, ZINC], pooled: true}",
            "pairs: [complement:gracus], datasets: [NCI1]}",
            r"gracus is not a method \(.*claims\.yaml, claims\.complement-matches-graclus\.tests\[0\]\.pairs\)\. "
            r"Did you mean graclus\?",
        ),
        (
            "config/claims.yaml",
            "datasets: [IMDB-C, PROTEINS, NCI109, DD, MOLHIV]",
            "datasets: [IMDB-C, PROTIENS]",
            r"PROTIENS is not a dataset \(.*extra-datasets-agree\.tests\[0\]\.datasets\)\. Did you mean PROTEINS\?",
        ),
        (
            "config/claims.yaml",
            "methods: [global-mean]}",
            "methods: [global-maen]}",
            r"global-maen is not a method \(.*global-pooling-suffices\.published\.methods\)\. Did you mean global-mean",
        ),
        ("config/claims.yaml", "  auroc: 1.0\n", "", r"claims\.yaml, margins lacks auroc"),
        ("config/claims.yaml", "  invariances:\n", "  invariance:\n", r"The claim invariance must stand both in "),
        ("config/claims.yaml", "minimum_seeds: 6", "minimum_seeds: 6\nminimum_seeds: 7", r"line \d+: the key minimum_"),
        (
            "config/published.yaml",
            "  gin:        {NCI1: [80.0, 1.4]",
            "  ginn:       {NCI1: [80.0, 1.4]",
            r"ginn is not a method \(.*published\.yaml, table_1\)\. Did you mean gin\?",
        ),
        (
            "config/published.yaml",
            "gin:        {NCI1: [80.0, 1.4]",
            "gin:        {NIC1: [80.0, 1.4]",
            r"NIC1 is not a dataset \(.*published\.yaml, table_1\.gin\)\. Did you mean NCI1\?",
        ),
        (
            "report/captions/chapters.yaml",
            "artifacts: {figure_1: distribution, table_1: comparison}",
            "artifacts: {figure_1: distribution}",
            r"table_1 stands in no chapter of .*chapters\.yaml",
        ),
    ],
)
def test_names_and_claims_agree(project, file, old, new, message):
    text = (project / file).read_text()
    assert old in text
    (project / file).write_text(text.replace(old, new, 1))
    with pytest.raises(WorkflowError, match=message):
        check_inputs(validated(PAPER, DATASETS), DATASETS, project)


def test_claims_of_the_paper_stand_where_a_configuration_leaves_their_methods_out(project):
    config = copy.deepcopy(PAPER)
    config["artifacts"] = {"figure_1": config["artifacts"]["figure_1"]}
    config["methods"] = {name: config["methods"][name] for name in ("graclus", "complement")}
    assert check_inputs(validated(config, DATASETS), DATASETS, project).margins["accuracy"] == 1.0


def dry_run(folder: Path, *more: str) -> subprocess.CompletedProcess:
    """What is planned by the overlay `mine.yaml` of a folder."""
    given = ["--snakefile", str(ROOT / "workflow" / "Snakefile"), "--configfile", "mine.yaml", *more]
    return snakemake([*given, "--dry-run", "--cores", "1"], folder)


@pytest.mark.parametrize(
    ("overlay", "message"),
    [
        (b"name: mine\nseeds: 3.0\n", "the configuration, seeds: 3.0 are no seeds."),
        (b'name: "{x}"\n', "the configuration, name: '{x}' cannot be the name of a configuration."),
        (b"training: {learning_rate: 1e-3}\n", "write 1.0e-3, without quotes"),
        (b"seeds: 2\nseeds: 3\n", "line 2: the key seeds stands twice"),
        (b'methods: {"x; touch pwned;": {family: gin, hyperparameters: table_s2}}\n', "cannot be the name of a method"),
    ],
)
def test_snakemake_says_it(tmp_path, overlay, message):
    (tmp_path / "mine.yaml").write_bytes(overlay)
    result = dry_run(tmp_path)
    assert result.returncode == 1
    assert message in result.stdout + result.stderr
    assert "Traceback" not in result.stdout + result.stderr


def test_what_config_sets_in_braces_has_its_numbers(tmp_path):
    (tmp_path / "mine.yaml").write_text("name: mine\n")
    own = "seeds={MUTAG: 2, default: 1}", "training={max_epochs: 3}", "style={width: 5.2}"
    result = dry_run(tmp_path, "--config", *own)
    assert result.returncode == 0, result.stdout + result.stderr
    wrong = dry_run(tmp_path, "--config", "training={max_epochs: 3.5}")
    assert "training.max_epochs: Input should be a valid integer, found 3.5." in wrong.stdout + wrong.stderr


def test_numbers_typed_in_braces_are_numbers_and_all_else_stays():
    typed = {
        "training": {"max_epochs": "3", "permuted": "true", "decay": "0.5"},
        "seeds": ["0-4", "7"],
        "other": {"a": "1"},
    }
    config = {"training": {"max_epochs": "3", "permuted": "true", "decay": 0.25, "batch": "2"}, "seeds": ["0-4", "7"]}
    assert as_typed(config, typed) == {
        "training": {"max_epochs": 3, "permuted": True, "decay": 0.25, "batch": "2"},
        "seeds": ["0-4", "7"],
    }


def test_an_overlay_of_another_encoding_ends_as_the_readme_says(tmp_path):
    (tmp_path / "mine.yaml").write_bytes("name: café\n".encode("latin-1"))
    result = dry_run(tmp_path)
    assert result.returncode != 0
    (named,) = re.findall(r"one that is not UTF-8 in `(\w+)`", " ".join((ROOT / "README.md").read_text().split()))
    assert named in result.stdout + result.stderr


def test_a_configuration_without_artifacts_plans_an_empty_page(tmp_path):
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump({**PAPER, "name": "mine", "artifacts": {}}))
    result = dry_run(tmp_path, "--replace-workflow-config")
    assert result.returncode == 0, result.stderr
    assert "render_page" in result.stdout + result.stderr
