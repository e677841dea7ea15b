"""What goes into the archive comes out as it was, and is the same bytes whatever the order."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from made import make_card, make_failed_record, make_record, make_timing, write_record

from repool.archive.add import add
from repool.archive.check import check
from repool.archive.store import Archive
from repool.cli import main
from repool.schemas.record import laid_out


@pytest.fixture
def campaign(tmp_path) -> Path:
    """Two methods on two datasets, one run of which failed; of seed 0 some activations."""
    folder = tmp_path / "results" / "cpu"
    for dataset in ("NCI1", "PROTEINS"):
        make_card(folder, dataset)
        for seed in (0, 1):
            make_timing(make_record(folder, seed, 0.75 + seed / 100, dataset))
    make_timing(make_failed_record(folder, 2))
    other = {"dataset": "NCI1", "model": {"family": "gin", "hidden": 64}}
    make_timing(make_record(folder, 0, 0.8, method="gin", spec=other))
    arrays = {"graphs": np.arange(3), "activations_0_0": np.array([[0.1, 1e-3], [70_000, 3]], np.float32)}
    arrays["activations_1_0"] = np.array([[1 / 3, -2]], np.float32)
    np.savez_compressed(folder / "runs" / "NCI1" / "graclus" / "seed-00.activations.npz", **arrays)
    return folder


@pytest.fixture
def archive(campaign, tmp_path) -> Archive:
    archive = Archive(tmp_path / "archive")
    assert add(archive, [campaign]).refused == []
    return archive


def contents(archive: Archive) -> dict[str, bytes]:
    return {archive.name(path): path.read_bytes() for path in archive.files()}


def test_a_record_comes_out_as_it_was_written(archive, campaign):
    for cell in archive.cells():
        for entry in cell.entries:
            name = f"{cell.dataset}/{entry.identity.method}/seed-{entry.identity.seed:02d}.json"
            assert laid_out(entry.content(cell.spec)) == (campaign / "runs" / name).read_text()
    assert sum(len(cell.entries) for cell in archive.cells()) == 6
    assert check(archive).wrong == []


def test_what_is_added_again_changes_nothing(archive, campaign):
    before = contents(archive)
    again = add(archive, [campaign])
    assert (again.new, again.known, again.refused) == (0, 6, [])
    assert contents(archive) == before


def test_the_order_of_adding_does_not_matter(archive, campaign, tmp_path):
    other = Archive(tmp_path / "other")
    for folder in sorted((campaign / "runs").glob("*/*"), reverse=True):
        for record in sorted(folder.glob("seed-*.json"), reverse=True):
            if ".timing" not in record.name:
                single = tmp_path / "one" / record.stem / folder.parent.name / folder.name
                single.mkdir(parents=True)
                for file in folder.glob(f"{record.stem}.*"):
                    (single / file.name).write_bytes(file.read_bytes())
                assert add(other, [single], campaign / "data").refused == []
    assert contents(other) == contents(archive)


def test_two_processes_that_add_at_once_lose_nothing(campaign, tmp_path):
    other = Archive(tmp_path / "other")
    commands = []
    for seed in (0, 1):
        part = tmp_path / f"part-{seed}" / "runs" / "NCI1" / "graclus"
        part.mkdir(parents=True)
        for file in (campaign / "runs" / "NCI1" / "graclus").glob(f"seed-{seed:02d}.*"):
            (part / file.name).write_bytes(file.read_bytes())
        given = [str(tmp_path / f"part-{seed}"), "--archive", str(other.folder), "--data", str(campaign / "data")]
        commands.append([sys.executable, "-m", "repool", "archive", "add", *given])
    running = [subprocess.Popen(command) for command in commands]
    assert [process.wait() for process in running] == [0, 0]
    (cell,) = other.cells()
    assert [entry.identity.seed for entry in cell.entries] == [0, 1]


def test_activations_are_kept_in_half_precision_where_it_holds_them(archive):
    (file,) = archive.of_kind("activations")
    with np.load(file) as arrays:
        assert arrays["activations_1_0"].dtype == np.float16
        assert arrays["activations_0_0"].dtype == np.float32
        assert arrays["activations_0_0"][1, 0] == 70_000


def test_a_method_that_is_called_otherwise_is_the_same_run(archive, campaign, tmp_path):
    record = json.loads((campaign / "runs" / "NCI1" / "graclus" / "seed-01.json").read_text())
    folder = tmp_path / "results" / "other"
    make_timing(write_record(folder / "runs" / "NCI1" / "kept" / "seed-01.json", record | {"method": "kept"}))
    added = add(archive, [folder], campaign / "data")
    assert (added.new, added.known, added.refused) == (0, 1, [])


def test_another_code_is_another_run_of_the_seed(archive, campaign):
    path = campaign / "runs" / "NCI1" / "graclus" / "seed-01.json"
    write_record(path, json.loads(path.read_text()) | {"code": "c0ffee"})
    assert add(archive, [campaign]).new == 1
    codes = [e.identity.code for cell in archive.cells() for e in cell.entries if e.identity.seed == 1]
    assert sorted(codes) == ["c0de", "c0de", "c0ffee"]


def test_another_outcome_of_the_same_run_is_refused_with_the_epoch(archive, campaign):
    path = campaign / "runs" / "NCI1" / "graclus" / "seed-01.json"
    record = json.loads(path.read_text())
    record["curves"]["train_loss"][6] = 0.25
    write_record(path, record)
    before = contents(archive)
    (refusal,) = add(archive, [campaign]).refused
    assert "differs from epoch 7 (train_loss) from the archived run" in refusal
    assert contents(archive) == before


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (
            lambda folder: (folder / "runs/NCI1/graclus/seed-01.timing.json").unlink(),
            "seed-01.timing.json does not exist",
        ),
        (lambda folder: (folder / "runs/NCI1/graclus/seed-01.json").write_text("{"), "seed-01.json is not valid JSON"),
        (lambda folder: make_record(folder, 1, 0.75, schema=2), "of schema 2, but this version reads 3"),
        (lambda folder: make_card(folder, content_sha256="0" * 64) and make_record(folder, 3, 0.7), "timing"),
        (lambda folder: make_record(folder, 1, 0.75, data_sha256="0" * 64), "Give the folder of the prepared datasets"),
    ],
)
def test_what_is_not_sound_is_refused_and_the_others_are_kept(campaign, tmp_path, damage, words):
    damage(campaign)
    archive = Archive(tmp_path / "archive")
    added = add(archive, [campaign / "runs" / "NCI1" / "graclus"])
    assert any(words in sentence for sentence in added.refused)
    assert check(archive).wrong == [] if added.new else not archive.files()


def test_the_command_line_adds_lists_and_verifies(campaign, tmp_path, capsys):
    given = ["--archive", str(tmp_path / "archive")]
    assert main(["archive", "add", str(campaign), *given]) == 0
    assert main(["archive", "verify", *given]) == 0
    assert main(["archive", "list", *given]) == 0
    shown = capsys.readouterr().out
    assert "6 runs are new, 0 were there, 0 were refused" in shown
    assert "right: records 6, activations 1, cards 2; wrong: 0" in shown
    assert "NCI1     graclus " in shown
    assert "3 of c0de, not replayed" in shown


def test_what_is_no_folder_of_records_is_a_sentence(tmp_path, capsys):
    assert main(["archive", "add", str(tmp_path / "none"), "--archive", str(tmp_path)]) == 1
    assert main(["archive", "add", str(tmp_path), "--archive", str(tmp_path)]) == 1
    assert main(["archive", "verify", "--archive", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "none is no folder" in said
    assert "has no records" in said
    assert "`python -m repool archive add results" in said
