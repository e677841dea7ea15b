"""OGB's sets of graphs with a property each (Hu et al., 2020): which a name alone declares, and why not the others."""

from typing import Any

ADDRESS = "http://snap.stanford.edu/ogb/data/graphproppred/csv_mol_download/{file}.zip"
# OGB's Evaluator takes AUROC on these ...
CLASSES = {"ogbg-molhiv": "hiv", "ogbg-molbace": "bace", "ogbg-molbbbp": "bbbp"}
# ... and the root of the mean squared error on these.
TARGETS = {"ogbg-molesol": "esol", "ogbg-molfreesolv": "freesolv", "ogbg-mollipo": "lipophilicity"}
NAMES = frozenset({*CLASSES, *TARGETS})
ERRORS = (
    "OGB's Evaluator takes the root of the mean squared error on it; scores here are mean absolute errors, which its "
    "leaderboard does not have."
)
TASKS = "has {} tasks a graph, many of them not known; networks here have one"
LEFT_OUT = {
    "ogbg-molclintox": TASKS.format(2),
    "ogbg-moltox21": TASKS.format(12),
    "ogbg-molmuv": TASKS.format(17),
    "ogbg-molsider": TASKS.format(27),
    "ogbg-molpcba": TASKS.format(128),
    "ogbg-moltoxcast": TASKS.format(617),
    "ogbg-molchembl": TASKS.format(1310),
    "ogbg-ppa": "has nodes that carry nothing, and edges with seven numbers each, which no network here reads",
    "ogbg-code2": "asks for a list of words, which no network here gives",
}


def declaration(name: str) -> dict[str, Any]:
    """What declares one of NAMES, as `config/datasets.yaml` would: with its own split and the features of its atoms."""
    kind = (
        {"task": "classification", "metric": "auroc"}
        if name in CLASSES
        else {"task": "regression", "metric": "mae", "note": ERRORS}
    )
    file = {**CLASSES, **TARGETS}[name]
    return {
        "format": "ogb",
        **kind,
        "split": "fixed",
        "licence": "MIT (OGB)",
        "files": [{"name": f"{file}.zip", "mirror": f"ogb/{file}.zip", "urls": [ADDRESS.format(file=file)]}],
    }
