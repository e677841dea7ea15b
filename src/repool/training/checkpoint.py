"""A block in training as one file, from which it goes on to the same bytes.

Tensors are torch's, everything else is JSON beside them, so that reading a checkpoint executes nothing.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from repool.atomic import replacing
from repool.training.block import Block, Run
from repool.training.inside import Homogeneity, Inside
from repool.training.plateau import Plateau


def save(block: Block, path: Path) -> None:
    """Write the block's state under `path`, atomically."""
    state = {
        "epoch": block.epoch,
        "batch": block.batch,
        "steps": block.optimiser.steps,
        "live": [_run_state(run) for run in block.live],
        "finished": [_run_state(run) for run in block.finished],
    }
    tensors = {
        **block.optimiser.state(),
        "order": torch.from_numpy(block.order),
        "pooling": torch.from_numpy(block.pooling.view(np.int64)),
        "batch_losses": block.batch_losses,
        **{f"buffer/{name}": value for name, value in block.network.named_buffers()},
        **{name: value for run in block.live + block.finished for name, value in _activations(run).items()},
    }
    with replacing(path) as temporary:
        torch.save({"state": json.dumps(state), "tensors": tensors}, temporary)


def restore(block: Block, path: Path) -> None:
    """Bring a fresh block of the same spec, data and seeds to the state of a checkpoint."""
    saved = torch.load(path, map_location=block.device, weights_only=True)
    state, tensors = json.loads(saved["state"]), saved["tensors"]
    runs = {run.seed: run for run in block.live}
    block.live = [_restored(runs[entry["seed"]], entry, tensors) for entry in state["live"]]
    block.finished = [_restored(runs[entry["seed"]], entry, tensors) for entry in state["finished"]]
    block.epoch, block.batch = state["epoch"], state["batch"]
    block.optimiser.load({name: tensors[name] for name in block.optimiser.state()}, state["steps"])
    block.order = tensors["order"].cpu().numpy()
    block.pooling = tensors["pooling"].cpu().numpy().view(np.uint64)
    block.batch_losses = tensors["batch_losses"]
    block.enter_epoch()
    for name, value in block.network.named_buffers():
        value.data = tensors[f"buffer/{name}"]


def _run_state(run: Run) -> dict[str, Any]:
    return {
        "seed": run.seed,
        "batches": run.batches.bit_generator.state,
        "plateau": asdict(run.plateau),
        "curves": run.curves,
        "training_seconds": run.training_seconds,
        "seconds": run.seconds,
        "failure": run.failure,
        "inside": None if run.inside is None else _inside_state(run.inside),
    }


def _inside_state(inside: Inside) -> dict[str, Any]:
    return {
        "homogeneity": [asdict(layer) for layer in inside.homogeneity],
        "permutation": inside.permutation,
        "divergence": inside.divergence,
        "examples": inside.examples.tolist(),
        "embeddings": len(inside.activations),
    }


def _activations(run: Run) -> dict[str, torch.Tensor]:
    if run.inside is None:
        return {}
    return {
        f"activations/{run.seed}/{layer}/{graph}": torch.from_numpy(rows)
        for layer, graphs in enumerate(run.inside.activations)
        for graph, rows in enumerate(graphs)
    }


def _restored(run: Run, state: dict[str, Any], tensors: dict[str, torch.Tensor]) -> Run:
    run.batches.bit_generator.state = state["batches"]
    run.plateau = Plateau(**state["plateau"])
    run.curves = state["curves"]
    run.training_seconds, run.seconds = state["training_seconds"], state["seconds"]
    run.failure = state["failure"]
    if state["inside"] is not None:
        run.inside = _inside(run.seed, state["inside"], tensors)
    return run


def _inside(seed: int, state: dict[str, Any], tensors: dict[str, torch.Tensor]) -> Inside:
    return Inside(
        homogeneity=[Homogeneity(**layer) for layer in state["homogeneity"]],
        permutation=state["permutation"],
        divergence=None if state["divergence"] is None else (state["divergence"][0], state["divergence"][1]),
        examples=np.array(state["examples"], np.int64),
        activations=[
            [tensors[f"activations/{seed}/{layer}/{graph}"].cpu().numpy() for graph in range(len(state["examples"]))]
            for layer in range(state["embeddings"])
        ],
    )
