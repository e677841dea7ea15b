"""What is measured once a block of seeds, not once a seed."""

from collections.abc import Sequence

import pandas as pd


def by_block(runs: pd.DataFrame, methods: Sequence[str]) -> pd.DataFrame:
    """Seconds per epoch of methods on one dataset, a row a block: what its seeds' shares are on average."""
    timed = runs.dropna(subset=["seconds_per_epoch"])
    means = timed.groupby(["block", "method"])["seconds_per_epoch"].mean().unstack("method")
    return means.reindex(columns=list(dict.fromkeys(methods)))
