"""What the workflow keeps of its configuration, and who reads it."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from repool.campaign import all_cells, cell_seeds
from repool.cli import main
from repool.errors import UserError
from repool.overlays import configured
from repool.planning.configuration import kept_configurations, read_configuration, write_configuration

ROOT = Path(__file__).parents[2]
OVERLAYS = ["config/paper.yaml", "config/quick.yaml", "config/cpu.yaml"]


def config_of(overlay: str, seeds: int | None = None) -> dict:
    return configured([ROOT / "config" / "paper.yaml", ROOT / overlay], seeds)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_what_is_kept_asks_for_the_same_runs(tmp_path, overlay):
    config = config_of(overlay, 3)
    write_configuration(config, tmp_path)
    found = read_configuration(tmp_path / config["name"] / "configuration.json")
    assert found == config
    assert all_cells(found) == all_cells(config)
    assert all(cell_seeds(found, *cell) == cell_seeds(config, *cell) for cell in all_cells(config))


def test_what_is_wrong_with_it_is_a_sentence(tmp_path):
    config = config_of("config/cpu.yaml")
    write_configuration(config, tmp_path)
    file = tmp_path / "cpu" / "configuration.json"
    for content, sentence in [
        ("{", "is not valid JSON"),
        ("[]", "belongs here"),
        (json.dumps({**config, "seed": 3}), "Did you mean seeds"),
        (json.dumps({**config, "name": "other"}), "stands in cpu"),
    ]:
        file.write_text(content)
        with pytest.raises(UserError, match=rf"{sentence}.*The next run of snakemake writes it again"):
            read_configuration(file)


def test_configurations_are_found_or_the_nearest_is_named(tmp_path):
    with pytest.raises(UserError, match=r"Nothing was run yet.*--configfile"):
        kept_configurations(tmp_path, None)
    for overlay in OVERLAYS:
        write_configuration(config_of(overlay), tmp_path)
    assert [file.parent.name for file in kept_configurations(tmp_path, None)] == ["cpu", "paper", "quick"]
    assert [file.parent.name for file in kept_configurations(tmp_path, "quick")] == ["quick"]
    with pytest.raises(UserError, match="Did you mean quick"):
        kept_configurations(tmp_path, "quik")


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A folder where two configurations were run, which is not the working one."""
    for overlay in ("config/cpu.yaml", "config/quick.yaml"):
        write_configuration(config_of(overlay), tmp_path / "project" / "results")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "project"


def test_status_of_another_folder(project, capsys):
    assert main(["status", "--directory", str(project)]) == 0
    printed = capsys.readouterr().out
    assert f"{project / 'results' / 'cpu'}: " in printed
    assert f"{project / 'results' / 'quick'}: " in printed
    assert main(["status", "--directory", str(project), "--configuration", "quick", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["configuration"], found["done"]) == ("quick", 0)


def test_status_of_what_was_never_run(project, capsys):
    assert main(["status"]) == 1
    assert "Nothing was run yet" in capsys.readouterr().err
    given = ["--configfile", str(ROOT / "config/quick.yaml"), "--seeds", "2", "--json"]
    assert main(["status", "--directory", str(project), *given]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert {len(cell["pending"]) for cell in found["cells"]} <= {1, 2}
    assert found["folder"] == str(project / "results" / "quick")


def test_a_watched_status_comes_again_until_ctrl_c(project):
    command = [sys.executable, "-m", "repool", "status", "--directory", str(project), "--json", "--watch", "0.05"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    first, second, third = (process.stdout.readline() for _ in range(3))
    assert json.loads(first) == json.loads(second) == json.loads(third)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    assert errors == ""
