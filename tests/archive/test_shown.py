"""A page says which of its runs were trained by earlier code, and what lets them count."""

import json
from pathlib import Path

from made import make_card, make_record, make_timing

from repool.analysis.collect import collect
from repool.artifacts.table import numbers, plain
from repool.overlays import configured
from repool.report.overview import by_earlier_code
from repool.schemas.record import Wanted
from repool_workflow import archived


def test_runs_by_earlier_code_are_named_with_their_replay(tmp_path):
    card = make_card(tmp_path)
    records = [make_record(tmp_path, seed, 0.75) for seed in range(3)]
    for record in records:
        adoption = {"record": json.loads(record.read_text())["sha256"], "code": "today"}
        adoption |= {"replay": "replays/graclus.c0de.today.cpu.json", "date": "2026-11-26T10:00:00+00:00"}
        adoption |= {"processor": "A processor, x86_64", "runs": 2, "equal": 1}
        make_timing(record, adopted=adoption if record != records[2] else None)
    spec = json.loads(records[0].read_text())["spec"]
    collect(records[:2], card, tmp_path / "cell.csv", tmp_path / "cell.json", Wanted(spec, "today"))
    summary = json.loads((tmp_path / "cell.json").read_text())
    ((term, said),) = by_earlier_code([summary, summary])
    assert (term, plain(said)) == (
        "Runs by earlier code",
        "4 by c0de: a sample of 2 was trained again by today's on 2026-11-26 (A processor, x86_64; 1 equal to the last "
        "bit)",
    )
    assert [number.id for number in numbers(said)] == [
        f"replays.graclus.c0de.today.cpu.{what}" for what in ("adopted", "trained", "equal")
    ]
    collect(records[2:], card, tmp_path / "cell.csv", tmp_path / "cell.json")
    assert by_earlier_code([json.loads((tmp_path / "cell.json").read_text())]) == []


def test_what_an_archive_has_never_held_is_pending_and_not_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(archived, "here", lambda _: tmp_path)
    found = archived.archived(configured([Path(__file__).parents[2] / "config/paper.yaml"]))
    assert (found.seeds, found.left_out, found.without_card) == ({}, {}, {})


def test_the_document_of_what_came_out_is_of_the_runs_that_are_kept():
    root = Path(__file__).parents[2]
    found = archived.archived(configured([root / "config/paper.yaml", root / "config/archive.yaml"]))
    runs = sum(len(seeds) for seeds in found.seeds.values())
    document = (root / "docs/replication.md").read_text()
    assert f"\n{runs:,} of " in document, "snakemake docs/replication.md --cores 2 --configfile config/archive.yaml"
    (readme,) = [part for part in (root / "README.md").read_text().split("\n## ") if part.startswith("What came out")]
    rows = [line for line in readme.splitlines() if line.startswith("| ") and "published" not in line]
    assert len(rows) > 5
    assert all(row in document for row in rows)
