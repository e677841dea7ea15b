"""OGB's graph property prediction sets (Hu et al., 2020): a name alone declares one, or why it cannot be trained."""

from typing import Any, NamedTuple

from repool.errors import UserError

ADDRESS = "http://snap.stanford.edu/ogb/data/graphproppred/{place}.zip"
MOLECULES = "csv_mol_download/"
PPA_EXPANDED = 30_000_000_000  # bytes; nobody here has seen it, and its 358 million edges take at least 3 GB of text


class Set(NamedTuple):
    """Where its archive is below ADDRESS, its task, and the metric of OGB's evaluator in this project's words."""

    place: str
    task: str
    metric: str


SETS = {
    "ogbg-molhiv": Set(f"{MOLECULES}hiv", "classification", "auroc"),
    "ogbg-molbace": Set(f"{MOLECULES}bace", "classification", "auroc"),
    "ogbg-molbbbp": Set(f"{MOLECULES}bbbp", "classification", "auroc"),
    "ogbg-molesol": Set(f"{MOLECULES}esol", "regression", "rmse"),
    "ogbg-molfreesolv": Set(f"{MOLECULES}freesolv", "regression", "rmse"),
    "ogbg-mollipo": Set(f"{MOLECULES}lipophilicity", "regression", "rmse"),
    "ogbg-ppa": Set("ogbg_ppi_medium", "classification", "accuracy"),
}
TASKS = {
    "ogbg-molclintox": 2,
    "ogbg-moltox21": 12,
    "ogbg-molmuv": 17,
    "ogbg-molsider": 27,
    "ogbg-molpcba": 128,
    "ogbg-moltoxcast": 617,
    "ogbg-molchembl": 1310,
}
REFUSED = {
    **{
        name: f"{name} has {tasks} tasks: training here has a single loss and score a graph."
        for name, tasks in TASKS.items()
    },
    "ogbg-code2": "ogbg-code2 asks for the words of a function's name: training here predicts a class or a number.",
}
NAMES = frozenset(SETS)


def declaration(name: str) -> dict[str, Any]:
    """What declares a set, as `config/datasets.yaml` would; raises UserError for one that cannot be trained here."""
    if name in REFUSED:
        raise UserError(f"{REFUSED[name]} Of OGB's sets these can be: {', '.join(sorted(SETS))}.")
    place, task, metric = SETS[name]
    archive = f"{place.rpartition('/')[2]}.zip"
    file: dict[str, Any] = {
        "name": archive,
        "mirror": f"ogb/{archive}",
        "urls": [ADDRESS.format(place=place)],
    }
    known = {"format": "ogb", "task": task, "metric": metric, "split": "fixed"}
    if not place.startswith(MOLECULES):
        return {**known, "features": {"kind": "constant"}, "files": [{**file, "expanded": PPA_EXPANDED}]}
    return {**known, "licence": "MIT (OGB)", "features": {"kind": "atoms"}, "files": [file]}
