"""A checkpoint that is not whole, or of another block, is noticed; one that cannot be written stops nothing."""

import resource
from pathlib import Path

import pytest
import torch

from repool.training import checkpoint, run
from repool.training.block import Block
from toys import spec_of
from toys import train_graclus as train

DAMAGES = {
    "is empty": lambda content: content[:0],
    "is cut or changed": lambda content: content[: len(content) // 2],
    "checksum is wrong": lambda content: content[:5000] + bytes([content[5000] ^ 1]) + content[5001:],
    "is no checkpoint of this version": lambda content: b"PK\x03\x04" + content,
}


def stopped(data: Path, out: Path, monkeypatch) -> Path:
    """A block that stopped in its first epoch; its checkpoint."""
    with monkeypatch.context() as patch:
        patch.setattr(run, "SECONDS_BETWEEN_CHECKPOINTS", -1.0)
        patch.setattr(run, "_write_records", lambda *_: None)
        assert run.train(spec_of("graclus", max_epochs=2), [0, 1], out, data, "cpu", 0) == 0
    (path,) = (out / "checkpoints").glob("*.pt")
    return path


@pytest.mark.parametrize("words", DAMAGES)
def test_a_damaged_checkpoint_is_named_and_training_begins_anew(data, tmp_path, trained, monkeypatch, capsys, words):
    out = tmp_path / "graclus"
    path = stopped(data, out, monkeypatch)
    path.write_bytes(DAMAGES[words](path.read_bytes()))
    assert train(data, out) == 0
    assert words in (said := capsys.readouterr().err)
    assert "Training begins anew" in said
    assert (out / "seed-01.json").read_bytes() == (trained / "seed-01.json").read_bytes()


def test_a_checkpoint_of_another_block_is_not_gone_on_from(toy_store, tmp_path):
    path = tmp_path / "checkpoint.pt"
    first, second = (Block(spec_of("graclus"), toy_store, [0, 1], torch.device("cpu")) for _ in range(2))
    next(first.train())
    checkpoint.save(first, path, "one")
    with pytest.raises(checkpoint.DamagedError, match=r"of another block \(key one, expected other\)"):
        checkpoint.restore(second, path, "other")
    assert (second.epoch, second.batch) == (0, 0)


def test_a_full_disk_leaves_the_last_checkpoint_whole_and_is_no_error(toy_store, tmp_path, capsys):
    path = tmp_path / "checkpoint.pt"
    block = Block(spec_of("graclus"), toy_store, [0, 1], torch.device("cpu"))
    checkpoint.save(block, path, "one")
    whole, before = path.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    next(block.train())
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) // 2, before[1]))
    try:
        run._save(block, path, "one")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "was not saved" in (said := capsys.readouterr().err)
    assert "the one before it stands, and training goes on" in said
    assert path.read_bytes() == whole
    assert [each.name for each in tmp_path.iterdir()] == ["checkpoint.pt"]
