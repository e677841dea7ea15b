"""Dataset classes of PyTorch Geometric by name, with raw files from a mirror folder."""

import json
import re
import shutil
from pathlib import Path

import grakel
import numpy as np
import pytest
import torch
import yaml
from torch_geometric.datasets import TUDataset

from repool.cli import main
from repool.datasets import pyg_class
from repool.datasets.loading import load
from repool.datasets.sources import declared

MUTAG = Path(grakel.__file__).parent / "tests" / "data" / "MUTAG"
TU = {"class": "TUDataset", "arguments": {"name": "MUTAG"}}


@pytest.fixture
def mirror(tmp_path) -> Path:
    """A mirror folder with MUTAG's raw files where TUDataset looks for them, which nobody may write to."""
    raw = tmp_path / "mirror" / "pyg" / "TUDataset" / "MUTAG" / "raw"
    raw.mkdir(parents=True)
    for file in MUTAG.glob("MUTAG_*.txt"):
        shutil.copy(file, raw)
    return tmp_path / "mirror"


@pytest.fixture
def prepare(tmp_path, capsys):
    """A function that prepares a class; the store, or the sentence."""

    def run(entry: dict[str, object], mirror: Path | None):
        source = json.dumps({"format": "pyg", "task": "classification", **entry})
        given = ["data", "prepare", "MINE", "--out", str(tmp_path / "MINE"), "--source", source]
        code = main([*given, *(["--mirror", str(mirror)] if mirror else [])])
        said = capsys.readouterr().err
        return load(tmp_path / "MINE") if code == 0 else said

    return run


def test_mutag_by_its_class_is_what_our_own_reader_makes_of_the_same_files(prepare, mirror, tmp_path):
    store = prepare(TU, mirror)
    assert main(["data", "prepare", "MUTAG", "--out", str(tmp_path / "OURS")]) == 0
    ours = load(tmp_path / "OURS")
    assert store.card["content_sha256"] == ours.card["content_sha256"]
    assert store.card["features"] == ours.card["features"]
    assert (store.card["status"], ours.card["status"]) == ("unverified", "embedded")
    files = {source["file"]: source["origin"] for source in store.card["source"]}
    assert files["MUTAG_A.txt"] == "mirror folder, pyg/TUDataset/MUTAG/raw/MUTAG_A.txt"
    assert files["tu_dataset.py"].startswith("torch_geometric ")
    assert "Not read of the graphs: edge_attr." in store.card["note"]


def test_nothing_is_written_into_a_mirror_and_nothing_is_kept_of_an_earlier_version(prepare, mirror):
    before = {path: path.stat().st_mtime_ns for path in mirror.rglob("*")}
    assert prepare(TU, mirror).graphs == 188
    assert {path: path.stat().st_mtime_ns for path in mirror.rglob("*")} == before


def test_a_mirror_that_lacks_the_raw_files_names_their_folder_and_downloads_nothing(prepare, mirror, monkeypatch):
    monkeypatch.setattr(TUDataset, "download", lambda _: pytest.fail("asked the network"))
    shutil.rmtree(mirror / "pyg" / "TUDataset" / "MUTAG")
    said = prepare(TU, mirror)
    assert re.search(
        r"lacks raw files of TUDataset: MUTAG_A\.txt, MUTAG_graph_indicator\.txt\. Put them into a mirror folder as "
        r"pyg/TUDataset/MUTAG/raw, and name that folder with REPOOL_MIRROR",
        said,
    )
    assert list(mirror.rglob("*")) == [mirror / "pyg", mirror / "pyg" / "TUDataset"]


def test_a_mirror_folder_is_packed_and_verified_by_the_class(mirror, tmp_path, capsys):
    sources = tmp_path / "datasets.yaml"
    sources.write_text(yaml.safe_dump({"MINE": {"format": "pyg", "task": "classification", **TU}}))
    given = [str(tmp_path / "packed"), "--sources", str(sources)]
    assert main(["data", "mirror", "pack", *given, "--mirror", str(mirror)]) == 0
    assert (tmp_path / "packed" / "pyg" / "TUDataset" / "MUTAG" / "raw" / "MUTAG_A.txt").is_file()
    assert main(["data", "mirror", "verify", *given]) == 0
    assert "right   pyg/TUDataset (MINE): unverified" in capsys.readouterr().out
    (tmp_path / "packed" / "pyg" / "TUDataset" / "MUTAG" / "raw" / "MUTAG_A.txt").unlink()
    assert main(["data", "mirror", "verify", *given]) == 1
    assert "missing pyg/TUDataset (MINE): The mirror folder" in capsys.readouterr().out
    assert main(["data", "fetch", "MINE", "--sources", str(sources)]) == 1
    assert "MINE has no files to fetch: the class TUDataset gives its graphs" in capsys.readouterr().err
    assert main(["data", "list", "--sources", str(sources)]) == 0
    assert re.search(r"MINE +pyg +class TUDataset +not stated", capsys.readouterr().out)


def test_without_a_mirror_the_class_downloads_into_the_cache(prepare, tmp_path, monkeypatch):
    monkeypatch.delenv("REPOOL_MIRROR", raising=False)
    monkeypatch.setenv("REPOOL_CACHE", str(tmp_path / "cache"))

    def download(self):
        for file in MUTAG.glob("MUTAG_*.txt"):
            shutil.copy(file, self.raw_dir)

    monkeypatch.setattr(TUDataset, "download", download)
    store = prepare(TU, None)
    assert (tmp_path / "cache" / "pyg" / "TUDataset" / "MUTAG" / "raw" / "MUTAG_A.txt").is_file()
    assert "downloaded by its class, pyg/TUDataset/MUTAG/raw/MUTAG_A.txt" in json.dumps(store.card)

    def fails(_):
        raise OSError("no route to host\nand more")

    monkeypatch.setattr(TUDataset, "download", fails)
    shutil.rmtree(tmp_path / "cache")
    said = prepare(TU, None)
    assert re.search(
        r"could not be downloaded \(OSError: no route to host\)\. Without a network put them \(MUTAG_A", said
    )


def test_a_class_with_parts_of_its_own_keeps_them(prepare, tmp_path):
    """GNNBenchmarkDataset in its own raw form, which is made up here."""
    raw = tmp_path / "mirror" / "pyg" / "GNNBenchmarkDataset" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    ring = torch.tensor([[0, 1, 2], [1, 2, 0]])
    both = torch.cat([ring, ring.flip(0)], dim=1)
    lists = [
        [
            {"x": torch.rand(3, 1), "edge_index": both, "y": torch.tensor([index % 2]), "pos": torch.rand(3, 2)}
            for index in range(count)
        ]
        for count in (20, 8, 12)
    ]
    torch.save(tuple(lists), raw / "MNIST_v2.pt")
    entry = {"class": "GNNBenchmarkDataset", "arguments": {"name": "MNIST"}}
    store = prepare({**entry, "split": "fixed"}, tmp_path / "mirror")
    np.testing.assert_array_equal(np.bincount(store.split), [20, 8, 12])
    assert "comes in parts: declare `split: fixed`" in prepare(entry, tmp_path / "mirror")
    alone = prepare({**entry, "arguments": {"name": "MNIST", "split": "train"}}, tmp_path / "mirror")
    assert (alone.graphs, alone.card["split"]) == (20, "stratified")


def test_what_the_document_declares_can_be_called():
    text = (Path(__file__).parents[2] / "docs" / "data.md").read_text()
    (block,) = re.findall(r"^```yaml\n(sources:\n.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    entries = yaml.safe_load(block)["sources"]
    datasets = [declared(name, entry, "docs/data.md") for name, entry in entries.items()]
    assert {dataset.class_ or dataset.function for dataset in datasets} == {
        "my_data.py:graphs",
        "QM9",
        "GNNBenchmarkDataset",
    }
    for dataset in (one for one in datasets if one.class_):
        found = pyg_class.class_of(dataset.class_)
        parts = pyg_class.calls(dataset.class_, found, dataset.arguments, dataset.split == "fixed")
        assert len(parts) == (3 if dataset.split == "fixed" else 1)


def test_graphs_that_a_class_draws_are_the_same_again(prepare, tmp_path):
    entry = {"class": "FakeDataset", "arguments": {"num_graphs": 40, "task": "graph", "avg_num_nodes": 8}}
    first = prepare(entry, tmp_path)
    assert first.graphs == 40
    assert prepare(entry, tmp_path).card["content_sha256"] == first.card["content_sha256"]


BAD = {
    "unknown": ({"class": "TUDatasets"}, r"TUDatasets is no dataset of .*\. Did you mean TUDataset\?"),
    "no class": ({"class": "download_url"}, "download_url is no dataset of torch_geometric.datasets"),
    "no name": ({"class": "os.path"}, "names no class of torch_geometric.datasets"),
    "lacks": ({"class": "TUDataset"}, r"TUDataset needs name: say so in arguments, such as \{name: \.\.\.\}"),
    "argument": (
        {"class": "TUDataset", "arguments": {"nam": "A"}},
        r"nam is no argument of TUDataset\. Did you mean name",
    ),
    "root": ({"class": "TUDataset", "arguments": {"name": "A", "root": "x"}}, "root is not yours to give"),
    "up": ({"class": "TUDataset", "arguments": {"name": "../../etc"}}, "could lead out of the folder of the dataset"),
    "absolute": ({"class": "TUDataset", "arguments": {"name": "/etc"}}, "could lead out of the folder of the dataset"),
    "no parts": ({**TU, "split": "fixed"}, "TUDataset has no parts of its own for training, validation and test"),
    "two parts": ({"class": "MNISTSuperpixels"}, "comes in a training and a test part, without one for validation"),
    "value": ({"class": "GNNBenchmarkDataset", "arguments": {"name": "X", "split": "train"}}, "raises AssertionError"),
    "nodes": ({"class": "KarateClub"}, r"KarateClub\(\), graph 0: y has 34 values, one a node"),
    "hetero": ({"class": "FakeHeteroDataset"}, r"FakeHeteroDataset\(\), graph 0 is a HeteroData, expected"),
}


@pytest.mark.parametrize("mistake", BAD)
def test_every_mistake_is_a_sentence(prepare, mirror, mistake):
    entry, sentence = BAD[mistake]
    said = prepare(entry, mirror)
    assert isinstance(said, str), "it was prepared"
    assert re.search(sentence, said), said
    assert "Traceback" not in said


def test_a_damaged_raw_file_is_a_sentence(prepare, mirror):
    file = mirror / "pyg" / "TUDataset" / "MUTAG" / "raw" / "MUTAG_A.txt"
    file.write_text("1, x\n")
    said = prepare(TU, mirror)
    assert re.search(r"TUDataset\(name='MUTAG'\) raises ValueError: .* Its raw files are in .*pyg/TUDataset", said)


def test_without_the_package_it_says_how_to_install(prepare, mirror, monkeypatch):
    monkeypatch.setattr("repool.datasets.brought.PACKAGE", "torch_geometric_that_is_not_here")
    said = prepare(TU, mirror)
    assert re.search(
        r"TUDataset needs PyTorch Geometric, which is not installed here\. .*pip install 'repool\[pyg\]'", said
    )
