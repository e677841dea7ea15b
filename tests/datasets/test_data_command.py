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
    with pytest.raises(UserError, match=r"PROTIENS is not a dataset.*Did you mean PROTEINS\?"):
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
        expected = dict(declared[name].expected)
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


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("NCI1: [", "is not valid YAML"),
        ("- NCI1", "must map names"),
        ("NCI1: tu", "must be a mapping"),
        ("NCI1: {format: tu, taks: classification}", r"taks is not a key of .*NCI1\. Did you mean task\?"),
        ("NCI1: {format: tu}", r"NCI1 is incomplete: missing .*'task'"),
        (
            "NCI1: {format: tu, task: clasification}",
            r"clasification is not a value of .*NCI1\.task\. Did you mean class",
        ),
        ("NCI1: {format: tu, task: regression, url: /tmp/a.zip}", "must be a web address"),
        ("NCI1: {format: tu, task: regression, url: 'http://x/a.zip', files: []}", "and stand without files"),
        ("NCI1: {files: a.zip}", r"NCI1\.files must be a list, found str"),
        ("NCI1: {files: [], alternatives: [{files: 1}]}", r"alternatives\[0\]\.files must be a list, found int"),
        ("NCI1: {files: [{name: a, members: [{name: b, sha256: x, otherwise: rebild}]}]}", "Did you mean rebuilt?"),
        ("NCI1: {files: [{name: a, accepted: [{sha256: x, bytes: 1, status: exakt}]}]}", "Did you mean exact?"),
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
