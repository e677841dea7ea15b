"""Runs of earlier code count only where a sample of them, trained by today's, is the same."""

import dataclasses
import json
import shutil
from pathlib import Path

import pytest
from elsewhere import of_a_processor, other
from made import write_record
from toy_campaign import EARLIER, archive_of, toy_config

from repool.archive.add import add
from repool.archive.check import check
from repool.archive.repeat import check_prepared
from repool.archive.replay import Places, judge, replay, sample, sentences, waiting
from repool.archive.replays import holding
from repool.archive.restore import restore
from repool.archive.store import Archive
from repool.canonical import digest
from repool.cli import main
from repool.errors import UserError
from repool.fingerprint import training_code
from repool.schemas.record import Wanted, read_record
from repool.schemas.replay import Replayed, seal
from repool.schemas.timing import read_timing
from repool.training.kept import Place
from repool.training.rounding import parted
from repool.verification.runs import check_cell
from toys import spec_of, train_graclus


def replayed(archive: Archive, campaign: Path, share: float = 0.02):
    """The one replay that is waiting."""
    ((kind, runs),) = waiting(archive, []).items()
    return replay(archive, kind, runs, share, Places(campaign / "data", archive.folder.parent))


def tampered(folder: Path, seed: int, epoch: int) -> None:
    path = folder / "runs" / "TOY" / "graclus" / f"seed-{seed:02d}.json"
    record = json.loads(path.read_text())
    record["curves"]["train_loss"][epoch - 1] += 1e-6
    write_record(path, record)


def test_where_a_replay_agrees_all_runs_count_and_their_sidecars_say_why(earlier, campaign, tmp_path):
    archive = archive_of(earlier, tmp_path / "archive")
    found = replayed(archive, campaign)
    assert (len(found.runs), found.equal, found.of, found.agrees) == (1, 1, 2, True)
    assert "equal to the last bit" in "\n".join(sentences(found))
    assert check(archive).wrong == []
    assert waiting(archive, []) == {}
    results = tmp_path / "results"
    restored = restore(archive, toy_config(), results)
    assert (restored.runs, restored.refused) == (2, [])
    place = Place(results / "runs" / "TOY" / "graclus", [0, 1])
    today = Wanted(spec_of("graclus", max_epochs=2), training_code("graclus"))
    codes = [read_record(place.record(seed), today).code for seed in (0, 1)]
    assert sorted(codes) == sorted([EARLIER, training_code("graclus")])
    adopted = read_timing(place.out / f"seed-{codes.index(EARLIER):02d}.timing.json").adopted
    assert (adopted.code, adopted.runs, adopted.equal) == (training_code("graclus"), 1, 1)
    assert place.lacking(spec_of("graclus", max_epochs=2), results / "data" / "TOY", "cpu") == []
    assert {wrong for _, wrong in check_cell(place.out)} == {""}


def test_what_was_restored_and_adopted_goes_back_as_it_was(earlier, campaign, tmp_path):
    archive = archive_of(earlier, tmp_path / "archive")
    replayed(archive, campaign)
    restore(archive, toy_config(), tmp_path / "results")
    before = {path: path.read_bytes() for path in archive.files()}
    added = add(archive, [tmp_path / "results"])
    assert (added.new, added.known, added.refused) == (0, 2, [])
    assert {path: path.read_bytes() for path in archive.files()} == before


def test_where_it_differs_nothing_counts_and_the_step_is_said(earlier, campaign, tmp_path):
    for seed in (0, 1):
        tampered(earlier, seed, epoch=2)
    archive = archive_of(earlier, tmp_path / "archive")
    found = replayed(archive, campaign)
    assert not found.agrees
    said = "\n".join(sentences(found))
    assert "differs from epoch 2 (train_loss), on the same kind of processor" in said
    assert "are not adopted" in said
    assert check(archive).wrong == []
    assert "archive replay --family graclus" in restore(archive, toy_config(), tmp_path / "results").refused[0]
    assert restore(archive, toy_config(), tmp_path / "results").runs <= 1  # the run that was trained again


def test_a_way_to_pool_that_was_not_replayed_does_not_count(earlier, campaign, tmp_path):
    archive = archive_of(earlier, tmp_path / "archive")
    replayed(archive, campaign)
    spec = spec_of("complement", max_epochs=2)
    folder = tmp_path / "later" / "runs" / "TOY" / "complement"
    shutil.copytree(earlier / "runs" / "TOY" / "graclus", folder)
    for path in folder.glob("seed-??.json"):
        change = {"spec": spec, "spec_sha256": digest(spec)}
        write_record(path, json.loads(path.read_text()) | change | {"method": "complement"})
    assert add(archive, [tmp_path / "later"], campaign / "data").refused == []
    config = toy_config()
    config["artifacts"]["figure_1"]["methods"] = ["graclus", "complement"]
    found = restore(archive, config, tmp_path / "results")
    assert found.runs == 2
    assert found.refused[0].startswith("TOY complement, seeds 0, 1: trained by other code")


def forged(archive: Archive, **changes: object) -> str:
    """What is said of a replay that someone changed who knows how."""
    (path,) = archive.of_kind("replays")
    content = json.loads(path.read_text())
    run = {**content["runs"][0], **{k: v for k, v in changes.items() if k in Replayed.model_fields}}
    whole = {**content, "runs": [run], **{k: v for k, v in changes.items() if k in content and k != "runs"}}
    path.write_text(json.dumps(seal(whole)))
    with pytest.raises(UserError) as caught:
        holding(archive)
    assert str(caught.value) in check(archive).wrong
    return str(caught.value)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"verdict": "equal"}, "says equal of seed"),
        ({"verdict": "near"}, "says near of seed"),
        ({"archived": "0" * 64}, "compares a record that TOY has not"),
        ({"selects": ["complement", "graclus"]}, "adopts complement, of which it has no run"),
        ({"family": "gin"}, "which is not its name"),
        ({"later": "f" * 16}, "which is not its name"),
        ({"seed": 7}, "is of another family, code, seed or device"),
        ({"rounding": [0.0, 9e9]}, "runs[0].rounding[1]: Input should be less than or equal to 1"),
        ({"rounding": [0.0] * 31}, "rounding: List should have at most 30 items"),
        ({"rounding": [0.0, 0.5, 0.1]}, "rounding is less in a step than before it"),
        ({"dataset": "../TOY"}, "cannot be the name of a dataset"),
    ],
)
def test_a_replay_by_hand_is_refused(earlier, campaign, tmp_path, changes, words):
    for seed in (0, 1):
        tampered(earlier, seed, epoch=1)
    archive = archive_of(earlier, tmp_path / "archive")
    replayed(archive, campaign)
    assert words in forged(archive, **changes)


def test_an_adoption_of_another_record_does_not_count(earlier):
    path = earlier / "runs" / "TOY" / "graclus" / "seed-00.json"
    timing = path.with_suffix(".timing.json")
    adopted = {"record": "0" * 64, "code": training_code("graclus"), "replay": "by hand"}
    adopted |= {"date": "2026-11-26", "processor": "none", "runs": 1, "equal": 1}
    timing.write_text(json.dumps(json.loads(timing.read_text()) | {"adopted": adopted}))
    with pytest.raises(UserError, match="was trained with other training code"):
        read_record(path, Wanted(code=training_code("graclus")))


@pytest.fixture
def kept(campaign, tmp_path) -> Archive:
    """The archive of a campaign by today's code."""
    return archive_of(campaign, tmp_path / "archive")


def again(archive: Archive, campaign: Path, *options: str) -> int:
    where = ("--archive", str(archive.folder), "--data", str(campaign / "data"))
    return main(["archive", "replay", "--again", *where, *options])


def test_runs_by_todays_code_are_trained_again_and_the_archive_stays(kept, campaign, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    before = {path: path.read_bytes() for path in kept.files()}
    assert again(kept, campaign, "--share", "100%") == 0
    said = capsys.readouterr().out
    assert said.count("equal to the last bit") == 3
    assert "2 runs by today's code trained again: 2 equal to the last bit, 0 as near" in said
    assert {path: path.read_bytes() for path in kept.files()} == before
    assert not list((tmp_path / "results").rglob("*.json"))


def test_one_that_differs_is_said_and_fails(campaign, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    folder = shutil.copytree(campaign, tmp_path / "tampered")
    tampered(folder, 1, epoch=2)
    assert again(archive_of(folder, tmp_path / "archive"), campaign, "--share", "100%") == 1
    said = capsys.readouterr().out
    assert "TOY, graclus, seed 1: differs from epoch 2 (train_loss), on the same kind of processor" in said
    assert "1 equal to the last bit, 0 as near as another processor or other packages give, 1 differ" in said


@pytest.fixture
def restless(campaign, tmp_path) -> Path:
    """Results like the campaign's with a learning rate that lets rounding grow."""
    folder = tmp_path / "restless"
    data = shutil.copytree(campaign / "data" / "TOY", folder / "data" / "TOY")
    assert train_graclus(data, folder / "runs" / "TOY" / "graclus", learning_rate=0.3, batch=2) == 0
    return folder


@pytest.fixture
def strict(monkeypatch) -> float:
    """How far first steps may part without a word about rounding, in a test: a toy's part less than a dataset's."""
    relative = 2e-7
    monkeypatch.setattr("repool.archive.compare.RELATIVE", relative)
    return relative


def let_part(folder: Path, times: float, strict: float) -> None:
    """Let runs be of a processor on which their first steps part so many times as far as rounding parts them."""
    for seed in (0, 1):
        path = folder / "runs" / "TOY" / "graclus" / f"seed-{seed:02d}.timing.json"
        timing, spec = json.loads(path.read_text()), spec_of("graclus", max_epochs=2, learning_rate=0.3, batch=2)
        distances = [0.0, *next(parted(spec, seed, folder / "data" / "TOY", "cpu"))[1:]]
        assert max(distances) > 2 * strict
        losses = [loss * (1 + times * part) for loss, part in zip(timing["first_losses"], distances, strict=True)]
        path.write_text(json.dumps(timing | {"device_name": "another", "first_losses": losses}))
        tampered(folder, seed, epoch=2)


def test_what_rounding_parts_elsewhere_is_adopted_and_the_replay_says_how_far(restless, strict, tmp_path):
    let_part(restless, 1, strict)
    for path in (restless / "runs" / "TOY" / "graclus").glob("seed-??.json"):
        write_record(path, json.loads(path.read_text()) | {"code": EARLIER})
    archive = archive_of(restless, tmp_path / "archive")
    found = replayed(archive, restless, share=1)
    assert [run.verdict for run in found.runs] == ["near", "near"]
    assert all("as rounding alone parts it: the training loss of step" in run.words for run in found.runs)
    assert check(archive).wrong == []
    assert "says near of seed" in forged(archive, rounding=[0.0])


@pytest.mark.parametrize(("times", "verdict"), [(1, "as rounding alone parts it"), (50, "further than rounding alone")])
def test_on_another_machine_it_is_said_whether_rounding_explains_it(
    restless, strict, times, verdict, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    let_part(restless, times, strict)
    code = again(archive_of(restless, tmp_path / "archive"), restless, "--share", "100%")
    said = capsys.readouterr().out
    assert (code, said.count(verdict)) == (int(times > 1), 2)
    assert f"{0 if times > 1 else 2} as near as another processor or other packages give" in said


def test_twins_train_until_they_explain_a_step_and_no_longer(made, monkeypatch, capsys):
    """The first sixteen are no explanation, sixteen more are."""
    drawn = iter([[0.0, 1e-5], [0.0, 1e-4], [0.0, 1e-3]])
    monkeypatch.setattr("repool.training.rounding.parted", lambda *_: drawn)
    monkeypatch.setattr(Places, "prepared", lambda *_: Path())
    run = of_a_processor(made[0], "x86_64 AVX512", first_losses=[0.7, 0.6])
    judged = judge(run, other(run, first_losses=[0.7, 0.6001]), Places(None, Path()))
    assert (judged.comparison.verdict, judged.rounding) == ("near", [0.0, 1e-4])
    assert list(drawn) == [[0.0, 1e-3]]
    assert "seed 0 parts at step 2: now twins of it train" in capsys.readouterr().err


def test_every_dataset_that_is_lacking_is_named_at_once(made, tmp_path):
    """A sample is of several datasets, and nobody prepares them one failure at a time."""
    other = [run._replace(cell=dataclasses.replace(run.cell, dataset="DD")) for run in made]
    with pytest.raises(UserError) as caught:
        check_prepared([*made, *other], Places(tmp_path / "none", tmp_path))
    assert [str(caught.value).count(f"data prepare {name} ") for name in ("NCI1", "DD")] == [1, 1]


def test_nothing_trains_where_data_are_lacking(kept, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert again(kept, tmp_path) == 1
    assert "Prepare them: python -m repool data prepare TOY" in capsys.readouterr().err
    assert not (tmp_path / "results").exists()


def test_data_that_are_not_there_are_a_sentence(earlier, tmp_path):
    archive = archive_of(earlier, tmp_path / "archive")
    with pytest.raises(UserError, match="Prepare them: python -m repool data prepare TOY"):
        replayed(archive, tmp_path)


def test_runs_whose_first_steps_are_not_known_come_last(made):
    """Of graclus a longer run has them and is taken; of complement none has."""
    has = of_a_processor(made[5], "x86_64 AVX512", first_losses=[0.7, 0.6])
    chosen = sample([*made[:5], has, *made[6:]], 0.02)
    assert has in chosen
    assert len({run.cell.spec["model"]["select"] for run in chosen}) == len(chosen) == 2


@pytest.mark.parametrize(("share", "number"), [(0.02, 2), (0.1, 2), (0.2, 4), (1, 20)])
def test_a_sample_has_every_way_to_pool_and_else_the_shortest(made, share, number):
    chosen = sample(made, share)
    assert len(chosen) == number
    assert {run.cell.spec["model"]["select"] for run in chosen} == {"graclus", "complement"}
    assert min(run.entry.timing.seconds for run in chosen) == 1
