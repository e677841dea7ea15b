"""Small raw archives, and their declarations, that several tests read."""

import gzip
import hashlib
import io
import zipfile

import numpy as np
from ogb.utils.mol import smiles2graph

from repool.datasets.formats import OGB_PARTS
from repool.schemas.sources import Accepted, Dataset, Expected, Member, SourceFile

# One atom alone, charges, a stereo bond, an aromatic ring with a chiral neighbour, two fragments.
SMILES = ("C", "[NH4+].[Cl-]", "F/C=C/F", "C[C@H](O)c1ccncc1", "CC#N")


def _csv(values) -> str:
    return "".join(",".join(map(str, np.atleast_1d(row))) + "\n" for row in values)


def molecules(smiles=SMILES, **changes: str | None) -> dict[str, bytes]:
    """Members in OGB's layout: bonds once, in the direction of the SMILES."""
    graphs = [smiles2graph(text) for text in smiles]
    texts = {
        "num-node-list": _csv(graph["num_nodes"] for graph in graphs),
        "num-edge-list": _csv(graph["edge_index"].shape[1] // 2 for graph in graphs),
        "edge": "".join(_csv(graph["edge_index"].T[::2]) for graph in graphs),
        "node-feat": "".join(_csv(graph["node_feat"]) for graph in graphs),
        "edge-feat": "".join(_csv(graph["edge_feat"][::2]) for graph in graphs),
        "graph-label": _csv(index % 2 for index in range(len(graphs))),
        "train": "4\n0\n1\n",
        "valid": "2\n",
        "test": "3\n",
    } | changes
    return {f"{name}.csv.gz": gzip.compress(text.encode()) for name, text in texts.items() if text is not None}


def zipped_molecules(path, members: dict[str, bytes]):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            folder = "split/scaffold" if name.split(".")[0] in OGB_PARTS else "raw"
            archive.writestr(f"hiv/{folder}/{name}", content)
    return path


def declared_molecules(members: dict[str, bytes], known_sha256: str = "0" * 64) -> SourceFile:
    """The archive with known members: features of atoms may differ, all else must be right."""
    of = {name: hashlib.sha256(content).hexdigest() for name, content in members.items()}
    return SourceFile(
        name="hiv.zip",
        accepted=[Accepted(sha256=known_sha256, status="rebuilt", note="Features were computed anew.")],
        mirror="ogb/hiv.zip",
        urls=["http://example.invalid/hiv.zip"],
        unlisted_upstream=True,
        members=[
            Member(name=name, sha256=sha256, otherwise="unverified" if name == "node-feat.csv.gz" else None)
            for name, sha256 in of.items()
        ],
    )


def five_molecules(molhiv: Dataset, **changes: object) -> Dataset:
    """The declaration for five molecules: a validation part of one has one class."""
    return molhiv.model_copy(update={"expected": Expected(), "metric": "accuracy", **changes})


def zipped_texts(texts: dict[str, str], name: str = "UNSEEN", compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of the TU collection: TOY/TOY_A.txt and so on."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for text, content in texts.items():
            archive.writestr(f"{name}/{name}_{text}.txt", content)
    return stream.getvalue()


def with_members(content: bytes, members: dict[str, str | bytes]) -> bytes:
    """An archive with more members."""
    stream = io.BytesIO(content)
    with zipfile.ZipFile(stream, "a") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return stream.getvalue()
