"""How many seeds a page says are asked for, where a dataset or a method there has its own."""

import json

import pytest

from repool.artifacts.table import plain
from repool.report.counts import of_runs
from repool.report.inputs import RunInfo, read_run_info
from repool.report.overview import others

CELLS = [
    {"dataset": "NCI1", "methods": ["gin", "gmn"]},
    {"dataset": "DD", "methods": ["gin"], "seeds": [0]},
    {
        "dataset": "IMDB-B",
        "methods": ["gin", "graclus", "gmn", "gmn-layers-2"],
        "method_seeds": {"gin": [0, 1, 2, 3], "graclus": [0, 1, 2, 3]},
    },
]


@pytest.fixture
def run() -> RunInfo:
    given = {"configuration": "x", "file": "x", "seeds": [0, 1], "cells": CELLS, "rebuild": "ARTIFACT"}
    return read_run_info(json.dumps({**given, "fewer_seeds": {"gmn-layers-2": 1}}))


def test_each_cell_is_held_to_its_own(run):
    found = {(dataset, method): run.expected(dataset, method) for dataset, own in run.cells.items() for method in own}
    assert list(found.values()) == [2, 2, 1, 4, 4, 2, 1]


def test_methods_with_the_same_seeds_are_named_together(run):
    assert others(run) == ["on DD 0 (1)", "on IMDB-B 0–3 (4) for GIN, GRACLUS"]


@pytest.mark.parametrize(
    ("there", "words"),
    [
        ([("NCI1", "gin", 2), ("NCI1", "gmn", 1)], "1 to 2 of 2"),
        ([("NCI1", "gin", 2), ("IMDB-B", "gin", 4)], "2 to 4 of up to 4"),
    ],
)
def test_the_head_says_of_how_many_the_seeds_are(run, there, words):
    summaries = [{"dataset": dataset, "method": method, "seeds": list(range(n))} for dataset, method, n in there]
    counts = of_runs(summaries, run)
    assert plain(counts.seeds) == words
    assert plain(counts.configured) == "16"
