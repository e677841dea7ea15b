import json
import os
import resource
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from repool.datasets import arrays, tu
from repool.datasets.card import Source, make_card
from repool.datasets.loading import load
from repool.datasets.prepare import prepare
from repool.errors import UserError

CONFIG = Path(__file__).parents[2] / "config"
pytestmark = pytest.mark.usefixtures("any_number_of_graphs")
FILES = {
    "TOY_A.txt": b"1, 2\n2, 1\n3, 4\n4, 3\n",
    "TOY_graph_indicator.txt": b"1\n1\n2\n2\n2\n",
    "TOY_graph_labels.txt": b"0\n1\n",
    "TOY_node_labels.txt": b"0\n1\n2\n0\n0\n",
}


def written(toy, folder, source_status="exact", **options):
    graphs = tu.parse(FILES, kind="labels")
    contents = arrays.arrays_of(graphs)
    source = Source(folder / "TOY.zip", "TOY.zip", "0" * 64, source_status, "http://example.invalid/TOY.zip")
    arrays.write(folder, contents, make_card(toy(**options), [source], graphs, contents))
    return folder


def test_what_is_written_is_loaded(toy, tmp_path):
    store = load(written(toy, tmp_path))
    assert (store.graphs, store.nodes, store.inputs, store.outputs, store.directed) == (2, 5, 3, 2, False)
    assert store.node_ptr.tolist() == [0, 2, 5]
    assert store.in_ptr.tolist() == [0, 1, 2, 3, 4, 4]
    assert store.in_idx.tolist() == [1, 0, 3, 2]
    assert store.out_ptr is store.in_ptr
    assert store.out_idx is store.in_idx
    assert store.x is None
    assert store.split is None
    assert not store.in_idx.flags.writeable


def test_the_same_data_give_the_same_bytes(declared, tmp_path):
    for name in ("one", "two"):
        prepare(declared["MUTAG"], tmp_path / name, mirror=None, processes=1)
    for path in (tmp_path / "one").rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes()
    assert str(tmp_path) not in (tmp_path / "one" / "card.json").read_text()


def test_preparing_again_replaces_all(toy, tmp_path):
    written(toy, tmp_path)
    (tmp_path / "arrays" / "left-over.npy").write_bytes(b"of another format")
    (tmp_path / "arrays.partial").mkdir()  # of a killed process
    load(written(toy, tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["arrays", "card.json"]
    assert not (tmp_path / "arrays" / "left-over.npy").exists()


class Interrupted(dict):
    """Arrays whose writing is interrupted after the first."""

    def items(self):
        yield next(iter(super().items()))
        raise KeyboardInterrupt


def test_an_interruption_leaves_nothing(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        arrays.write(tmp_path, Interrupted(y=np.zeros(2), x=np.zeros(2)), {})
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_leaves_what_was_there(toy, tmp_path):
    before = load(written(toy, tmp_path)).card
    with pytest.raises(KeyboardInterrupt):
        arrays.write(tmp_path, Interrupted(y=np.zeros(2), x=np.zeros(2)), {})
    assert load(tmp_path).card == before


def test_a_card_that_cannot_be_written_leaves_no_arrays(tmp_path):
    with pytest.raises(TypeError):
        arrays.write(tmp_path / "TOY", {"y": np.zeros(2)}, {"not": object()})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("prepared", [False, True])
def test_a_full_disk_is_said_in_a_sentence_and_leaves_nothing_half_written(tmp_path, prepared):
    folder, command = tmp_path / "MUTAG", [sys.executable, "-m", "repool", "data", "prepare", "MUTAG", "--out"]
    if prepared:
        subprocess.run([*command, folder], cwd=CONFIG.parent, check=True, capture_output=True)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    small = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (20_000, 20_000))  # bytes of a file: in_idx needs 60,000
    # Python 3.11 would leave bytecode cut at that length beside the sources, and fail on it ever after.
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    found = subprocess.run(
        [*command, folder], cwd=CONFIG.parent, preexec_fn=small, env=env, capture_output=True, text=True
    )
    assert found.returncode == 1
    assert found.stderr.startswith("repool: reading or writing failed (")
    assert "Is the disk full" in found.stderr
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert folder.exists() == prepared


def test_a_bad_archive_leaves_nothing(declare, toy, tmp_path):
    mirror = tmp_path / "mirror" / "tu"
    mirror.mkdir(parents=True)
    (mirror / "TOY.zip").write_bytes(b"PK not a zip")
    with pytest.raises(UserError, match="not a whole zip archive"):
        prepare(toy(declare(b"PK not a zip")), tmp_path / "out", mirror=tmp_path / "mirror", processes=1)
    assert not (tmp_path / "out").exists()


def test_unexpected_counts_of_an_exact_dataset_are_refused(toy, tmp_path):
    with pytest.raises(UserError, match=r"graphs: expected 3, found 2; avg_nodes: expected 2\.6, found 2\.5"):
        written(toy, tmp_path, expected={"graphs": 3, "avg_nodes": 2.6, "avg_edges": 1.0, "node_labels": 3})
    assert list(tmp_path.iterdir()) == []


def test_unexpected_counts_of_another_form_are_noted(toy, tmp_path):
    card = load(written(toy, tmp_path, source_status="rebuilt", expected={"graphs": 3})).card
    assert card["status"] == "rebuilt"
    assert "graphs: expected 3, found 2." in card["note"]


def test_a_fixed_split_must_be_in_the_files(toy, tmp_path):
    with pytest.raises(UserError, match="TOY is declared with a fixed split, but its files hold none"):
        written(toy, tmp_path, split="fixed")


@pytest.mark.parametrize(
    ("declared_status", "source_status", "status"),
    [("exact", "exact", "exact"), ("rebuilt", "exact", "rebuilt"), ("rebuilt", "substitute", "substitute")],
)
def test_the_worst_status_counts(toy, tmp_path, declared_status, source_status, status):
    assert load(written(toy, tmp_path, source_status, status=declared_status)).card["status"] == status


def test_averages_agree_to_two_decimals(toy, tmp_path):
    written(toy, tmp_path, expected={"avg_nodes": 2.505})
    with pytest.raises(UserError, match=r"avg_nodes: expected 2\.51, found 2\.5"):
        written(toy, tmp_path, expected={"avg_nodes": 2.51})


def test_the_content_hash_knows_names_types_and_shapes():
    base = {"y": np.zeros(4, np.int32)}
    others = [{"x": base["y"]}, {"y": base["y"].view(np.float32)}, {"y": base["y"].reshape(2, 2)}, {"y": np.ones(4)}]
    hashes = {arrays.content_sha256(content) for content in [base, *others]}
    assert len(hashes) == 5


@pytest.mark.parametrize("name", ["node_ptr", "in_ptr", "in_idx", "labels", "y"])
def test_a_missing_array_says_how_to_make_it(toy, tmp_path, name):
    (written(toy, tmp_path) / "arrays" / f"{name}.npy").unlink()
    with pytest.raises(UserError, match=rf"{name}\.npy is missing.*repool data prepare TOY --out"):
        load(tmp_path)


def test_a_cut_or_exchanged_array(toy, tmp_path):
    path = written(toy, tmp_path) / "arrays" / "in_idx.npy"
    whole = path.read_bytes()
    path.write_bytes(whole[:-4])
    with pytest.raises(UserError, match=r"in_idx\.npy cannot be read"):
        load(tmp_path)
    np.save(path, np.zeros(4, np.int64))
    with pytest.raises(UserError, match=r"in_idx\.npy is int64 \[4\], expected int32 \[4\]"):
        load(tmp_path)
    path.write_bytes(whole)
    np.save(tmp_path / "arrays" / "in_ptr.npy", np.zeros(6, np.int64))
    with pytest.raises(UserError, match=r"in_ptr\.npy does not run from 0 to 4"):
        load(tmp_path)


@pytest.mark.parametrize("card", [None, "{", "{}"])
def test_a_missing_or_broken_card(toy, tmp_path, card):
    path = written(toy, tmp_path) / "card.json"
    path.unlink()
    if card is not None:
        path.write_text(card)
    with pytest.raises(UserError, match=r"card\.json .*python -m repool data prepare"):
        load(tmp_path)


def test_directed_and_edgeless_graphs_are_loaded(toy, tmp_path):
    graphs = tu.parse(FILES | {"TOY_A.txt": b""}, kind="labels")
    nodes = len(graphs.labels)
    directed = replace(
        graphs,
        labels=None,
        x=np.ones((nodes, 3), np.float32),
        out_ptr=graphs.in_ptr.copy(),
        out_idx=graphs.in_idx.copy(),
        split=np.array([0, 2], np.int8),
    )
    contents = arrays.arrays_of(directed)
    dataset = toy(split="fixed")
    arrays.write(tmp_path, contents, make_card(dataset, [], directed, contents))
    store = load(tmp_path)
    assert store.directed
    assert store.out_idx is not store.in_idx
    assert (store.inputs, store.labels, store.split.tolist()) == (3, None, [0, 2])
    shutil.rmtree(tmp_path / "arrays")
    with pytest.raises(UserError, match="missing"):
        load(tmp_path)


def test_loading_imports_nothing_heavy():
    heavy = "{'pydantic', 'yaml', 'requests', 'skimage', 'scipy', 'pandas', 'torch', 'rdkit', 'tqdm'}"
    for module in ("repool.datasets.loading", "repool.datasets.command"):
        code = f"import sys, {module}; print({heavy} & set(sys.modules))"
        found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert found.stdout.strip() == "set()"


def test_the_card_is_sorted_and_ends_with_a_newline(toy, tmp_path):
    text = (written(toy, tmp_path) / "card.json").read_text()
    assert text == json.dumps(json.loads(text), sort_keys=True, indent=2) + "\n"
