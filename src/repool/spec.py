"""The spec of a cell: the canonical form of everything that changes its training, and nothing else."""

from typing import Any

from repool.canonical import canonical

MODEL_OPTIONS = {
    "graclus": ("family", "select", "layers", "hidden"),
    "global-mean": ("family", "convolutions", "hidden"),
}


def spec(config: dict[str, Any], dataset: str, method: str) -> dict[str, Any]:
    """The spec of a method on a dataset, from a whole configuration.

    A method's own settings win over its table of hyper-parameters, and its `training` over the protocol. Settings
    that its family does not read are left out, so that they retrain nothing.
    """
    own = config["methods"][method]
    settings = {**config["hyperparameters"][own["hyperparameters"]][dataset], **own}
    protocol = {**config["training"], "batch": settings["batch"], **own.get("training", {})}
    return {
        "dataset": dataset,
        "model": {option: settings[option] for option in MODEL_OPTIONS[own["family"]]},
        "training": protocol,
    }


def spec_text(config: dict[str, Any], dataset: str, method: str) -> str:
    """The spec as one line of JSON, as the rules pass it on."""
    return canonical(spec(config, dataset, method))
