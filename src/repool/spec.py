"""The spec of a cell: the canonical form of everything that changes its training, and nothing else."""

from typing import Any

from repool.canonical import canonical

# What each family's network reads.
MODEL_OPTIONS = {
    "graclus": ("family", "select", "layers", "hidden", "first"),
    "global-mean": ("family", "convolutions", "hidden"),
    "graphsage": ("family", "convolutions", "hidden", "first"),
    "gin": ("family", "convolutions", "hidden"),
    "diffpool": (
        *("family", "select", "layers", "hidden", "mlp_hidden"),
        *("sage", "before", "first", "link_weight", "batchnorm"),
    ),
    "diffpool-v2": ("family", "select", "layers", "hidden", "mlp_hidden", "first", "link_weight", "batchnorm"),
    "gmn": (
        *("family", "select", "convolutions", "query_hidden", "memory_keys", "heads", "hidden"),
        *("activation", "keys", "period", "batchnorm"),
    ),
    "mincut": ("family", "select", "convolutions", "layers", "hidden"),
    "operator": ("family", "operator", "version", "arguments", "ratio", "convolutions", "hidden"),
    "tgp": ("family", "operator", "version", "arguments", "ratio", "convolutions", "hidden"),
    "own-select": ("family", "operator", "version", "ratio", "convolutions", "hidden"),
    "operator-twin": ("family", "select", "pools", "ratio", "convolutions", "hidden"),
}

# What an option may be in a family; the schema has what it may be anywhere.
CHOICES: dict[str, dict[str, tuple[str, ...]]] = {
    "graclus": {"select": ("graclus", "complement"), "first": ("sum", "none")},
    "graphsage": {"first": ("sage", "sum")},
    "diffpool": {
        "select": ("learned", "uniform", "normal", "bernoulli", "invariant"),
        "first": ("sage", "sum", "none"),
        "sage": ("root", "loop-as-released"),
        "before": ("one", "one-activated", "three"),
    },
    "diffpool-v2": {"select": ("learned", "uniform", "normal", "bernoulli"), "first": ("sum", "none")},
    "gmn": {"select": ("kernel", "distance", "random")},
    "mincut": {"select": ("learned", "normal", "uniform")},
    "operator-twin": {"select": ("uniform", "normal", "complement", "none")},
}


def spec(config: dict[str, Any], dataset: str, method: str) -> dict[str, Any]:
    """The spec of a method on a dataset, from a whole configuration.

    A method's own settings win over its table of hyper-parameters, and those over its family's; so do its own
    `training` and its family's over the protocol. Settings that the family does not read are left out, so that they
    retrain nothing.
    """
    own = config["methods"][method]
    family = config["families"].get(own["family"], {})
    settings = {**family, **config["hyperparameters"][own["hyperparameters"]][dataset], **own}
    protocol = {**config["training"], **family.get("training", {}), **own.get("training", {})}
    protocol["batch"] = settings["batch"]
    return {
        "dataset": dataset,
        "model": {option: settings[option] for option in MODEL_OPTIONS[own["family"]]},
        "training": protocol,
    }


def spec_text(config: dict[str, Any], dataset: str, method: str) -> str:
    """The spec as one line of JSON, as the rules pass it on."""
    return canonical(spec(config, dataset, method))
