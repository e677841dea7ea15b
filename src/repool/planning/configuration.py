"""`results/NAME/configuration.json`: what the last run of the workflow was to compute.

Snakemake alone knows what it was called with, and forgets it. Whoever asks how far the runs are reads it here.
"""

import json
from pathlib import Path
from typing import Any

from repool.atomic import replacing
from repool.errors import UserError, nearest
from repool.grids import expanded
from repool.schemas.checked import checked, plain
from repool.schemas.configuration import Configuration
from repool.schemas.reading import read_json

NAME = "configuration.json"


def write_configuration(config: dict[str, Any], results: Path) -> None:
    """Keep a whole configuration, with its defaults, below the folder of all results."""
    with replacing(results / config["name"] / NAME) as temporary:
        temporary.write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")


def read_configuration(file: Path) -> dict[str, Any]:
    """A configuration that was kept; raises UserError where it is none of this version."""
    try:
        found = expanded(plain(checked(Configuration, read_json(file), str(file))))
        if found["name"] != file.parent.name:
            raise UserError(f"{file} is of the configuration {found['name']}, and stands in {file.parent.name}.")
    except UserError as error:
        raise UserError(f"{error} The next run of snakemake writes it again; --configfile goes without it.") from None
    return found


def kept_configurations(results: Path, named: str | None) -> list[Path]:
    """The configurations that were kept below a folder, sorted, or the one of that name.

    Raises UserError where there is none, or none of that name.
    """
    found = sorted(results.glob(f"*/{NAME}"))
    if not found:
        raise UserError(
            f"Nothing was run yet: there is no {results}/*/{NAME}, which snakemake writes when it begins. Name a "
            "configuration (--configfile config/cpu.yaml), or the folder where it ran (--directory DIR)."
        )
    if named is None:
        return found
    if named not in (names := [path.parent.name for path in found]):
        raise UserError(f"{named} is no configuration that was run in {results}. {nearest(named, names)}")
    return [results / named / NAME]
