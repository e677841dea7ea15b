"""What stands in for datasets that a configuration does not have: said once, not artifact by artifact."""

from typing import Any


def placed(config: dict[str, Any]) -> dict[str, Any]:
    """The configuration with `instead` followed in every artifact: NCI1 -> MUTAG, and what has none (null) left out.

    A dataset that then stands twice stands once, in its first place. Placing twice changes nothing.
    """
    instead = config.get("instead", {})
    if not instead or "artifacts" not in config:
        return config
    artifacts = {
        name: {**entry, "datasets": _followed(entry.get("datasets", []), instead)}
        for name, entry in config["artifacts"].items()
    }
    return {**config, "artifacts": artifacts}


def _followed(datasets: list[str], instead: dict[str, str | None]) -> list[str]:
    found = (instead.get(name, name) for name in datasets)
    return list(dict.fromkeys(name for name in found if name is not None))
