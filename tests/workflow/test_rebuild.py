"""The command that the page prints makes again what the page shows, and knows nothing of the machine."""

import re
import shlex
import subprocess
import sys
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import pytest
from project import ROOT, Project

from repool_workflow import rebuild

PAPER = {"name": "paper"}


def workflow(*files: Path, changes: tuple[str, ...] = (), replace: bool = False, imported: bool = False):
    settings = SimpleNamespace(configfiles=files, config_args=changes, replace_workflow_config=replace)
    return SimpleNamespace(config_settings=settings, modifier=SimpleNamespace(is_main_snakefile=lambda: not imported))


def command(*files: Path, **options) -> str:
    return rebuild.call(workflow(*files, **options), PAPER)["rebuild"]


def test_nothing_typed_is_the_papers_configuration():
    assert rebuild.call(workflow(), PAPER) == {
        "file": "config/paper.yaml",
        "rebuild": "snakemake ARTIFACT --cores 2",
    }


def test_files_of_the_project_are_relative_to_it_wherever_it_was_called(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    files = [ROOT / "config" / "cpu.yaml", tmp_path / "mine" / "more.yaml", Path("/else/where/third one.yaml")]
    assert command(*files) == (
        "snakemake ARTIFACT --cores 2 --configfile config/cpu.yaml mine/more.yaml '/path/to/third one.yaml'"
    )
    assert rebuild.call(workflow(*files[:2]), PAPER)["file"] == "mine/more.yaml"


def test_a_file_that_is_reached_by_a_link_has_the_same_name(tmp_path):
    (tmp_path / "link").symlink_to(ROOT)
    assert command(tmp_path / "link" / "config" / "cpu.yaml").endswith(" --configfile config/cpu.yaml")


@pytest.mark.parametrize("value", ["[0-4, 7]", "$(touch x)", "it's", "a;b", "`x`", '{"a": "ARTIFACT"}'])
def test_a_shell_takes_the_overrides_as_they_were_typed(value):
    assert shlex.split(command(changes=(f"seeds={value}", "partial=True")))[4:] == [
        *("--config", f"seeds={value}", "partial=True"),
    ]


def test_the_mirror_is_the_machines():
    assert command(changes=("mirror=/home/someone/data",)) == "snakemake ARTIFACT --cores 2"


def test_what_shows_runs_that_are_there_has_a_command_that_trains_the_others(monkeypatch):
    monkeypatch.setattr(rebuild.grid, "FOUND", rebuild.grid)
    monkeypatch.setattr(rebuild, "everything_ran", lambda _: False)
    files = [ROOT / "config" / "cpu.yaml", ROOT / "config" / "archive.yaml"]
    made = rebuild.call(workflow(*files, changes=("partial=True", "seeds=5")), PAPER)
    assert made["rebuild"].endswith(" --configfile config/cpu.yaml config/archive.yaml --config partial=True seeds=5")
    assert made["train"] == "snakemake ARTIFACT --cores 2 --configfile config/cpu.yaml --config seeds=5"
    monkeypatch.setattr(rebuild, "everything_ran", lambda _: True)
    assert "train" not in rebuild.call(workflow(*files), PAPER)


def test_a_configuration_that_replaces_ours_does_so_again():
    assert command(ROOT / "config" / "cpu.yaml", replace=True, changes=("seeds=1",)).endswith(
        " --configfile config/cpu.yaml --replace-workflow-config --config seeds=1"
    )


def test_a_module_does_not_print_the_files_of_the_workflow_that_imports_it():
    assert command(Path("/secret/own.yaml"), changes=("x=1",), imported=True) == (
        "snakemake ARTIFACT --cores 2 --configfile config/paper.yaml"
    )


@pytest.fixture(scope="module")
def partial(finished, tmp_path_factory) -> Project:
    """A page of one seed where two are configured, made from what there is of it."""
    project = Project(tmp_path_factory.mktemp("partial"))
    project.take(finished)
    with project.configured(seeds=2):
        made = project.snakemake("--cores", "2", "--config", "seeds=1", "partial=True")
        assert made.returncode == 0, made.stdout + made.stderr
        complete = commands(project)
        (next(project.folder.glob("results/tiny/runs/MUTAG/gin/seeds-*.json"))).unlink()
        for file in project.folder.glob("results/tiny/runs/MUTAG/gin/seed-*"):
            file.unlink()
        made = project.snakemake("--cores", "2", "--config", "seeds=1", "partial=True")
        assert made.returncode == 0, made.stdout + made.stderr
        yield project, complete, commands(project)


def commands(project: Project) -> list[str]:
    """The commands that the page prints, but for the one that it says trains."""
    page = (project.folder / "report" / "paper.html").read_text()
    page = re.sub(r'<p class="warned">.*?</pre>', "", page, flags=re.DOTALL)
    return [unescape(text) for text in re.findall(r"<pre><code>(snakemake [^<]*)</code></pre>", page)]


def given(project: Project, text: str) -> str:
    """What a shell's command plans."""
    words = f"{shlex.quote(sys.executable)} -m {text} --dry-run"
    made = subprocess.run(words, shell=True, cwd=project.folder, capture_output=True, text=True)
    assert made.returncode == 0, made.stdout + made.stderr
    return made.stdout + made.stderr


def test_a_partial_page_prints_what_makes_it_again_and_trains_nothing(partial):
    project, _, printed = partial
    assert len(printed) > 10
    assert all(text.endswith(" --configfile config/tiny.yaml --config seeds=1 partial=True") for text in printed)
    for text in (printed[0], next(text for text in printed if " table_1 " in text)):
        assert "train_block" not in given(project, text)
        assert str(project.folder) not in text


def test_where_everything_ran_it_prints_what_makes_it_without_looking(partial):
    _, complete, _ = partial
    assert all(text.endswith(" --configfile config/tiny.yaml --config seeds=1") for text in complete)


def test_the_whole_page_prints_a_command_that_plans_nothing(finished):
    for text in commands(finished)[:1]:
        assert "Nothing to be done" in given(finished, text)
