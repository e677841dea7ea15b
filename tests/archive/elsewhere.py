"""Runs of another processor, or of other code there."""

from repool.archive.replay import Run
from repool.schemas.archived import Entry


def other(run: Run, **timing: object) -> Entry:
    """The same run by later code on another processor, with other rounding from the third epoch on."""
    curves = {**run.entry.record["curves"]}
    curves["train_loss"] = [*curves["train_loss"][:2], *(loss * 1.01 for loss in curves["train_loss"][2:])]
    record = {**run.entry.record, "curves": curves, "code": "later"}
    timing = {"device_name": "another", "first_losses": [0.7, 0.6], **timing}
    return run.entry.model_copy(update={"record": record, "timing": run.entry.timing.model_copy(update=timing)})


def of_a_processor(run: Run, processor: str, **timing: object) -> Run:
    timing = run.entry.timing.model_copy(update={"processor": processor, **timing})
    return run._replace(entry=run.entry.model_copy(update={"timing": timing}))
