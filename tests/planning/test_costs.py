"""What trainings are judged to take: counted by hand from runs that were recorded."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from repool.archive.add import add
from repool.archive.store import Archive
from repool.campaign import all_cells
from repool.canonical import digest
from repool.cli import main
from repool.overlays import configured
from repool.planning.costs import Cost, Source, cost, probe_file
from repool.planning.measured import Measured, measured
from repool.planning.probing import probed
from repool.planning.recorded import Recorded, recorded
from repool.planning.sizes import Standing, dataset_size
from repool.planning.trainings import Training
from repool.schemas.probe import Probe, read_probe, write_probe
from repool.spec import spec
from toys import spec_of

SIZES = {"TOY": 1000.0, "SMALL": 100.0, "LARGE": 50_000.0}


def training(folder: Path, **protocol: float) -> Training:
    spec = spec_of("graclus", **{"max_epochs": 40, **protocol})
    return Training(SimpleNamespace(), "graclus", spec, folder / "data" / "TOY", {0: "no record yet"}, [])


def run(dataset: str, seconds: float, epochs: int = 10, longest: int = 1000, **own: object) -> Recorded:
    found = Recorded(dataset, "graclus", "0" * 64, epochs, longest, seconds, "A processor", 1000)
    return replace(found, **own)


def judged(training: Training, *known: Recorded) -> tuple[float | None, Source]:
    found = cost(training, list(known), {}, SIZES.get)
    return found.seconds, found.source


def test_runs_of_the_same_specification_say_it_themselves(tmp_path):
    one = training(tmp_path)
    same = [run("TOY", seconds, spec_sha256=digest(one.spec)) for seconds in (10.0, 14.0)]
    assert judged(one, *same, run("TOY", 99.0)) == (12.0, Source.SAME)


def test_of_the_family_on_the_dataset_an_epoch_and_how_many_there_are_count(tmp_path):
    """30 s and 10 epochs, 20 s and 20 epochs: 2 s an epoch, 15 epochs."""
    known = [run("TOY", 30.0, 10), run("TOY", 20.0, 20), run("TOY", 1e6, family="gin"), run("LARGE", 1e6)]
    assert judged(training(tmp_path), *known) == (30.0, Source.FAMILY)


def test_no_run_is_longer_than_it_may_be(tmp_path):
    assert judged(training(tmp_path, max_epochs=5), run("TOY", 30.0, 10)) == (15.0, Source.FAMILY)


def test_runs_that_were_cut_short_do_not_say_how_many_epochs_there_are(tmp_path):
    """3 s an epoch, and 40 epochs at most: patience and as many before it are more."""
    assert judged(training(tmp_path), run("TOY", 30.0, 10, longest=10)) == (120.0, Source.FAMILY)
    assert judged(training(tmp_path, stop_patience=8), run("TOY", 30.0, 10, longest=10)) == (48.0, Source.FAMILY)


def test_another_dataset_counts_by_its_size_and_the_nearest_alone(tmp_path):
    """SMALL is a tenth, LARGE fifty times as large: 10 times 0.5 s an epoch, 10 epochs."""
    assert judged(training(tmp_path), run("SMALL", 5.0), run("LARGE", 9.0)) == (50.0, Source.SCALED)
    assert judged(training(tmp_path), run("ELSEWHERE", 5.0)) == (None, Source.UNKNOWN)
    assert judged(training(tmp_path)) == (None, Source.UNKNOWN)


PROBE = {"code": "c0de", "trained": 1.0, "device": "cpu", "device_name": "A processor", "date": "2026-11-27"}


def test_a_probe_of_the_same_specification_wins_over_other_runs(tmp_path):
    one = training(tmp_path)
    write_probe(probe_file(one), Probe(spec_sha256=digest(one.spec), seeds=2, seconds_an_epoch=0.5, **PROBE))
    assert judged(one, run("TOY", 30.0, 10)) == (5.0, Source.PROBE)
    assert judged(training(tmp_path, learning_rate=0.5), run("TOY", 30.0, 10)) == (30.0, Source.FAMILY)
    probe_file(one).write_text("{")
    assert judged(one, run("TOY", 30.0, 10)) == (30.0, Source.FAMILY)


def test_an_epoch_that_was_measured_of_the_same_specification_wins_over_other_runs(tmp_path):
    """0.5 s an epoch, and 10 epochs as the other runs took."""
    table = tmp_path / "paper_cost.csv"
    one, other = training(tmp_path), run("TOY", 30.0, 10)
    head, row = "dataset,spec_sha256,device_name,epoch_s_per_seed", f"TOY,{digest(one.spec)},A processor"
    table.write_text(f"{head}\n{row},0.5\nTOY,,A processor,9\n")
    assert measured(table) == {digest(one.spec): Measured(0.5, "A processor")}
    found = cost(one, [other], measured(table), SIZES.get)
    assert (found.seconds, found.source, found.devices) == (5.0, Source.MEASURED, ("A processor",))
    changed = cost(training(tmp_path, learning_rate=0.5), [other], measured(table), SIZES.get)
    assert (changed.seconds, changed.source) == (30.0, Source.FAMILY)


@pytest.mark.parametrize("row", ["TOY,c0de,A processor,", "TOY,c0de,A processor,nan", "TOY", ""])
def test_a_row_without_a_number_says_nothing(tmp_path, row):
    table = tmp_path / "paper_cost.csv"
    table.write_text(f"dataset,spec_sha256,device_name,epoch_s_per_seed\n{row}\n")
    assert measured(table) == measured(tmp_path / "none.csv") == {}


def test_the_cells_of_the_paper_that_never_ran_were_measured():
    root = Path(__file__).parents[2]
    config = configured([root / "config/paper.yaml"])
    known = measured(root / "benchmarks/results/paper_cost.csv")
    wanted = [cell for cell in all_cells(config) if cell[0] in ("SMNIST", "MOLHIV") and "layers" not in cell[1]]
    assert [cell for cell in wanted if digest(spec(config, *cell)) not in known] == []


def test_what_ran_is_read_from_results_and_archive(results, tmp_path):
    archive = Archive(tmp_path / "archive")
    assert add(archive, [results]).new == 2
    there, kept = recorded([results.parent], tmp_path / "none"), recorded([], archive.folder)
    assert [replace(one, size=0) for one in there] == [replace(one, size=0) for one in kept]
    assert {(one.dataset, one.family, one.epochs, one.longest) for one in there} == {("TOY", "graclus", 2, 2)}
    timings = [json.loads(path.read_text()) for path in sorted(results.rglob("seed-*.timing.json"))]
    assert sorted(one.seconds for one in there) == sorted(timing["seconds"] for timing in timings)
    first = results / "runs" / "TOY" / "graclus" / "seed-00.json"
    assert there[0].size == first.stat().st_size + first.with_suffix(".timing.json").stat().st_size


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("seed-00.timing.json", ""),
        ("seed-00.timing.json", '{\n "device_name": "x",\n "seconds": NaN\n}\n'),
        ("seed-00.timing.json", '{\n "device_name": "x",\n "seconds": "fast"\n}\n'),
        ("seed-00.json", '{\n "dataset": []\n}\n'),
        ("seed-00.json", '{\n "dataset": "TOY",\n "epochs": 0,\n "spec": {"model": {"family": "gin"}}\n}\n'),
        ("seed-00.json", "\0"),
    ],
    ids=["empty", "no number", "a text", "no specification", "no epochs", "no record"],
)
def test_what_cannot_be_read_says_nothing(results, tmp_path, name, content):
    (results / "runs" / "TOY" / "graclus" / name).write_text(content)
    assert len(recorded([results.parent], tmp_path / "none")) == 1


def test_the_archive_of_this_project_knows_every_family():
    known = recorded([], Path(__file__).parents[2] / "results" / "archive")
    assert {one.family for one in known} >= {"graclus", "global-mean", "graphsage", "gin", "diffpool", "gmn", "mincut"}


def test_the_size_of_a_dataset_is_its_cards_or_what_is_expected(results, tmp_path):
    card = json.loads((results / "data" / "TOY" / "card.json").read_text())
    assert dataset_size("TOY", [results / "data"], tmp_path) == card["nodes"] + card["arcs"]
    assert dataset_size("NCI1", [results / "data"], tmp_path) == pytest.approx(4110 * (29.87 + 2 * 32.30))
    assert dataset_size("NOWHERE", [results / "data"], tmp_path) is None


def test_a_file_takes_what_it_takes_or_what_those_like_it_do(tmp_path):
    for name, size in [("a/tables/x.csv", 10), ("b/tables/x.csv", 30), ("b/tables/y.csv", 80), ("a/cells/M/m.csv", 7)]:
        path = tmp_path / "results" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size)
    standing = Standing(tmp_path)
    assert standing.bytes_of("results/a/tables/x.csv") == 10
    assert standing.bytes_of("results/c/tables/x.csv") == 20
    assert standing.bytes_of("results/c/tables/z.csv") == 40
    assert standing.bytes_of("results/c/cells/N/n.csv") == 7
    assert standing.bytes_of("results/c/tables/z.svg") is None
    assert standing.bytes_of("results/c/data/arrays") is None


def test_a_probe_measures_and_trains_nothing_to_its_end(results, tmp_path, capsys):
    spec, out = spec_of("graclus"), tmp_path / "probes" / "graclus.json"
    given = ["--seeds", "0-1", "--data", str(results / "data" / "TOY"), "--out", str(out), "--device", "cpu"]
    assert main(["probe", "--spec", json.dumps(spec), *given, "--seconds", "0"]) == 0
    found = read_probe(out)
    assert (found.spec_sha256, found.seeds, found.trained) == (digest(spec), 2, 2 / 12)
    assert found.seconds_an_epoch > 0
    shutil.rmtree(results / "data")
    assert main(["probe", "--spec", json.dumps(spec), *given]) == 1
    assert "card.json" in capsys.readouterr().err


def test_a_cell_that_cannot_be_probed_says_why_in_a_sentence(tmp_path):
    one = training(tmp_path)
    plan = SimpleNamespace(trainings=[(one, Cost(None, Source.UNKNOWN))])
    assert [sentence.split(":")[0] for sentence in probed(plan)] == ["TOY is not prepared"]
    one.data.mkdir(parents=True)
    (one.data / "card.json").write_text("{}")
    (said,) = probed(plan)
    assert said.startswith("TOY graclus was not probed: repool: ")
    assert "card.json" in said
    assert not probe_file(one).exists()
