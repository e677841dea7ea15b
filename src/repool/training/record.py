"""The record of a run, byte-stable, and the sidecar with what varies from run to run."""

import platform
import socket
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numba
import numpy as np
import torch

from repool import __version__
from repool.atomic import replacing
from repool.canonical import digest
from repool.schemas.record import SCHEMA, laid_out, sealed
from repool.training.block import Block, Run
from repool.training.device import processor

DIGITS = 7
# What computes beside the packages that a record names: scipy's BLAS multiplies, numba's compiler rounds.
PACKAGES = ("scipy", "llvmlite")
NO_EXAMPLES = np.zeros(0, np.int64)


def write(run: Run, block: Block, facts: dict[str, Any], folder: Path, activations: bool = False) -> None:
    """Write `seed-07.json` and `seed-07.timing.json` for one finished seed, and `seed-07.activations.npz` if asked to.

    A seed that failed has a record that says why, and no activations in the file of them.

    `facts` has spec, code, method, block (first and last seed), started, resumed, device_name, peak_memory_mb;
    first_losses of the seeds if they are known.
    """
    name = f"seed-{run.seed:02d}"
    if activations:
        _write_activations(run, folder / f"{name}.activations.npz")
    _write_json(_timing(run, facts), folder / f"{name}.timing.json")
    _write_json(sealed({**_common(run, block, facts), **_outcome(run)}), folder / f"{name}.json")


def _common(run: Run, block: Block, facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "dataset": facts["spec"]["dataset"],
        "method": facts["method"],
        "seed": run.seed,
        "metric": block.store.card["metric"],
        "epochs": len(run.curves["train_loss"]),
        "parameters": block.parameters,
        "data_sha256": block.store.card["content_sha256"],
        "spec": facts["spec"],
        "spec_sha256": digest(facts["spec"]),
        "code": facts["code"],
        "device": block.device.type,
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "numpy": np.__version__,
            "numba": numba.__version__,
            "repool": __version__,
        },
    }


def _score(run: Run) -> dict[str, Any]:
    best = run.plateau.best_epoch
    return {
        "outcome": "scored",
        "best_epoch": best,
        "validation": _rounded(run.curves["validation"][best - 1]),
        "test": _rounded(run.curves["test"][best - 1]),
        "inside": _inside(run),
        "curves": {name: [_rounded(value) for value in curve] for name, curve in run.curves.items()},
        "split_sizes": [len(part) for part in run.parts],
    }


def _outcome(run: Run) -> dict[str, Any]:
    return _score(run) if run.failure is None else {"outcome": "failed", **asdict(run.failure)}


def _inside(run: Run) -> dict[str, Any]:
    """What the network did inside at its best epoch (`repool.training.inside`)."""
    seen = run.inside
    assert seen is not None, "every run has a best epoch"
    return {
        "homogeneity": [
            {name: None if value is None else _rounded(value) for name, value in asdict(layer).items()}
            for layer in seen.homogeneity
        ],
        "permutation": _rounded(seen.permutation),
        "divergence": None
        if seen.divergence is None
        else dict(zip(("learned", "identical"), map(_rounded, seen.divergence), strict=True)),
    }


def _write_activations(run: Run, path: Path) -> None:
    """Arrays `graphs` and, for graph g of it and embedding l, `activations_g_l` [rows, width]; none if it failed."""
    kept = run.inside if run.failure is None else None
    arrays = {
        f"activations_{graph}_{layer}": rows
        for layer, graphs in enumerate(kept.activations if kept else [])
        for graph, rows in enumerate(graphs)
    }
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, graphs=kept.examples if kept else NO_EXAMPLES, **arrays)  # type: ignore[arg-type]


def _timing(run: Run, facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "seconds_per_epoch": run.training_seconds / len(run.curves["train_loss"]),
        "seconds": run.seconds,
        "host": socket.gethostname(),
        "processor": processor(),
        "packages": {name: version(name) for name in PACKAGES},
        **{name: facts[name] for name in ("started", "device_name", "block", "resumed", "peak_memory_mb")},
        "first_losses": _first_losses(run, facts),
    }


def _first_losses(run: Run, facts: dict[str, Any]) -> list[float] | None:
    """None where they are not known, since training went on from a later checkpoint, or one is not a number."""
    losses = facts.get("first_losses", {}).get(run.seed)
    return [_rounded(loss) for loss in losses] if losses and np.isfinite(losses).all() else None


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _write_json(value: dict[str, Any], path: Path) -> None:
    with replacing(path) as temporary:
        temporary.write_text(laid_out(value), encoding="utf-8")
