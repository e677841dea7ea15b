"""A whole configuration from files that are laid over each other."""

from pathlib import Path
from typing import Any

from repool.errors import UserError
from repool.grids import expanded
from repool.schemas.checked import plain
from repool.schemas.configuration import check_configuration
from repool.schemas.reading import read_yaml
from repool.stand_ins import placed


def configured(files: list[Path], seeds: int | None = None) -> dict[str, Any]:
    """The configuration of files laid over each other, with its defaults, and with other seeds if they are given.

    Raises UserError for what is no configuration.
    """
    config = merged(files)
    return expanded(plain(check_configuration(config if seeds is None else {**config, "seeds": seeds})))


def merged(files: list[Path]) -> dict[str, Any]:
    """Configurations laid over each other as Snakemake does it: dictionaries key by key, everything else as a whole.

    The methods of its grids are written out, and stand-ins in their places. Raises UserError for what is no
    configuration.
    """
    config: dict[str, Any] = {}
    for file in files:
        if not file.is_file():
            raise UserError(f"There is no configuration {file}. Run this in the project's folder.")
        overlay = read_yaml(file)
        if not isinstance(overlay, dict):
            raise UserError(f"{file} has no keys, such as `name: mine`.")
        config = _overlaid(config, overlay)
    check_configuration(config)
    return expanded(placed(config))


def _overlaid(base: dict[str, Any], overlay: dict[str, Any]) -> dict[str, Any]:
    both = {key: _overlaid(base[key], value) for key, value in overlay.items() if _nested(base.get(key), value)}
    return {**base, **overlay, **both}


def _nested(base: Any, overlay: Any) -> bool:
    return isinstance(base, dict) and isinstance(overlay, dict)
