"""When a seed's learning rate falls and when the seed stops (appendix A.2)."""

import math
from dataclasses import dataclass
from typing import Any

RELATIVE_THRESHOLD = 1e-4


@dataclass
class Plateau:
    """One seed's schedule, on its validation score (higher is better).

    The learning rate falls as in torch's ReduceLROnPlateau(mode="max") with its default threshold; the best epoch and
    early stopping go by strict improvement.
    """

    learning_rate: float
    best_score: float = -math.inf
    best_epoch: int = 0
    reference: float = -math.inf
    bad_epochs: int = 0

    def update(self, score: float, epoch: int, protocol: dict[str, Any]) -> None:
        """Take the score of an epoch, counted from 1."""
        if score > self.best_score:
            self.best_score, self.best_epoch = score, epoch
        if score > self.reference * (1 + RELATIVE_THRESHOLD) or self.reference == -math.inf:
            self.reference, self.bad_epochs = score, 0
        else:
            self.bad_epochs += 1
        if self.bad_epochs > protocol["decay_patience"]:
            self.learning_rate = max(self.learning_rate * protocol["decay"], protocol["lowest_learning_rate"])
            self.bad_epochs = 0

    def stops(self, epoch: int, protocol: dict[str, Any]) -> bool:
        """Whether the seed ends with this epoch."""
        return epoch >= protocol["max_epochs"] or epoch - self.best_epoch >= protocol["stop_patience"]
