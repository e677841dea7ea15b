import argparse
from pathlib import Path

import pytest
import yaml

from repool.datasets.command import add_commands
from repool.datasets.prepare import READERS
from repool.datasets.sources import load_sources
from repool.errors import UserError

CONFIG = Path(__file__).parents[2] / "config"
SOURCES = str(CONFIG / "datasets.yaml")


def run(*arguments: str) -> None:
    top = argparse.ArgumentParser()
    add_commands(top.add_subparsers(required=True))
    options = top.parse_args(["data", *arguments, "--sources", SOURCES])
    options.run(options)


def test_prepare_writes_card_and_arrays(tmp_path, capsys):
    run("prepare", "MUTAG", "--out", str(tmp_path / "MUTAG"))
    assert (tmp_path / "MUTAG" / "card.json").is_file()
    assert "MUTAG: 188 graphs, 17.93 nodes and 19.79 edges" in capsys.readouterr().err


def test_an_unknown_dataset(tmp_path):
    with pytest.raises(UserError, match=r"PROTIENS is no dataset.*Did you mean PROTEINS\?"):
        run("prepare", "PROTIENS", "--out", str(tmp_path))
    with pytest.raises(UserError, match=r"Did you mean NCI109\?"):
        run("fetch", "MUTAG", "NCI-109")


def test_fetch_says_where_the_files_are(capsys):
    run("fetch", "MUTAG")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert all("MUTAG_" in line and "(embedded, sha256 " in line for line in lines)


def test_list_says_what_is_here(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("REPOOL_CACHE", str(tmp_path / "cache"))
    for folder, content in (("cache", bytes(800_491)), ("mirror", b"short")):
        path = tmp_path / folder / "tu" / ("NCI1.zip" if folder == "cache" else "PROTEINS.zip")
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    run("list", "--mirror", str(tmp_path / "mirror"))
    rows = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line}
    assert "1 of 1     cache" in rows["NCI1"]
    assert "mirror, wrong size" in rows["PROTEINS"]
    assert "4 of 4     wheel grakel" in rows["MUTAG"]
    assert "0 of 1     missing" in rows["DD"]
    assert "0 of 4     missing" in rows["ZINC"]


@pytest.mark.parametrize("processes", ["0", "-1", "x"])
def test_a_bad_number_of_processes(processes, tmp_path):
    with pytest.raises(SystemExit):
        run("prepare", "MUTAG", "--out", str(tmp_path), "--processes", processes)


def test_declarations_agree_with_the_published_table(declared):
    published = yaml.safe_load((CONFIG / "published.yaml").read_text())["table_s1"]
    assert set(published) <= set(declared)
    for name, counts in published.items():
        expected = declared[name].expected.model_dump(exclude_unset=True)
        if name == "MOLHIV":  # the table's 9 node labels are 9 categorical features
            expected["node_labels"] = expected.pop("node_features")
            expected["avg_nodes"], expected["avg_edges"] = (
                round(expected[name], 1) for name in ("avg_nodes", "avg_edges")
            )
        assert expected == counts


def test_every_file_can_be_recognised_and_found(declared):
    files = [file for dataset in declared.values() for form in dataset.forms for file in form]
    places = [file.mirror for file in files if file.wheel is None]
    assert len(places) == len(set(places))
    for dataset in declared.values():
        assert dataset.files
        assert dataset.format in READERS
        for file in (file for form in dataset.forms for file in form):
            assert file.accepted or file.unlisted_upstream
            assert all(len(form.sha256) == 64 and form.bytes > 0 for form in file.accepted)
            assert file.wheel or file.mirror


PLACE = "{name: a, mirror: a.zip}"
FILES = "NCI1: {format: tu, task: regression, files: [{name: a, mirror: a.zip"
URL = "NCI1: {format: tu, task: classification, url: 'http://x/a.zip'"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("NCI1: [", "is not valid YAML"),
        ("- NCI1", "must map names"),
        ("NCI1: tu", "a mapping"),
        ("NCI1: {format: tu, taks: classification}", r"taks is not a key of .*NCI1\. Did you mean task\?"),
        ("NCI1: {format: tu}", r"NCI1 lacks task\."),
        (
            "NCI1: {format: tu, task: clasification}",
            r"clasification is not a value of .*NCI1, task\. Did you mean class",
        ),
        ("NCI1: {format: tu, task: regression, url: /tmp/a.zip}", "must be a web address"),
        ("NCI1: {format: tu, task: regression, url: 'http://x/a.zip', files: []}", "must stand without files"),
        ("NCI1: {format: tu, task: regression, files: a.zip}", r"NCI1, files: must be a list, found str"),
        (
            "NCI1: {format: tu, task: regression, files: [], alternatives: [{files: 1}]}",
            r"alternatives\[0\]\.files: must be a list, found int",
        ),
        (f"{FILES}, members: [{{name: b, otherwise: rebild}}]}}]}}", "Did you mean rebuilt?"),
        (f"{FILES}, accepted: [{{sha256: '{'0' * 64}', bytes: 1, status: exakt}}]}}]}}", "Did you mean exact?"),
        (f"{FILES}, accepted: [{{sha256: x, status: exact}}]}}]}}", "x is not a sha256"),
        (f"{FILES}, urls: [ftp://x/a.zip]}}]}}", "ftp://x/a.zip must be a web address"),
        ("a/b: {}", "'a/b' is not a name for a dataset"),
        ("../x: {}", "is not a name for a dataset"),
        ("-x: {}", "is not a name for a dataset"),
        ("1: {}", "1 is not a name for a dataset"),
        ("NCI1: {name: NCI2}", "name is not a key of"),
        ("NCI1: {format: tu, format: ogb}", "line 1: the key format stands twice"),
        (
            "NCI1: {format: gml, task: regression}",
            r"gml is not a value of .*format\. Known: molecules, ogb, pyg, super",
        ),
        ("NCI1: {format: tu, task: regression}", "neither a url nor a file"),
        (
            f"{URL}, metric: mae}}",
            r"mae \(metric\) does not go with classification of format tu\. Known: accuracy, auroc",
        ),
        (f"{URL}, metric: auroc, split: shuffled}}", "auroc needs both classes in every part"),
        (f"{URL}, metric: auroc, expected: {{classes: 3}}}}", "auroc compares two classes, 3 are expected"),
        (f"{URL}, expected: {{clases: 3}}}}", r"clases is not a key of .*expected\. Did you mean classes\?"),
        (f"{URL}, options: {{target: 1}}}}", "options.target is for regression"),
        (f"{URL}, options: {{weights: positions}}}}", "weights .options. does not go with"),
        (f"{URL}, parts: {{test: '{'0' * 64}'}}}}", "parts are those of a fixed split"),
        (f"{URL}, features: {{kind: atoms}}}}", r"atoms \(features.kind\) does not go with"),
        (
            "NCI1: {format: tu, task: regression, url: 'http://x/a', metric: accuracy}",
            r"accuracy \(metric\) does not go",
        ),
        (
            "NCI1: {format: tu, task: regression, url: 'http://x/a', split: stratified}",
            r"stratified \(split\) does not go",
        ),
        ("NCI1: {format: tu, task: regression, files: [{name: a}]}", "needs either a wheel that carries it, or mirror"),
        (
            "NCI1: {format: tu, task: regression, files: [{name: a, mirror: ../a.zip}]}",
            "is not a place inside a folder",
        ),
        ("NCI1: {format: tu, task: regression, files: [{name: a, mirror: tu/a}]}", "tu/a must end with .zip"),
        ("NCI1: {format: zinc, task: regression, url: 'http://x/a.npz', files: []}", "url must stand without files"),
        (
            f"D: {{format: superpixels, task: classification, files: [{', '.join([PLACE] * 2)}]}}",
            "from 1 or 4 files, 2 are",
        ),
    ],
)
def test_bad_declarations(tmp_path, text, message):
    path = tmp_path / "datasets.yaml"
    path.write_text(text)
    with pytest.raises(UserError, match=message):
        load_sources(path)


def test_declarations_that_are_not_there(tmp_path):
    with pytest.raises(UserError, match="top folder, or name the file with --sources"):
        load_sources(tmp_path / "datasets.yaml")
