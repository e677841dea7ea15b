"""What stands in a cell table, a row for each seed."""

from repool.analysis import inside

COLUMNS = (
    "dataset",
    "method",
    "metric",
    "seed",
    "epochs",
    "parameters",
    "best_epoch",
    "validation",
    "test",
    "tied_epochs",
    "test_first",
    "test_last",
    "validation_loss",
    "descent_epochs",
    "permuted_best",
    "permuted_mean",
    "permuted_change",
    *inside.LAYERS.values(),
    *inside.CHECKS,
    "seconds_per_epoch",
    "seconds",
    "block",
    "device",
    "status",
)
# The columns that are whole numbers, or empty where a run has none.
WHOLE = ("epochs", "parameters", "best_epoch", "tied_epochs", "descent_epochs")
# The columns that are text.
TEXT = ("dataset", "method", "metric", "block", "device", "status", *inside.LAYERS.values())
# The columns that are scores of a dataset; they are stored as the record has them, and compared in the paper's units.
SCORES = ("test", "test_first", "test_last", "permuted_best", "permuted_mean", "permuted_change")
# What training gives of every run that did not fail.
EVERY_RUN_HAS = ("test", "validation_loss")
