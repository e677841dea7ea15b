"""Made-up records, cards and cell tables for the tests of the upper floors, written into a temporary folder."""

import json
from pathlib import Path

VERSIONS = {"python": "3.11.7", "torch": "2.13.0+cpu", "numpy": "2.4.6", "numba": "0.68.1", "repool": "0.1.0"}


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
        "edges": 132753,
        "avg_nodes": 29.8654501,
        "avg_edges": 32.3,
        "dropped": {"self_loops": 0, "duplicate_edges": 0},
        "status": "exact",
        "note": "",
        "licence": "TU collection",
        "source": [{"file": f"{dataset}.zip", "sha256": "ab12" * 16, "origin": "https://example.org/data.zip"}],
        "content_sha256": f"content-of-{dataset}",
    } | changes
    path = folder / "data" / dataset / "card.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(card))
    return path


def make_record(
    folder: Path, seed: int, test: float, dataset: str = "NCI1", method: str = "graclus", **changes
) -> Path:
    record = {
        "schema": 1,
        "dataset": dataset,
        "method": method,
        "seed": seed,
        "metric": "accuracy",
        "epochs": 143,
        "best_epoch": 92,
        "validation": 0.8127,
        "test": test,
        "parameters": 21378,
        "curves": {"test": [test], "validation_loss": [0.9, 0.5, 0.42, 0.4]},
        "data_sha256": f"content-of-{dataset}",
        "spec": {"method": method, "learning_rate": 0.001},
        "spec_sha256": f"spec-{dataset}-{method}",
        "code": "c0de",
        "device": "cpu",
        "versions": VERSIONS,
    } | changes
    path = folder / "runs" / dataset / method / f"seed-{seed:02}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record))
    return path


def make_timing(record: Path, seconds: float = 87.25, **changes) -> None:
    timing = {
        "seconds_per_epoch": 0.61,
        "seconds": seconds,
        "started": "2026-11-22T10:00:00Z",
        "host": "somewhere",
        "device_name": "A processor",
        "block": [0, 9],
        "resumed": 0,
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
) -> Path:
    """A cell table written by hand, not by `collect`: the format is what the tests of its readers hold fixed."""
    lines = ["dataset,method,metric,seed,epochs,best_epoch,validation,test,validation_loss,descent_epochs,"]
    lines[0] += (
        "permuted_best,permuted_mean,layer_rows,layer_shares,layer_matrix_shares,permutation,divergence_learned,divergence_identical,seconds_per_epoch,seconds,block,device,status"
    )
    losses, seconds, permuted = losses or {}, seconds or {}, permuted or {}
    lines += [
        f"{dataset},{method},{metric},{seed},143,92,0.8,{score!r},{losses.get(seed, 0.4)!r},20,"
        f"{','.join(map(str, permuted.get(seed, ('', ''))))},"
        f"{','.join((layers or {}).get(seed, ('', '', '')))},"
        f"{','.join(map(str, (checks or {}).get(seed, ('', '', ''))))},"
        f"{seconds.get(seed, 0.5)!r},71.5,{seed // 5 * 5}-{seed // 5 * 5 + 4},cpu,{status}"
        for seed, score in scores.items()
    ]
    path = folder / "tables" / "cells" / dataset / f"{method}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")
    return path
