"""A select of somebody's own, outside of the package: it trains in lockstep, and equals what the package has of it."""

import re
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch
from brought import SMALL, spec_for, twin

from repool.models.operators.found import version_of
from repool.sanity.contracts import findings
from repool.training.block import Block

FILE = Path(__file__).with_name("selects.py")
CPU = torch.device("cpu")


def options(name: str) -> dict:
    operator = f"{FILE}:{name}"
    return {"family": "own-select", "operator": operator, "version": version_of(operator), "ratio": 0.3, **SMALL}


def finished(model: dict, store, seeds: list[int]) -> Block:
    block = Block(spec_for(model, max_epochs=6, stop_patience=2, batch=8), store, seeds, CPU)
    for _ in block.train():
        pass
    return block


@pytest.mark.parametrize("name", ["Sharp", "in_order", "strangers"])
def test_it_trains_to_the_same_bytes_in_every_block(toy_store, name):
    found = [next(r for r in finished(options(name), toy_store, s).finished if r.seed == 5) for s in ([5], [3, 4, 5])]
    assert found[0].curves == found[1].curves
    np.testing.assert_equal(asdict(found[0].inside), asdict(found[1].inside))


def test_a_matching_from_a_file_is_that_of_the_package(toy_store):
    """COMPLEMENT by its own name and as somebody's own: not a digit differs."""
    ours, theirs = (finished(model, toy_store, [1, 2]) for model in (options("strangers"), twin("complement")))
    assert [run.curves for run in ours.finished] == [run.curves for run in theirs.finished]


@pytest.mark.parametrize(
    ("name", "declares"),
    [("Sharp", ["permutation-invariant"]), ("in_order", []), ("strangers", ["draws-in-evaluation"])],
)
def test_the_sound_ones_keep_their_contracts(name, declares):
    assert [one for one in findings(options(name), declares) if one.broken] == []


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("in_order", "depends on the order in which the nodes"),
        ("across", "pairs a node with what is no node of its graph"),
        ("one_sided", "partners are not each other's"),
        ("Narrow", r"S is \[1, 43, 3\], expected \[1, 43, 4\]"),
        ("nothing", "of a Place it makes a Place"),
        ("missing", "has no missing"),
    ],
)
def test_the_broken_ones_are_refused_with_their_sentence(name, sentence):
    (first, *_) = [one.broken for one in findings(options(name), ["permutation-invariant"]) if one.broken]
    assert re.search(sentence, first), first
