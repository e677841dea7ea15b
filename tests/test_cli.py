"""What a person reads when a command cannot go on."""

import os
import resource
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def prepare_mutag(out: Path, *flags: str) -> subprocess.CompletedProcess:
    """Prepare MUTAG where no file may grow beyond 2,000 bytes, as on a disk that fills."""
    return subprocess.run(
        [sys.executable, "-m", "repool", *flags, "data", "prepare", "MUTAG", "--out", str(out)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        # Python 3.11 would leave bytecode cut at that length beside the sources, and fail on it ever after.
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)),
    )


def test_a_full_disk_is_a_sentence_and_leaves_nothing_half_written(tmp_path):
    result = prepare_mutag(tmp_path / "MUTAG")
    assert result.returncode == 1
    assert "Is the disk full" in result.stderr
    assert "Traceback" not in result.stderr
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_debug_shows_where_it_failed(tmp_path):
    result = prepare_mutag(tmp_path / "MUTAG", "--debug")
    assert result.returncode == 1
    assert "Traceback" in result.stderr


def test_a_command_that_is_stopped_says_so(monkeypatch, capsys):
    from repool.cli import main
    from repool.report import trace

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(trace, "trace", stopped)
    assert main(["trace", "table_1.NCI1.graclus.mean", "--results", "results"]) == 130
    assert "give the same command again" in capsys.readouterr().err


def test_an_answer_of_which_somebody_has_enough_ends_without_a_word():
    command = [sys.executable, "-m", "repool", "data", "mirror", "list"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    process.stdout.close()
    assert (process.stderr.read(), process.wait()) == ("", 141)
