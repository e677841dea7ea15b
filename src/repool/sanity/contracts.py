"""What a pooling must keep for its training to mean anything; what it does not is said in a sentence each.

The first contracts are those without which the others cannot be asked: that it is found, made, called and understood.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from repool.errors import UserError
from repool.models.operators.calls import Operator
from repool.models.operators.found import find
from repool.sanity.made import SIZES, Made, MadeUp
from repool.sanity.subject import Subject

# Of single precision, after a few layers.
RELATIVE, ABSOLUTE = 1e-3, 1e-4


class Finding(NamedTuple):
    """A contract, and the sentence for what breaks it; none where it is kept."""

    contract: str
    broken: str = ""


def findings(model: dict[str, Any], declares: Sequence[str]) -> list[Finding]:
    """Every contract that could be asked, in order; after one of the first that is broken, no further.

    Args:
        model: options of the family that trains the pooling.
        declares: what it promises (`repool.schemas.sanity.Declared`).
    """
    found = Finding("is found, and needs nothing that the data lack", said(lambda: check_call(model)))
    if found.broken:
        return [found]
    made = MadeUp(model["hidden"])
    subjects: list[Subject] = []
    made_of = Finding("can be made", said(lambda: subjects.append(Subject(model, max(SIZES)))))
    if made_of.broken:
        return [found, made_of]
    subject = subjects[0]
    runs = Finding("gives rows, edges and graphs that fit together", said(lambda: subject.pooled(made.batch(), True)))
    if runs.broken:
        return [found, made_of, runs]
    asked: dict[str, Callable[[], None]] = {
        "gives numbers, and finite gradients": lambda: check_gradients(subject, made),
        "gives the same twice from the same seed": lambda: check_same(subject, made),
    }
    if "draws-in-evaluation" not in declares:
        asked["takes no statistics of a batch in evaluation"] = lambda: check_statistics(subject, made)
        asked["gives of a graph alone what it gives in a batch"] = lambda: check_alone(subject, made)
        if "permutation-invariant" in declares:
            asked["does not depend on the order of nodes"] = lambda: check_order(subject, made)
    if "row-stochastic" in declares:
        asked["has an assignment whose rows sum to 1"] = lambda: check_rows(subject, made)
    return [found, made_of, runs, *(Finding(name, said(check)) for name, check in asked.items())]


def said(check: Callable[[], Any]) -> str:
    """The sentence of what a check raises; empty where it raises nothing."""
    try:
        check()
    except UserError as error:
        return str(error)
    return ""


def check_call(model: dict[str, Any]) -> None:
    """The operator is there, and can be called with what the data have."""
    if model["family"] != "operator":
        return
    name = model["operator"]
    given = find(name, model["version"])
    if not callable(given):
        raise UserError(f"{name} is neither a class nor a function but a {type(given).__name__}.")
    if needed := Operator(name, given, model["arguments"], 1, 1).needs_edges:
        raise UserError(
            f"{name} needs {needed}, which the data lack: its edges only lead from node to node. Give {needed} a "
            "default of None, or choose an operator that does without."
        )


def check_gradients(subject: Subject, made: MadeUp) -> None:
    """X' and all gradients are numbers, and one reaches the features."""
    batch = made.batch()
    X = batch.X.clone().requires_grad_()
    pooled = subject.pooled(Made(batch.graphs, X), training=True)
    if not bool(torch.isfinite(pooled.X).all()):
        raise UserError(f"{subject.name} gives numbers that are none (NaN or infinite) of features that are.")
    loss = pooled.X.square().sum() + pooled.level.sum(pooled.X).square().sum()
    loss = loss if pooled.penalty is None else loss + pooled.penalty.sum()
    with subject.explained(batch):
        if not loss.requires_grad:
            raise UserError(
                f"{subject.name} passes no gradient on: what is before it cannot learn. Is there a detach()?"
            )
        loss.backward()
    if X.grad is None or not bool(X.grad.any()):
        raise UserError(f"{subject.name} passes no gradient on: what is before it cannot learn. Is there a detach()?")
    gradients = {"the features": X.grad, **{name: one.grad for name, one in subject.network.named_parameters()}}
    broken = [name for name, one in gradients.items() if one is not None and not bool(torch.isfinite(one).all())]
    if broken:
        raise UserError(
            f"{subject.name}: the gradient of {broken[0].removeprefix('stack.')} is not a number. A square root, a "
            "division or a logarithm at zero is the usual reason."
        )


def check_same(subject: Subject, made: MadeUp) -> None:
    """Two calls with the same seed give the same bits, in training and in evaluation."""
    batch = made.batch()
    for training in (True, False):
        first, second = (subject.seen(batch, training) for _ in range(2))
        if torch.equal(first, second):
            continue
        with seeded_elsewhere():
            first = subject.seen(batch, training)
        with seeded_elsewhere():
            second = subject.seen(batch, training)
        if torch.equal(first, second):
            raise UserError(
                f"{subject.name} gives something else the second time: it draws from NumPy's or Python's global "
                "stream, which the seed of a run does not reach. Draw with torch, whose stream it does."
            )
        raise UserError(
            f"{subject.name} gives something else the second time: it draws from a stream of its own, or keeps "
            "something between calls that is no buffer. Register it as a buffer, or draw with torch."
        )


@contextmanager
def seeded_elsewhere() -> Iterator[None]:
    """Seed the global streams of NumPy and Python, and put them back."""
    kept = np.random.get_state(), random.getstate()
    np.random.seed(0)
    random.seed(0)
    try:
        yield
    finally:
        np.random.set_state(kept[0])
        random.setstate(kept[1])


def check_statistics(subject: Subject, made: MadeUp) -> None:
    """No batch normalisation takes its statistics from the batch in evaluation."""
    original, of_batch = torch.nn.functional.batch_norm, []

    def watched(*given: Any, **named: Any) -> Tensor:
        names = ("input", "running_mean", "running_var", "weight", "bias", "training")
        of_batch.append(bool({**dict(zip(names, given, strict=False)), **named}.get("training", False)))
        return original(*given, **named)

    torch.nn.functional.batch_norm = watched
    try:
        subject.seen(made.batch())
    finally:
        torch.nn.functional.batch_norm = original
    if any(of_batch):
        raise UserError(
            f"{subject.name} takes the statistics of the batch in evaluation: a score would depend on which graphs are "
            "scored together. Keep those of training (track_running_stats=True, and no training=True)."
        )


def check_alone(subject: Subject, made: MadeUp) -> None:
    """What it gives of each graph does not depend on the graphs beside it."""
    together = subject.seen(made.batch())
    for graph, size in enumerate(SIZES):
        alone = subject.seen(made.batch(graph))[0]
        if not torch.allclose(together[graph], alone, RELATIVE, ABSOLUTE):
            rows = f" ({together[graph, 0]:.0f} rows, alone {alone[0]:.0f})" if together[graph, 0] != alone[0] else ""
            raise UserError(
                f"{subject.name} gives of a graph with {size} nodes something else in a batch than alone{rows}: it "
                "mixes graphs. What it ranks, normalises or sums, it must by `batch`."
            )


def check_order(subject: Subject, made: MadeUp) -> None:
    """The same graphs with their nodes in another order give the same."""
    as_it_is = subject.seen(made.batch())
    for order in (1, 2, 3):
        if not torch.allclose(as_it_is, subject.seen(made.batch(order=order)), RELATIVE, ABSOLUTE):
            raise UserError(
                f"{subject.name} depends on the order in which the nodes of a graph are listed, although it declares "
                "that it does not. Break ties and number clusters by features, or take permutation-invariant out of "
                "`declares`."
            )


def check_rows(subject: Subject, made: MadeUp) -> None:
    """Every node goes to clusters once in all: features of 1 sum to the number of nodes."""
    batch = made.batch()
    with torch.no_grad():
        X, level, _ = subject.pooled(Made(batch.graphs, torch.ones_like(batch.X)))
        rows = torch.from_numpy(np.diff(level.ptr[0])).to(X.dtype).unsqueeze(1)
        shares = level.mean_of_graph(X)[0] * rows / torch.tensor(SIZES, dtype=X.dtype).unsqueeze(1)
    worst = float(shares[(shares - 1).abs().argmax() // shares.size(1), 0])
    if abs(worst - 1) > RELATIVE:
        raise UserError(
            f"{subject.name}: the rows of its assignment sum to {worst:.3f}, although it declares that they sum to 1. "
            "Take row-stochastic out of `declares`, or let S be a softmax over clusters."
        )
