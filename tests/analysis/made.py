"""Made-up records, cards and cell tables for the tests of the upper floors, written into a temporary folder."""

import json
from pathlib import Path

from repool.canonical import digest
from repool.schemas import card as cards
from repool.schemas.record import sealed

VERSIONS = {"python": "3.11.7", "torch": "2.13.0+cpu", "numpy": "2.4.6", "numba": "0.68.1", "repool": "0.1.0"}


def content_of(dataset: str) -> str:
    """The digest of a dataset's arrays, made up."""
    return digest(f"content of {dataset}")


def make_card(folder: Path, dataset: str = "NCI1", **changes) -> Path:
    card = {
        "dataset": dataset,
        "task": "classification",
        "metric": "accuracy",
        "classes": 2,
        "split": "stratified",
        "directed": False,
        "features": {"kind": "labels", "count": 37},
        "graphs": 4110,
        "nodes": 122747,
        "arcs": 265506,
        "edges": 132753,
        "avg_nodes": 29.8654501,
        "avg_edges": 32.3,
        "dropped": {"self_loops": 0, "duplicate_edges": 0, "empty_graphs": 0},
        "status": "exact",
        "note": "",
        "licence": "TU collection",
        "source": [{"file": "data.zip", "sha256": "ab12" * 16, "origin": "https://example.org/", "verified": []}],
        "verified_parts": [],
        "expected": {},
        "options": {},
        "content_sha256": content_of(dataset),
    } | changes
    if card["metric"] == "mae" or card["classes"] is None:
        card |= {"task": "regression", "metric": "mae", "classes": None}
    path = folder / "data" / dataset / "card.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(cards.sealed(card)))
    return path


SPEC = {"model": {"family": "graclus", "hidden": 64}, "training": {"learning_rate": 0.001}}
EPOCHS = 143


def make_record(
    folder: Path, seed: int, test: float, dataset: str = "NCI1", method: str = "graclus", **changes
) -> Path:
    """A record that agrees with itself; given curves decide its epochs, and its last best epoch is 92 or the last."""
    given = changes.pop("curves", {})
    epochs = max(map(len, given.values()), default=EPOCHS)
    best = min(92, epochs)
    lower = changes.get("metric") == "mae"
    losses = [0.9, 0.5, 0.42, 0.4]
    curves = {
        "train_loss": [0.5] * epochs,
        "learning_rate": [0.001] * epochs,
        "test": [float(test)] * epochs,
        "validation": [0.8127 if epoch == best else 0.9 if lower else 0.5 for epoch in range(1, epochs + 1)],
        "validation_loss": (losses + losses[-1:] * epochs)[:epochs],
    }
    inside = {"homogeneity": [], "permutation": 0.0, "divergence": None} | changes.pop("inside", {})
    spec = {"dataset": dataset} | SPEC
    record = {
        **head(seed, dataset, method, changes.pop("spec", spec)),
        "outcome": "scored",
        "epochs": epochs,
        "best_epoch": best,
        "validation": 0.8127,
        "test": float(test),
        "inside": inside,
        "curves": curves | given,
        "split_sizes": [3288, 411, 411],
    } | changes
    return write_record(folder / "runs" / dataset / method / f"seed-{seed:02}.json", record)


def make_failed_record(folder: Path, seed: int, dataset: str = "NCI1", method: str = "graclus", **changes) -> Path:
    record = {
        **head(seed, dataset, method, {"dataset": dataset} | SPEC),
        "outcome": "failed",
        "epochs": 4,
        "reason": "the training loss is nan in epoch 4, batch 3 of 12",
        "epoch": 4,
        "batch": 3,
        "learning_rate": 0.001,
    } | changes
    return write_record(folder / "runs" / dataset / method / f"seed-{seed:02}.json", record)


def head(seed: int, dataset: str, method: str, spec: dict) -> dict:
    return {
        "schema": 3,
        "dataset": dataset,
        "method": method,
        "seed": seed,
        "metric": "accuracy",
        "parameters": 21378,
        "data_sha256": content_of(dataset),
        "spec": spec,
        "spec_sha256": digest(spec),
        "code": "c0de",
        "device": "cpu",
        "versions": VERSIONS,
    }


def write_record(path: Path, record: dict, seal: bool = True) -> Path:
    """As training lays it out, a key a line; sealed again, as by someone who knows how, or as it is."""
    content = sealed(record) if seal else record
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(f" {json.dumps(key)}: {json.dumps(content[key], sort_keys=True)}" for key in sorted(content))
    path.write_text(f"{{\n{lines}\n}}\n")
    return path


def make_timing(record: Path, seconds: float = 87.25, **changes) -> None:
    first = int(record.stem.removeprefix("seed-")) // 10 * 10
    timing = {
        "seconds_per_epoch": 0.61,
        "seconds": seconds,
        "started": "2026-11-22T10:00:00Z",
        "host": "somewhere",
        "device_name": "A processor",
        "block": [first, first + 9],
        "resumed": False,
        "peak_memory_mb": 401,
    } | changes
    record.with_suffix(".timing.json").write_text(json.dumps(timing))


def make_cell(
    folder: Path,
    dataset: str,
    method: str,
    scores: dict[int, float],
    metric="accuracy",
    status="exact",
    losses: dict[int, float] | None = None,
    permuted: dict[int, tuple[float, float]] | None = None,
    layers: dict[int, tuple[str, str, str]] | None = None,
    checks: dict[int, tuple[float | str, ...]] | None = None,
    seconds: dict[int, float] | None = None,
    parameters: int = 1000,
    changes: dict[int, float] | None = None,
    last: dict[int, float] | None = None,
) -> Path:
    """A cell table written by hand, not by `collect`: the format is what the tests of its readers hold fixed."""
    lines = [
        "dataset,method,metric,seed,epochs,parameters,best_epoch,validation,test,tied_epochs,test_first,test_last,"
    ]
    lines[0] += "validation_loss,descent_epochs,"
    lines[0] += (
        "permuted_best,permuted_mean,permuted_change,layer_rows,layer_shares,layer_matrix_shares,permutation,divergence_learned,divergence_identical,seconds_per_epoch,seconds,block,device,status"
    )
    losses, seconds, permuted, changes = losses or {}, seconds or {}, permuted or {}, changes or {}
    last = last or {}
    lines += [
        f"{dataset},{method},{metric},{seed},143,{parameters},92,0.8,{score!r},{1 + (seed in last)},{score!r},"
        f"{last.get(seed, score)!r},{losses.get(seed, 0.4)!r},20,"
        f"{','.join(map(str, permuted.get(seed, ('', ''))))},{changes.get(seed, '')},"
        f"{','.join((layers or {}).get(seed, ('', '', '')))},"
        f"{','.join(map(str, (checks or {}).get(seed, ('', '', ''))))},"
        f"{seconds.get(seed, 0.5)!r},71.5,{seed // 5 * 5}-{seed // 5 * 5 + 4},cpu,{status}"
        for seed, score in scores.items()
    ]
    path = folder / "tables" / "cells" / dataset / f"{method}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")
    return path
