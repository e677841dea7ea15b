"""The archive with the workflow that made it as an RO-Crate to deposit (profile: Workflow Run Crate 0.5).

Needs rocrate, which envs/requirements-deposit.txt pins; nothing else here does.
"""

import shutil
from pathlib import Path
from typing import Any

from repool.archive.store import Archive, Cell
from repool.digests import sha256_of
from repool.errors import UserError

# What of the project makes the page from the archive, and trained its runs.
PARTS = ("Snakefile", "workflow", "config", "src", "report", "envs", "docs", "Makefile", "pyproject.toml")
BESIDE = ("README.md", "LICENSE", "CITATION.cff")
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
SNAKEMAKE = "https://w3id.org/workflowhub/workflow-ro-crate#snakemake"
TERMS = "https://w3id.org/ro/terms/workflow-run/context"
MAKERS = "#developers"


def write_crate(archive: Archive, project: Path, out: Path) -> int:
    """Write a folder that is the crate: project, archive and what describes them; returns how many runs it has.

    Raises UserError where the folder is there, the archive is empty or not sound, or rocrate is not installed.
    """
    try:
        from rocrate.rocrate import ROCrate
    except ImportError:
        raise UserError("rocrate is not installed: pip install -r envs/requirements-deposit.txt") from None
    if out.exists():
        raise UserError(f"{out} is there already. Name a folder that is not, or remove it.")
    cells = archive.cells()
    if not cells:
        raise UserError(f"{archive.folder} has no runs. `python -m repool archive add results/NAME` keeps some.")
    crate = ROCrate(version="1.1")
    _describe(crate, cells)
    for name in (*PARTS, *BESIDE):
        if name != "workflow":
            _add(crate, project / name, name)
    _add(crate, project / "workflow" / "rules", "workflow/rules")
    _add(crate, project / "workflow" / "lib", "workflow/lib")
    workflow = _workflow(crate, project / "workflow" / "Snakefile")
    for path in archive.of_kind("activations") + archive.of_kind("replays"):
        crate.add_file(path, _place(archive, path), properties={"sha256": sha256_of(path)})
    cards = {path: _card(crate, archive, path) for path in archive.of_kind("cards")}
    for cell in cells:
        _add_runs(crate, archive, cell, workflow, cards)
    crate.write(out)
    for cache in out.rglob("__pycache__"):
        shutil.rmtree(cache)
    return sum(len(cell.entries) for cell in cells)


def _place(archive: Archive, path: Path) -> str:
    return f"results/archive/{archive.name(path)}"


def _add(crate: Any, source: Path, name: str) -> None:
    if source.is_dir():
        crate.add_directory(source, name, properties={"name": name})
    elif source.is_file():
        crate.add_file(source, name, properties={"name": name})


def _describe(crate: Any, cells: list[Cell]) -> None:
    """The crate as a whole: its name, licence, makers, profiles and the day of its last run."""
    from rocrate.model.contextentity import ContextEntity

    crate.metadata.extra_contexts.append(TERMS)
    crate.name = "Rethinking pooling in graph neural networks, replicated: runs"
    crate.description = (
        "Records of training runs, a file for each dataset and specification, with the workflow that trains them and "
        "makes tables, figures and the page of the replication from them."
    )
    crate.license = "https://spdx.org/licenses/MIT"
    last = max(entry.timing.started for cell in cells for entry in cell.entries)
    crate.root_dataset["datePublished"] = last
    makers = crate.add(
        ContextEntity(crate, MAKERS, properties={"@type": "Organization", "name": "The repool developers"})
    )
    crate.root_dataset["author"] = makers
    crate.root_dataset["publisher"] = makers
    profiles = [
        crate.add(ContextEntity(crate, address, properties={"@type": "CreativeWork", "name": name, "version": "0.5"}))
        for address, name in PROFILES.items()
    ]
    crate.root_dataset["conformsTo"] = profiles


def _workflow(crate: Any, snakefile: Path) -> Any:
    workflow = crate.add_workflow(
        snakefile,
        "workflow/Snakefile",
        main=True,
        lang="snakemake",
        properties={"name": "repool: from raw archives to the page", "description": "The replication as one pipeline."},
    )
    workflow["license"] = "https://spdx.org/licenses/MIT"
    workflow["author"] = workflow["creator"] = {"@id": MAKERS}
    return workflow


def _card(crate: Any, archive: Archive, path: Path) -> Any:
    dataset, content = path.stem.split(".")
    properties = {
        "name": f"{dataset}, as prepared",
        "description": f"Counts, sources and digests of the data {content}.",
        "encodingFormat": "application/json",
        "sha256": sha256_of(path),
    }
    return crate.add_file(path, _place(archive, path), properties=properties)


def _add_runs(crate: Any, archive: Archive, cell: Cell, workflow: Any, cards: dict[Path, Any]) -> None:
    """The runs of a cell, and how they came to be."""
    path = archive.cell_file(cell.dataset, cell.spec_sha256)
    methods = ", ".join(sorted({entry.identity.method for entry in cell.entries}))
    properties = {
        "name": f"{methods} on {cell.dataset}",
        "description": f"{len(cell.entries)} runs as JSON lines: curves, scores, timings, versions.",
        "encodingFormat": "application/x-xz",
        "sha256": sha256_of(path),
    }
    runs = crate.add_file(path, _place(archive, path), properties=properties)
    started = sorted(entry.timing.started for entry in cell.entries)
    used = {archive.card_file(cell.dataset, entry.identity.data_sha256) for entry in cell.entries}
    crate.add_action(
        workflow,
        identifier=f"#trained-{cell.spec_sha256[:16]}",
        object=[cards[card] for card in sorted(used)],
        result=[runs],
        properties={
            "name": f"Training {methods} on {cell.dataset}",
            "startTime": started[0],
            "endTime": started[-1],
            "agent": {"@id": MAKERS},
            "actionStatus": "http://schema.org/CompletedActionStatus",
        },
    )
