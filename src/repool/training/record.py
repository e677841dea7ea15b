"""The record of a run, byte-stable, and the sidecar with what varies from run to run."""

import json
import platform
import socket
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numba
import numpy as np
import torch

from repool import __version__
from repool.atomic import replacing
from repool.canonical import digest
from repool.training.block import Block, Run

SCHEMA = 2
DIGITS = 7


def write(run: Run, block: Block, facts: dict[str, Any], folder: Path, activations: bool = False) -> None:
    """Write `seed-07.json` and `seed-07.timing.json` for one finished seed, and `seed-07.activations.npz` if asked to.

    `facts` has spec, code, method, block (first and last seed), started, resumed, device_name, peak_memory_mb.
    """
    name = f"seed-{run.seed:02d}"
    if activations:
        _write_activations(run, folder / f"{name}.activations.npz")
    _write_json(_timing(run, facts), folder / f"{name}.timing.json")
    _write_json(_record(run, block, facts), folder / f"{name}.json")


def _record(run: Run, block: Block, facts: dict[str, Any]) -> dict[str, Any]:
    best = run.plateau.best_epoch
    return {
        "schema": SCHEMA,
        "dataset": facts["spec"]["dataset"],
        "method": facts["method"],
        "seed": run.seed,
        "metric": block.store.card["metric"],
        "epochs": len(run.curves["train_loss"]),
        "best_epoch": best,
        "validation": _rounded(run.curves["validation"][best - 1]),
        "test": _rounded(run.curves["test"][best - 1]),
        "parameters": block.parameters,
        "inside": _inside(run),
        "curves": {name: [_rounded(value) for value in curve] for name, curve in run.curves.items()},
        "split_sizes": [len(part) for part in run.parts],
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
    """Arrays `graphs` and, for graph g of it and embedding l, `activations_g_l` [rows, width]."""
    assert run.inside is not None
    arrays = {
        f"activations_{graph}_{layer}": rows
        for layer, graphs in enumerate(run.inside.activations)
        for graph, rows in enumerate(graphs)
    }
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, graphs=run.inside.examples, **arrays)  # type: ignore[arg-type]


def _timing(run: Run, facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "seconds_per_epoch": run.training_seconds / len(run.curves["train_loss"]),
        "seconds": run.seconds,
        "host": socket.gethostname(),
        **{name: facts[name] for name in ("started", "device_name", "block", "resumed", "peak_memory_mb")},
    }


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _write_json(value: dict[str, Any], path: Path) -> None:
    """One key a line, so that a long curve stays on its own."""
    lines = ",\n".join(f" {json.dumps(key)}: {json.dumps(value[key], sort_keys=True)}" for key in sorted(value))
    with replacing(path) as temporary:
        temporary.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
