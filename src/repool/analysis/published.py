"""The paper's printed numbers, looked up by artifact, method and dataset."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from repool.schemas.checked import plain
from repool.schemas.published import OWN, Contradiction, read_published
from repool.schemas.reading import read_text
from repool.words.names import NO, YES

# A dataset that an artifact's own table does not have is looked up in these, in this order: the cells are the same
# experiment, which the paper spreads over tables by dataset. Last comes table 2, whose networks with many convolutions
# are those of the others, printed without deviations.
SCORE_TABLES = ("table_1", "table_3", "global_mean_pooling", "table_s5")
# Behind every mean and deviation of the paper's own (section 2.1).
RUNS = 20


@dataclass(frozen=True)
class Score:
    """Mean and standard deviation as printed (None where not legible), who ran it, and the table it stands in."""

    mean: float | None
    std: float | None
    source: str
    table: str


class Published:
    """config/published.yaml."""

    def __init__(self, path: Path):
        """Read the file; UserError for what is no number of the paper."""
        self._paper = read_published(path)
        self._printed: dict[str, Any] = yaml.load(read_text(path), Loader=yaml.CBaseLoader)  # numbers as texts

    def score(self, artifact: str, method: str, dataset: str) -> Score | None:
        """What the paper prints for a cell, from the artifact's own table first; None if it prints nothing."""
        for table in (artifact, *SCORE_TABLES):
            row = self._paper.scores.get(table, {}).get(method)
            if row and dataset in row.cells:
                mean, std = row.cells[dataset] or (None, None)
                return Score(mean, std, row.source, table)
        both = self._paper.table_2.get(method, {}).get(dataset)
        return Score(both.many, None, OWN, "table_2") if both else None

    def deviation(self, method: str, dataset: str) -> float | None:
        """Of a method as printed, or the average of those that are printed for own runs there; None where none is."""
        own = self.score("table_s5", method, dataset)
        if own is not None and own.std is not None:
            return own.std
        rows = [row for table in self._paper.scores.values() for row in table.values() if row.source == OWN]
        known = [cell[1] for row in rows if (cell := row.cells.get(dataset)) is not None and cell[1] is not None]
        return sum(known) / len(known) if known else None

    def methods(self, artifact: str) -> list[str]:
        """The methods of an artifact's table, in the paper's order."""
        return list(self._paper.scores.get(artifact, {}))

    def datasets(self, artifact: str) -> list[str]:
        """The datasets of an artifact's table, in the paper's order."""
        rows = self._paper.scores.get(artifact, {}).values()
        return list(dict.fromkeys(dataset for row in rows for dataset in row.cells))

    def statistics(self) -> dict[str, dict[str, str]]:
        """Table S1: what the paper prints about each dataset, with the decimals that it prints."""
        return dict(self._printed.get("table_s1", {}))

    def ablation(self) -> dict[str, dict[str, dict[str, float]]]:
        """Table 2: by method and dataset, the means with one convolution and with many."""
        return plain(self._paper.table_2)

    def settings(self, artifact: str) -> dict[str, dict[str, Any]]:
        """Tables S2 to S4: by dataset, the printed hyper-parameters."""
        return plain(getattr(self._paper, artifact))

    def relative_times(self) -> dict[str, dict[str, float]]:
        """Section 2: by method and dataset, the share of GMN's time per epoch that it takes at best."""
        return self._paper.epoch_times

    def invariances(self) -> dict[str, tuple[str, str]]:
        """Appendix C: by method, whether it is said to be permutation invariant (yes, no, empty), and where."""
        words = {True: YES, False: NO, None: ""}
        return {name: (words[row.invariant], row.by) for name, row in self._paper.appendix_c.items()}

    def contradictions(self) -> list[Contradiction]:
        """Where the paper says two things."""
        return self._paper.contradictions

    def claims(self) -> dict[str, str]:
        """The paper's claims in its order: what each says, by id."""
        return {claim.id: claim.says for claim in self._paper.claims}
