"""By how much two methods differ from seed to seed, in margins: what decides how many seeds a claim needs.

    python benchmarks/deviations.py --results results/archived

A row a dataset: the deviation of paired differences, pooled over the pairs of methods that claims compare by their
scores there, its degrees of freedom, and the least and the greatest pair. docs/evidence.md has them in its table of
seeds.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd

from repool.schemas.claims import read_claims
from repool.words.names import METRICS

CLAIMS = Path(__file__).parents[1] / "config/claims.yaml"
PAIRED = ("not worse", "equivalent")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=Path, required=True, help="with claims.json, such as results/archived")
    print(deviations(parser.parse_args().results).to_string(index=False, float_format="{:.1f}".format))


def deviations(results: Path) -> pd.DataFrame:
    """`dataset, deviation, freedom, pairs, least, greatest`, deviations in margins."""
    rows = []
    for dataset, pairs in compared(results).items():
        found = [(differences(results, dataset, *pair) / margin) for pair, margin in pairs.items()]
        freedom = sum(len(one) - 1 for one in found)
        each = [float(one.std(ddof=1)) for one in found]
        pooled = np.sqrt(sum((len(one) - 1) * std**2 for one, std in zip(found, each, strict=True)) / freedom)
        rows.append((dataset, pooled, freedom, len(found), min(each), max(each)))
    return pd.DataFrame(rows, columns=["dataset", "deviation", "freedom", "pairs", "least", "greatest"])


def compared(results: Path) -> dict[str, dict[tuple[str, str], float]]:
    """Of each dataset the pairs of methods that claims compare there, with their margin; each pair once."""
    claims = json.loads((results / "claims.json").read_text(encoding="utf-8"))["claims"]
    margins = read_claims(CLAIMS).margins
    found: dict[str, dict[tuple[str, str], float]] = {}
    for test in (test for claim in claims for test in claim["tests"]):
        single = not test["over"] and not test["others"] and not test["measure"]
        if single and test["test"] in PAIRED and test["seeds"] > 1:
            first, second = sorted((test["first"], test["second"]))
            metric = test["metric"]
            # A margin of its own is another than what counts as equal.
            if test["margin"] == margins[metric]:
                found.setdefault(test["dataset"], {})[first, second] = test["margin"] / METRICS[metric].scale
    return found


def differences(results: Path, dataset: str, first: str, second: str) -> pd.Series:
    """Test scores of one method minus those of the other, over the seeds that both have."""
    folder = results / "tables" / "cells" / dataset
    one, other = (pd.read_csv(folder / f"{method}.csv").set_index("seed")["test"] for method in (first, second))
    return (one - other).dropna()


if __name__ == "__main__":
    main()
