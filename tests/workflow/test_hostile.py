"""What comes from outside is text: no shell runs it, and no path of it leads elsewhere."""

import copy
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from project import ROOT, Project
from snakemake.exceptions import WorkflowError

import warm_snakemake
from repool_workflow.configuration import check_inputs, declared, validated

SNAKEFILE = ROOT / "workflow" / "Snakefile"
PAPER = yaml.safe_load((ROOT / "config" / "paper.yaml").read_text())
SOURCES = yaml.safe_load((ROOT / "config" / "datasets.yaml").read_text())
GIN = {"family": "gin", "hyperparameters": "table_s2"}
HOSTILE = [
    "x; touch pwned;",
    "`touch pwned`",
    "$(touch pwned)",
    "| touch pwned",
    "x\ntouch pwned",
    "../../../../pwned",
    "/tmp/pwned",
    "--out=pwned",
    "{config}",
    "{output.page}",
    "'\"",
    "~",
    "*",
]
# What stands in a command without :q. Digests, numbers and options that rules write themselves.
OURS = {"threads", "params.trained_by", "params.activations", "params.best_epoch", "TEMPLATE", "SUMMARY[1]"}


def changed(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    config = copy.deepcopy(PAPER)
    part = config
    for parent in path[:-1]:
        part = part.setdefault(parent, {})
    part[path[-1]] = value
    return config


def commands() -> list[str]:
    """The shell commands of the rules, as the rules' files spell them."""
    found = []
    for file in sorted((ROOT / "workflow" / "rules").glob("*.smk")):
        text = file.read_text()
        constants = {name: strings(body) for name, body in re.findall(r"^([A-Z_]+) = \(\n(.*?)^\)", text, re.M | re.S)}
        for body in re.findall(r"^ +shell:\n((?: +f?\".*\"\n)+)", text, re.M):
            command = strings(body)
            if re.match(r" +f", body):
                for name, value in constants.items():
                    command = command.replace(f"{{{name}}}", value)
                command = command.replace("{{", "{").replace("}}", "}")
            found.append(command)
        assert len(re.findall(r"^ +(?:shell|run|script|notebook|wrapper|cwl)\b", text, re.M)) == text.count("shell:\n")
    return found


def strings(body: str) -> str:
    """Text of adjacent string literals."""
    return "".join(re.findall(r"f?\"(.*)\"", body))


def test_everything_in_a_shell_command_is_quoted():
    texts = commands()
    assert len(texts) == sum(file.read_text().count("shell:") for file in (ROOT / "workflow" / "rules").glob("*.smk"))
    assert len(texts) > 10
    unquoted = {name for text in texts for name in re.findall(r"\{([^{}]*)\}", text) if not name.endswith(":q")}
    assert unquoted == OURS


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "path",
    [
        ("name",),
        ("seeds",),
        ("seeds_per_job",),
        ("partial",),
        ("training", "max_epochs"),
        ("training", "learning_rate"),
        ("methods", "gin", "family"),
        ("methods", "gin", "hyperparameters"),
        ("methods", "gin", "layers"),
        ("methods", "diffpool", "select"),
        ("hyperparameters", "table_s2", "NCI1", "hidden"),
        ("hyperparameters", "table_s2", "NCI1", "first"),
        ("artifacts", "table_1", "grid"),
        ("artifacts", "figure_8", "grid"),
        ("style", "palette", "gin"),
        ("style", "font_size"),
        ("style", "kinds", "figure_1"),
    ],
    ids=".".join,
)
def test_a_value_that_would_be_a_command_is_refused(path, text):
    with pytest.raises(WorkflowError, match=path[0] if path[-1] != "grid" else "grid"):
        validated(changed(path, text), list(SOURCES))


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("methods",), GIN),
        (("families",), {}),
        (("artifacts",), {"datasets": []}),
        (("hyperparameters", "table_s2"), {}),
        (("style", "palette"), "#000000"),
        (("style", "kinds"), "box"),
        (("training",), 1),
        ((), 1),
    ],
    ids=lambda part: ".".join(part) or "key" if isinstance(part, tuple) else None,
)
def test_a_key_that_would_be_a_command_is_refused(path, value, text):
    with pytest.raises(WorkflowError, match=r"cannot be the name|is not a"):
        validated(changed((*path, text), value), list(SOURCES))


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("key", ["datasets", "methods", "pairs"])
def test_an_item_that_would_be_a_command_is_refused(key, text):
    with pytest.raises(WorkflowError, match=rf"artifacts\.table_1\.{key}"):
        validated(changed(("artifacts", "table_1", key), [text]), list(SOURCES))
    with pytest.raises(WorkflowError, match="seeds: "):
        validated(changed(("seeds",), [text]), list(SOURCES))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_dataset_is_declared_by_a_name(tmp_path, text):
    file = tmp_path / "datasets.yaml"
    file.write_text(yaml.safe_dump({**SOURCES, text: SOURCES["MUTAG"]}))
    with pytest.raises(WorkflowError, match="is not a name for a dataset"):
        declared(file)
    file.write_text(yaml.safe_dump({"MUTAG": {**SOURCES["MUTAG"], "format": text}}))
    with pytest.raises(WorkflowError, match="MUTAG"):
        declared(file)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    ("file", "table"), [("published", "table_1"), ("published", "table_s1"), ("claims", "margins")]
)
def test_what_stands_beside_the_configuration_is_held_to_names_too(tmp_path, file, table, text):
    for name in ("config/paper.yaml", "config/claims.yaml", "config/published.yaml", "report/captions/chapters.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    path = tmp_path / "config" / f"{file}.yaml"
    content = yaml.safe_load(path.read_text())
    content[table][text] = next(iter(content[table].values()))
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(WorkflowError, match=file):
        check_inputs(validated(PAPER, list(SOURCES)), list(SOURCES), tmp_path)


def snakemake(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    return warm_snakemake.snakemake(["--snakefile", str(SNAKEFILE), "--cores", "1", *arguments], folder)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--config", "name=$(touch pwned)"], "cannot be the name of a configuration"),
        (["--config", "name=../pwned"], "cannot be the name of a configuration"),
        (["--config", "seeds=`touch pwned`"], "are no seeds"),
        (["$(touch pwned)"], "No rule to produce $(touch pwned)"),
        (["results/paper/tables/`touch pwned`.csv"], "No rule to produce results/paper/tables/`touch pwned`.csv"),
        (["results/paper/data/../../../pwned/card.json"], "../../../pwned"),
    ],
    ids=lambda value: value[-1] if isinstance(value, list) else "",
)
def test_what_is_typed_is_refused_in_a_sentence(tmp_path, arguments, sentence):
    work = tmp_path / "a" / "b"
    work.mkdir(parents=True)
    result = snakemake(work, *arguments)
    assert result.returncode == 1
    assert sentence in result.stdout + result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    assert not list(tmp_path.rglob("pwned*"))


def test_names_that_no_command_has_and_a_folder_stay_text(tmp_path, monkeypatch):
    """Tables and grids are called as one likes, a mirror lies anywhere: no command holds them."""
    monkeypatch.delenv("REPOOL_MIRROR", raising=False)
    name, mirror = "$(touch pwned) `touch pwned`", tmp_path / "it's $(touch pwned) `touch pwned`; touch pwned"
    mirror.mkdir()
    config = changed(("hyperparameters", name), PAPER["hyperparameters"]["table_s2"])
    config["methods"]["gin"]["hyperparameters"] = name
    config["grids"][name] = config["grids"].pop("sizes")
    config["artifacts"]["figure_8"]["grid"] = name
    (tmp_path / "mine.yaml").write_text(yaml.safe_dump({**config, "mirror": str(mirror)}))
    given = ["--configfile", "mine.yaml", "--replace-workflow-config"]
    planned = snakemake(tmp_path, *given, "--dry-run", "--printshellcmds")
    assert planned.returncode == 0, planned.stderr
    assert "touch" not in planned.stdout.partition("Building DAG of jobs...")[2]
    made = snakemake(tmp_path, "results/paper/data/NCI1/card.json", *given)
    assert made.returncode == 1
    assert "has no tu/NCI1.zip" in (tmp_path / "results/paper/logs/prepare_dataset/NCI1.log").read_text()
    assert not list(tmp_path.rglob("pwned"))


def test_a_page_in_a_hostile_folder_by_a_hostile_call(finished, tmp_path):
    """Run for real: the call stands in a command, the folder in the environment."""
    project = Project(tmp_path / "it's $(touch pwned) ü; `touch pwned`")
    project.take(finished)
    (project.folder / "config" / "$(touch pwned).yaml").write_text("{}")
    more = ["--configfile", "config/$(touch pwned).yaml", "--config", "style={palette: {gin: '#000000'}}"]
    command = [
        sys.executable,
        "-m",
        "snakemake",
        "--cores",
        "1",
        "--configfile",
        "config/tiny.yaml",
        more[1],
        *more[2:],
    ]
    made = subprocess.run(command, cwd=project.folder, capture_output=True, text=True)
    assert made.returncode == 0, made.stdout + made.stderr
    assert "touch pwned" in (project.folder / "report" / "paper.html").read_text()
    assert not list(tmp_path.rglob("pwned"))
