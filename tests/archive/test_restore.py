"""What comes back stands as if it had been trained there; what is lacking trains, and nothing else."""

import json
import lzma
import shutil
from pathlib import Path

import numpy as np
import pytest
from toy_campaign import EARLIER, archive_of, toy_config

from repool.archive.restore import restore, take
from repool.archive.store import Archive
from repool.canonical import digest
from repool.errors import UserError
from repool.schemas.block import is_as_trained
from repool.schemas.card import sealed
from repool.schemas.record import activations_of
from repool.training import run
from repool.training.kept import Place
from repool.verification.runs import check_cell
from toys import train_graclus


@pytest.fixture
def archive(campaign, tmp_path) -> Archive:
    return archive_of(campaign, tmp_path / "archive")


def runs_of(results: Path) -> Path:
    return results / "runs" / "TOY" / "graclus"


def records(results: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in runs_of(results).glob("seed-??.json")}


def test_what_comes_back_is_what_was_trained(archive, campaign, tmp_path):
    found = restore(archive, toy_config(), tmp_path / "results")
    assert (found.runs, found.there, found.lacking, found.refused) == (2, 0, 0, [])
    assert records(tmp_path / "results") == records(campaign)
    (block,) = runs_of(tmp_path / "results").glob("seeds-*.json")
    assert block.name in {path.name for path in runs_of(campaign).iterdir()}
    assert is_as_trained(block)
    assert {wrong for _, wrong in check_cell(runs_of(tmp_path / "results"))} == {""}
    with (
        np.load(activations_of(runs_of(campaign) / "seed-00.json")) as trained,
        np.load(activations_of(runs_of(tmp_path / "results") / "seed-00.json")) as restored,
    ):
        assert set(trained) == set(restored)
        np.testing.assert_allclose(restored["activations_0_0"], trained["activations_0_0"], rtol=1e-3, atol=1e-6)


def test_what_is_there_already_stays_and_nothing_trains(archive, campaign, tmp_path, monkeypatch):
    restore(archive, toy_config(), tmp_path / "results")
    again = restore(archive, toy_config(), tmp_path / "results")
    assert (again.runs, again.there) == (0, 2)
    monkeypatch.setattr(run, "train", lambda *_: pytest.fail("it trained"))
    assert train_graclus(campaign / "data" / "TOY", runs_of(tmp_path / "results")) == 0


def test_more_seeds_train_only_what_is_missing(archive, campaign, tmp_path):
    found = restore(archive, toy_config(seeds=4), tmp_path / "results")
    assert (found.runs, found.lacking) == (2, 2)
    assert not list(runs_of(tmp_path / "results").glob("seeds-*.json"))
    assert train_graclus(campaign / "data" / "TOY", runs_of(tmp_path / "results"), seeds="0-3") == 0
    after = records(tmp_path / "results")
    assert {name: after[name] for name in records(campaign)} == records(campaign)
    timing = json.loads((runs_of(tmp_path / "results") / "seed-02.timing.json").read_text())
    assert (len(after), timing["block"]) == (4, [2, 3])


def test_a_damaged_record_is_restored(archive, campaign, tmp_path):
    restore(archive, toy_config(), tmp_path / "results")
    (runs_of(tmp_path / "results") / "seed-01.json").write_text("{}")
    assert restore(archive, toy_config(), tmp_path / "results").runs == 1
    assert records(tmp_path / "results") == records(campaign)


def test_another_spec_finds_nothing(archive, tmp_path):
    found = restore(archive, toy_config(learning_rate=0.5), tmp_path / "results")
    assert (found.runs, found.lacking, found.refused) == (0, 2, [])
    assert not (tmp_path / "results").exists()


def test_a_method_that_is_called_otherwise_finds_its_runs(archive, tmp_path):
    config = toy_config()
    config["methods"] = {"kept": config["methods"]["graclus"]}
    config["artifacts"]["figure_1"]["methods"] = ["kept"]
    assert restore(archive, config, tmp_path / "results").runs == 2
    record = json.loads((tmp_path / "results" / "runs" / "TOY" / "kept" / "seed-01.json").read_text())
    assert record["method"] == "kept"
    assert {wrong for _, wrong in check_cell(tmp_path / "results" / "runs" / "TOY" / "kept")} == {""}


def test_earlier_code_is_refused_with_a_sentence_that_names_the_replay(earlier, tmp_path):
    archive = archive_of(earlier, tmp_path / "archive")
    found = restore(archive, toy_config(), tmp_path / "results")
    assert (found.runs, found.lacking) == (0, 2)
    (refusal,) = found.refused
    assert refusal.startswith(f"TOY graclus, seeds 0, 1: trained by other code ({EARLIER}; today's is ")
    assert "`python -m repool archive replay --family graclus` trains a sample again" in refusal


def test_other_data_than_the_card_at_hand_are_refused(archive, campaign, tmp_path):
    card = tmp_path / "results" / "data" / "TOY" / "card.json"
    shutil.copytree(campaign / "data", tmp_path / "results" / "data")
    card.write_text(json.dumps(sealed(json.loads(card.read_text()) | {"content_sha256": "1" * 64})))
    found = restore(archive, toy_config(), tmp_path / "results")
    assert found.runs == 0
    assert found.refused == ["TOY graclus, seeds 0, 1: trained on other data than the card at hand describes."]


def test_a_record_that_was_changed_in_the_archive_does_not_come_back(archive, tmp_path):
    (path,) = archive.of_kind("records")
    head, *runs = [json.loads(line) for line in lzma.decompress(path.read_bytes()).splitlines()]
    runs[1]["record"]["test"] = 1.0
    lines = [{**head, "sha256": digest(runs)}, *runs]
    path.write_bytes(lzma.compress("".join(json.dumps(line) + "\n" for line in lines).encode()))
    with pytest.raises(UserError, match=r"seed 1: test is 1\.0, but its curve has"):
        restore(archive, toy_config(), tmp_path / "results")


def test_a_page_takes_the_times_of_the_archive_as_it_is_now(campaign, tmp_path):
    spec = json.loads((runs_of(campaign) / "seed-00.json").read_text())["spec"]
    place = Place(runs_of(tmp_path / "results"), [0, 1], activations=0)
    sidecar = "seed-01.timing.json"
    for seconds in (1.0, 2.0):
        timing = json.loads((runs_of(campaign) / sidecar).read_text())
        (runs_of(campaign) / sidecar).write_text(json.dumps(timing | {"seconds": seconds}))
        archive = archive_of(campaign, tmp_path / f"archive-{seconds}")
        take(archive, spec, place, campaign / "data/TOY/card.json")
        assert json.loads((place.out / sidecar).read_text())["seconds"] == seconds
    assert {wrong for _, wrong in check_cell(place.out)} == {""}
    assert records(tmp_path / "results") == records(campaign)


def test_a_page_takes_no_part_of_a_block(archive, campaign, tmp_path):
    spec = json.loads((runs_of(campaign) / "seed-00.json").read_text())["spec"]
    place = Place(runs_of(tmp_path / "results"), [1, 2])
    with pytest.raises(UserError, match=r"has not all seeds of .*seeds-01-02"):
        take(archive, spec, place, campaign / "data/TOY/card.json")
    assert not records(tmp_path / "results")
