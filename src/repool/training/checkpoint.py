"""A block in training as one file, from which it goes on to the same bytes.

Tensors are torch's, everything else is JSON beside them, so that reading a checkpoint executes nothing.
"""

import hashlib
import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from repool.atomic import replacing
from repool.training.block import Block, Failure, Run
from repool.training.inside import Homogeneity, Inside
from repool.training.plateau import Plateau

HEADER = b"repool checkpoint 1\n"


class DamagedError(Exception):
    """A file that is no whole checkpoint of the block."""


def save(block: Block, path: Path, key: str) -> None:
    """Write the block's state under `path`, atomically; `key` is that of all that it depends on."""
    state = {
        "key": key,
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
    # Not into the file itself: of a full disk torch says nothing that could be told from a bug.
    buffer = io.BytesIO()
    torch.save({"state": json.dumps(state), "tensors": tensors}, buffer)
    content = buffer.getbuffer()
    with replacing(path) as temporary, temporary.open("wb") as file:
        file.write(HEADER + hashlib.sha256(content).digest())
        file.write(content)


def restore(block: Block, path: Path, key: str) -> None:
    """Bring a fresh block of the same spec, data and seeds to the state of a checkpoint.

    Raises:
        DamagedError: the file is empty, cut, changed, or of another block; the block is as it was.
    """
    saved = torch.load(io.BytesIO(_content(path)), map_location=block.device, weights_only=True)
    state, tensors = json.loads(saved["state"]), saved["tensors"]
    if state["key"] != key:
        raise DamagedError(f"it is of another block (key {state['key']}, expected {key})")
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


def _content(path: Path) -> bytes:
    """What torch has written, once its hash is found right."""
    whole = path.read_bytes()
    start = len(HEADER) + hashlib.sha256().digest_size
    if not whole.startswith(HEADER):
        raise DamagedError("it is empty" if not whole else "it is no checkpoint of this version")
    if hashlib.sha256(whole[start:]).digest() != whole[len(HEADER) : start]:
        raise DamagedError("it is cut or changed: its checksum is wrong")
    return whole[start:]


def _run_state(run: Run) -> dict[str, Any]:
    return {
        "seed": run.seed,
        "batches": run.batches.bit_generator.state,
        "plateau": asdict(run.plateau),
        "curves": run.curves,
        "training_seconds": run.training_seconds,
        "seconds": run.seconds,
        "failure": run.failure and asdict(run.failure),
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
    run.failure = state["failure"] and Failure(**state["failure"])
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
