"""The command that makes again what a page shows: what was typed, less what depends on the machine."""

import shlex
from pathlib import Path
from typing import Any

from repool import campaign
from repool_workflow import grid
from repool_workflow.places import PROJECT

# Of the overrides of a call, what says where files lie.
ELSEWHERE = ("mirror",)


def call(workflow: Any, config: dict[str, Any]) -> dict[str, str]:
    """The configuration's last `file`, and `rebuild`, the command for ARTIFACT in words that a shell takes.

    Files are relative to the project, or else to the working folder, so that a page is the same one wherever both lie.
    """
    settings = workflow.config_settings
    # As a module this workflow has what the importing one gave it, which no option says.
    imported = not workflow.modifier.is_main_snakefile()
    files = [f"config/{config['name']}.yaml"] if imported else [*map(shown, settings.configfiles)]
    words = ["snakemake", "ARTIFACT", "--cores", "2", *(["--configfile", *files] if files else [])]
    if not imported:
        words += ["--replace-workflow-config"] if settings.replace_workflow_config else []
        without = {*ELSEWHERE, *(["partial"] if everything_ran(config) else [])}
        changes = [word for word in settings.config_args or () if word.partition("=")[0] not in without]
        words += ["--config", *changes] if changes else []
    return {"file": files[-1] if files else "config/paper.yaml", "rebuild": shlex.join(words)}


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
