"""An archive from elsewhere is hostile until it was read: each refusal is a sentence, and nothing of it is run."""

import hashlib
import io
import json
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from made import make_card, make_record, make_timing

from repool.archive import packed
from repool.archive.add import add
from repool.archive.check import check
from repool.archive.packed import LARGEST
from repool.archive.store import Archive
from repool.canonical import digest
from repool.schemas.card import sealed as sealed_card
from repool.schemas.record import sealed


@pytest.fixture
def archive(tmp_path) -> Archive:
    """An archive of two runs, one with activations."""
    folder = tmp_path / "results" / "cpu"
    make_card(folder)
    for seed in (0, 1):
        make_timing(make_record(folder, seed, 0.75))
    activations = folder / "runs" / "NCI1" / "graclus" / "seed-00.activations.npz"
    np.savez_compressed(activations, graphs=np.arange(1), activations_0_0=np.ones((2, 2), np.float32))
    archive = Archive(tmp_path / "archive")
    assert add(archive, [folder]).refused == []
    return archive


def only(archive: Archive, kind: str) -> Path:
    (path,) = archive.of_kind(kind)
    return path


def pack(path: Path, lines: list[dict | str]) -> None:
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    path.write_bytes(lzma.compress(text.encode()))


def lines_of(path: Path) -> list[dict]:
    return [json.loads(line) for line in lzma.decompress(path.read_bytes()).splitlines()]


def forge(archive: Archive, change: Callable[[list[dict]], object], header: dict | None = None) -> None:
    """Change the lines of the runs as someone who knows how: with a header and seals that agree."""
    path = only(archive, "records")
    head, *runs = lines_of(path)
    change(runs)
    for run in runs:
        if "spec" not in run["record"]:
            whole = sealed({**run["record"], "spec": head["spec"]})
            run["record"] = {name: value for name, value in whole.items() if name != "spec"}
    pack(path, [{**head, "runs": len(runs), "sha256": digest(runs), **(header or {})}, *runs])


def wrong(archive: Archive) -> str:
    found = check(archive).wrong
    assert found
    for sentence in found:
        assert len(sentence.splitlines()) == 1, sentence
    return "\n".join(found)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda runs: runs[0]["record"].update(seed=-1), "line 2: its record, seed: "),
        (lambda runs: runs[0]["record"].update(seed="0"), "line 2: its record, seed: "),
        (lambda runs: runs[0]["record"].update(method="../../etc"), "'../../etc' cannot be the name of a method"),
        (lambda runs: runs[0]["record"].pop("code"), "line 2: its record lacks code"),
        (lambda runs: runs[0]["record"].update(device="<img src=x onerror=alert(1)>"), "holds markup"),
        (lambda runs: runs[0]["timing"].update(device_name="<script>"), "holds markup"),
        (lambda runs: runs[0]["timing"].update(host="\x1b]0;gone\x07"), "cannot be printed"),
        (lambda runs: runs[0]["timing"].update(host="a" * 5000), "more than 2,000 characters"),
        (lambda runs: runs[0]["timing"].update(seconds="fast"), "timing.seconds"),
        (lambda runs: runs[0]["timing"].update(adopted=ADOPTED), "adopted, which replays say and nothing else"),
        (lambda runs: runs[0].update(extra=1), "extra is not a key of"),
        (lambda runs: runs[0].update(activations="../../../etc/passwd"), "activations"),
        (lambda runs: runs.append(runs[0]), "has seed 0 again"),
        (lambda runs: runs.clear(), "runs"),
        (lambda runs: runs[0]["record"].update(test=0.99), "test is 0.99, but its curve has 0.75"),
        (lambda runs: runs[0]["record"].update(epochs=10**9), "the record says 1000000000"),
        (lambda runs: runs[0]["record"]["curves"].update(test=[2.0] * 143, best_epoch=1), "is not a key of"),
        (lambda runs: runs[0]["record"].update(spec={"dataset": "NCI1"}), "its record has a spec of its own"),
        (lambda runs: runs[0].update(record=nested(50)), "nested more than 20 times"),
    ],
)
def test_a_line_that_is_not_of_a_run_is_refused(archive, change, words):
    forge(archive, change)
    assert words in wrong(archive)


ADOPTED = {
    **{"record": "0" * 64, "code": "c0de", "replay": "none", "date": "2026-11-26", "processor": "none"},
    **{"runs": 1, "equal": 1},
}


def nested(depth: int) -> dict:
    return {"a": nested(depth - 1)} if depth else {}


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ({"dataset": "../../outside"}, "'../../outside' cannot be the name of a dataset"),
        ({"dataset": "PROTEINS"}, "its spec is of dataset NCI1, the header of PROTEINS"),
        ({"spec_sha256": "0" * 64}, "spec_sha256 is not the hash of spec"),
        ({"schema": 2}, "2 is not a value of"),
        ({"runs": 3}, "was changed after it was written"),
        ({"sha256": "0" * 64}, "was changed after it was written"),
        ({"extra": True}, "extra is not a key of"),
        (
            {"spec": (spec := {"dataset": "NCI1", "model": {"family": "../../x"}}), "spec_sha256": digest(spec)},
            "which is not its name",
        ),
    ],
)
def test_a_header_that_does_not_agree_is_refused(archive, header, words):
    forge(archive, lambda runs: runs, header)
    assert words in wrong(archive)


def test_a_family_that_is_a_path_is_refused(archive):
    spec = {"dataset": "NCI1", "model": {"family": "../../../tmp/x"}}
    head = {"schema": 1, "dataset": "NCI1", "spec": spec, "spec_sha256": digest(spec)}
    runs = [{**run} for run in lines_of(only(archive, "records"))[1:]]
    pack(archive.cell_file("NCI1", digest(spec)), [{**head, "runs": len(runs), "sha256": digest(runs)}, *runs])
    assert "its spec names no family of models" in wrong(archive)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "-Infinity"])
def test_what_is_no_number_is_refused(archive, number):
    path = only(archive, "records")
    head, *runs = lzma.decompress(path.read_bytes()).decode().splitlines()
    pack(path, [head, *(run.replace("0.8127", number) for run in runs)])
    assert f"{number} is not a finite number" in wrong(archive)


def test_a_key_that_stands_twice_is_refused(archive):
    path = only(archive, "records")
    head, *runs = lzma.decompress(path.read_bytes()).decode().splitlines()
    pack(path, [head, runs[0].replace('"seed":0', '"seed":0,"seed":0'), runs[1]])
    assert "the key 'seed' stands twice" in wrong(archive)


def test_a_file_that_was_cut_or_goes_on_behind_its_end_is_refused(archive):
    path = only(archive, "records")
    content = path.read_bytes()
    for length in (0, 5, 40, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:length])
        assert "is cut" in wrong(archive) or "not a whole xz file" in wrong(archive)
    path.write_bytes(content + b"more")
    assert "4 bytes stand behind its end" in wrong(archive)
    path.write_bytes(content[:60] + bytes([content[60] ^ 1]) + content[61:])
    assert "not a whole xz file" in wrong(archive)
    path.write_text("[" * 100)
    assert "not a whole xz file" in wrong(archive)


def test_a_bomb_is_refused_before_it_expands(archive):
    path = only(archive, "records")
    path.write_bytes(lzma.compress(b" " * (LARGEST + 1), preset=0))
    assert path.stat().st_size < 100_000
    assert f"expand to more than {LARGEST:,}" in wrong(archive)
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    assert "are the most" in wrong(archive)


def test_what_would_need_much_memory_to_expand_is_refused(archive, monkeypatch):
    monkeypatch.setattr(packed, "MEMORY", 2**16)
    assert "not a whole xz file (Memory usage limit exceeded)" in wrong(archive)


def test_a_link_and_a_file_of_another_name_are_refused(archive, tmp_path):
    path = only(archive, "records")
    moved = tmp_path / "elsewhere"
    path.rename(moved)
    path.symlink_to(moved)
    assert "it is a link" in wrong(archive)
    path.unlink()
    moved.rename(path.with_name("0" * 16 + ".jsonl.xz"))
    assert "which is not its name" in wrong(archive)
    (archive.folder / "records" / "setup.py").write_text("raise SystemExit")
    assert "setup.py is no file of an archive" in wrong(archive)


def test_a_card_that_was_changed_or_holds_markup_is_refused(archive):
    path = only(archive, "cards")
    card = json.loads(path.read_text())
    path.write_text(json.dumps(card | {"graphs": 1}))
    assert "card_sha256 is not that of its content" in wrong(archive)
    path.write_text(json.dumps(sealed_card(card | {"note": "<script>alert(1)</script>"})))
    assert "holds markup" in wrong(archive)
    path.write_text(json.dumps(sealed_card(card | {"content_sha256": "0" * 64})))
    assert "is the card of other data than its name says" in wrong(archive)
    path.unlink()
    assert "does not exist" in wrong(archive)


def npz(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


HUGE = npy(np.ones((2, 2), np.float16)).replace(b"(2, 2)", b"(200000, 200000)"[:16])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK", "not a whole file of activations"),
        (npz(**{"../../evil.npy": npy(np.ones((2, 2)))}), "'../../evil.npy' is no array of activations"),
        (npz(**{"activations_0_0.npy": npy(np.array([[{}]], object))}), "is object"),
        (npz(**{"activations_0_0.npy": npy(np.ones(3))}), "float64 [3]"),
        (npz(**{"activations_0_0.npy": HUGE}), "activations"),
        (npz(**{"activations_0_0.npy": b"\0" * 100}), "not a whole file of activations"),
        (npz(**{"activations_0_0.npy": bytes(65 * 2**20)}), "would expand"),
    ],
)
def test_activations_that_are_none_are_refused(archive, content, words):
    path = only(archive, "activations")
    path.write_bytes(content)
    assert "was changed since it was archived (sha256)" in wrong(archive)
    sha256 = hashlib.sha256(content).hexdigest()
    forge(archive, lambda runs: runs[0].update(activations=sha256))
    path.rename(path.with_name(path.name.replace(path.name.split(".")[2], sha256[:12])))
    assert words in wrong(archive)
