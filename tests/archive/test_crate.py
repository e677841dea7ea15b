"""The crate describes every file of the archive, and is read by whoever reads RO-Crates."""

import hashlib
import json
import sys
from pathlib import Path

import pytest
from toy_campaign import archive_of

from repool.archive.crate import PROFILES, write_crate
from repool.archive.store import Archive
from repool.cli import main

ROOT = Path(__file__).parents[2]


@pytest.fixture
def archive(campaign, tmp_path) -> Archive:
    return archive_of(campaign, tmp_path / "archive")


def test_every_file_of_the_archive_is_described_with_its_digest_and_how_it_came_to_be(archive, tmp_path):
    pytest.importorskip("rocrate")
    out = tmp_path / "crate"
    assert write_crate(archive, ROOT, out) == 2
    graph = {one["@id"]: one for one in json.loads((out / "ro-crate-metadata.json").read_text())["@graph"]}
    for path in archive.files():
        name = f"results/archive/{archive.name(path)}"
        assert (out / name).read_bytes() == path.read_bytes()
        assert graph[name]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert {one["@id"] for one in graph["./"]["conformsTo"]} == set(PROFILES)
    assert graph["./"]["mainEntity"] == {"@id": "workflow/Snakefile"}
    (action,) = [one for one in graph.values() if one["@type"] == "CreateAction"]
    assert action["instrument"] == {"@id": "workflow/Snakefile"}
    made, used = action["result"], action["object"]
    assert "records/TOY" in json.dumps(made)
    assert "cards/TOY" in json.dumps(used)
    assert (out / "config" / "archive.yaml").is_file()
    assert not list(out.rglob("__pycache__"))


def test_without_rocrate_it_says_what_to_install(archive, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "rocrate.rocrate", None)
    assert main(["archive", "crate", "--archive", str(archive.folder), "--out", str(tmp_path / "crate")]) == 1
    assert "pip install -r envs/requirements-deposit.txt" in capsys.readouterr().err


def test_a_folder_that_is_there_and_an_empty_archive_are_sentences(archive, tmp_path, capsys):
    pytest.importorskip("rocrate")
    assert main(["archive", "crate", "--archive", str(archive.folder), "--out", str(tmp_path)]) == 1
    assert main(["archive", "crate", "--archive", str(tmp_path / "no"), "--out", str(tmp_path / "crate")]) == 1
    said = capsys.readouterr().err
    assert "is there already" in said
    assert "has no runs" in said
