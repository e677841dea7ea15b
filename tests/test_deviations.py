"""By how much two methods differ from seed to seed, counted by hand."""

import json

import pandas as pd
from deviations import deviations

ALONE = {"over": [], "others": [], "measure": "", "metric": "accuracy", "seeds": 3, "margin": 1.0}
PAIR = {"dataset": "NCI1", "test": "not worse", "first": "b", "second": "a"}


def test_pairs_that_claims_compare_count_once_and_by_their_seeds(tmp_path):
    """Differences of 1, 2 and 3 points (deviation 1), and of 0 and 4 (deviation 2.8): (2 x 1 + 1 x 8) / 3 pooled."""
    tests = [
        ALONE | PAIR,
        ALONE | PAIR | {"test": "equivalent", "first": "a", "second": "b"},
        ALONE | PAIR | {"second": "c", "seeds": 2},
        # None of these: another test, another measure, over several datasets, a margin of its own, too few seeds.
        ALONE | PAIR | {"test": "published", "second": ""},
        ALONE | PAIR | {"measure": "learned parameters", "second": "d"},
        ALONE | PAIR | {"dataset": "all", "over": ["NCI1", "DD"], "metric": "margins"},
        ALONE | PAIR | {"second": "d", "margin": 4.0},
        ALONE | PAIR | {"second": "d", "seeds": 1},
    ]
    (tmp_path / "claims.json").write_text(json.dumps({"claims": [{"tests": tests[:1]}, {"tests": tests[1:]}]}))
    cells = tmp_path / "tables/cells/NCI1"
    cells.mkdir(parents=True)
    for method, scores in {"a": [0.5, 0.5, 0.5], "b": [0.51, 0.52, 0.53], "c": [0.51, 0.48, None]}.items():
        pd.DataFrame({"seed": [0, 1, 2], "test": scores}).to_csv(cells / f"{method}.csv", index=False)
    (row,) = deviations(tmp_path).round(4).itertuples(index=False)
    assert row == ("NCI1", round((10 / 3) ** 0.5, 4), 3, 2, 1.0, round(8**0.5, 4))
