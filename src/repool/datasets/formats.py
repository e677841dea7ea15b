"""What the readers take out of an archive, so that a file can be judged before it is read."""

from collections.abc import Sequence

from repool.schemas.sources import Dataset, Kind

EDGES, INDICATOR, CLASSES, TARGETS = "_A.txt", "_graph_indicator.txt", "_graph_labels.txt", "_graph_attributes.txt"
LABELS, ATTRIBUTES = "_node_labels.txt", "_node_attributes.txt"
OGB_PARTS = ("train", "valid", "test")
NODE_COUNTS, EDGE_COUNTS, EDGE, ATOM, BOND, LABEL = (
    f"{name}.csv.gz" for name in ("num-node-list", "num-edge-list", "edge", "node-feat", "edge-feat", "graph-label")
)
ENDINGS = {"tu": (EDGES, INDICATOR, CLASSES, TARGETS, LABELS, ATTRIBUTES)}
OGB_NEEDED = (NODE_COUNTS, EDGE_COUNTS, EDGE, LABEL, *(f"{part}.csv.gz" for part in OGB_PARTS))
OGB_FEATURES = {"auto": (), "atoms": (ATOM, BOND), "attributes": (ATOM,), "constant": ()}
NAMES = {
    "ogb": (*OGB_NEEDED, ATOM, BOND),
    "zinc": ("train.pickle", "val.pickle", "test.pickle"),
}


def is_read(form: str, name: str) -> bool:
    """Whether the reader of a format takes a member of that base name out of an archive."""
    return name.endswith(ENDINGS.get(form, ())) or name in NAMES.get(form, ())


def ogb_members(kind: Kind) -> tuple[str, ...]:
    """What an archive of OGB must hold for features of that kind."""
    return (*OGB_NEEDED, *OGB_FEATURES[kind])


def lacking(dataset: Dataset, names: Sequence[str]) -> str:
    """What the reader needs one of and an archive with these members has none or several of; nothing if it is whole."""
    if dataset.format == "ogb":
        return ", ".join(name for name in ogb_members(dataset.features.kind) if name not in names)
    if dataset.format != "tu":
        return ", ".join(name for name in NAMES.get(dataset.format, ()) if name not in names)
    kind = dataset.features.kind
    needed = [EDGES, INDICATOR, TARGETS if dataset.task == "regression" else CLASSES]
    needed += [LABELS] if kind in ("labels", "labels-and-attributes") else []
    needed += [ATTRIBUTES] if kind in ("attributes", "labels-and-attributes") else []
    return ", ".join(f"one *{ending}" for ending in needed if sum(name.endswith(ending) for name in names) != 1)
