"""The command that makes again what a page shows: what was typed, less what depends on the machine."""

import shlex
from pathlib import Path
from typing import Any

from repool import campaign
from repool.schemas.reading import read_yaml
from repool_workflow import grid
from repool_workflow.places import PROJECT

# Of the overrides of a call, what says where files lie.
ELSEWHERE = ("mirror",)
# Those that keep a call from training.
NO_TRAINING = ("partial", "archive")


def call(workflow: Any, config: dict[str, Any]) -> dict[str, str]:
    """The configuration's last `file`, and `rebuild`, the command for ARTIFACT in words that a shell takes.

    Where that trains nothing and runs are missing, `train` is the command that trains them.

    Files are relative to the project, or else to the working folder, so that a page is the same one wherever both lie.
    """
    settings = workflow.config_settings
    # As a module this workflow has what the importing one gave it, which no option says.
    imported = not workflow.modifier.is_main_snakefile()
    files = [f"config/{config['name']}.yaml"] if imported else [*map(shown, settings.configfiles)]
    whole = everything_ran(config)
    found = {
        "file": files[-1] if files else "config/paper.yaml",
        "rebuild": words(settings, files, [*ELSEWHERE, *(["partial"] if whole else [])], imported),
    }
    if grid.FOUND is None or whole:
        return found
    training = files if imported else [shown(file) for file in settings.configfiles if not of_archive(file)]
    return {**found, "train": words(settings, training, [*ELSEWHERE, *NO_TRAINING], imported)}


def words(settings: Any, files: list[str], without: list[str], imported: bool) -> str:
    """The command for ARTIFACT with these files, and with the overrides of the call but for some."""
    command = ["snakemake", "ARTIFACT", "--cores", "2", *(["--configfile", *files] if files else [])]
    if not imported:
        command += ["--replace-workflow-config"] if settings.replace_workflow_config else []
        changes = [word for word in settings.config_args or () if word.partition("=")[0] not in without]
        command += ["--config", *changes] if changes else []
    return shlex.join(command)


def of_archive(file: Path) -> bool:
    """Whether a configuration file asks for the archive, so that nothing trains."""
    return bool(read_yaml(file).get("archive"))


def shown(file: Path) -> str:
    """A configuration file as the command names it."""
    path = file.parent.resolve() / file.name
    for folder in (PROJECT, Path.cwd().resolve()):
        if path.is_relative_to(folder):
            return path.relative_to(folder).as_posix()
    return f"/path/to/{file.name}"


def everything_ran(config: dict[str, Any]) -> bool:
    """Whether a partial configuration finds all that the whole one would make before its tables."""
    if grid.FOUND is None or grid.FOUND.left_out or grid.FOUND.without_card:
        return False
    return all(grid.run_files(config, *cell) == grid.block_files(config, *cell) for cell in campaign.all_cells(config))
