"""How often verdicts are right: the rules of `config/claims.yaml` on campaigns whose truth is known.

    python benchmarks/verdicts.py --campaigns 100 --out benchmarks/results/verdicts.csv

A row of the table is a truth and what was judged of it: a claim, one of the thesis' pairs, or whether two methods were
told apart or shown not to differ on a single dataset. Rates are shares of the campaigns, which `campaigns.py` makes up.
"""

import argparse
import gc
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from campaigns import Campaign, Truth, cells, rows_of

from repool.analysis.claims.verdicts import verdicts
from repool.analysis.published import Published
from repool.schemas.claims import Claims, read_claims
from repool.schemas.reading import read_yaml

CONFIG = Path(__file__).parents[1] / "config"
THESIS = "no-decrease"
CLAIMS = (
    *(THESIS, "complement-matches-graclus", "complement-matches-isotropic", "random-matches-diffpool"),
    *("simplified-gmn-matches-gmn", "simplified-gmn-lower-mae", "one-convolution-hurts", "global-pooling-suffices"),
    *("extra-datasets-agree", "mincut-matches-random"),
)
DECISIVE = read_yaml(CONFIG / "decisive.yaml")["seeds"]


def failed(rows: pd.DataFrame) -> pd.DataFrame:
    """Every run of COMPLEMENT broke down."""
    return rows.assign(test=rows["test"].where(rows["method"] != "complement"))


def diverged(rows: pd.DataFrame) -> pd.DataFrame:
    """Every run's loss is not a number at the end, and every score that of a coin."""
    return rows.assign(test=0.5, validation_loss=np.nan)


TRUTHS: dict[str, Campaign] = {
    "equal": Campaign(),
    "equal, decisive seeds": Campaign(seeds=DECISIVE),
    "the paper's printed means": Campaign(printed=True),
    "2 margins better": Campaign(gain={"default": 2.0}),
    "1 margin worse": Campaign(gain={"default": -1.0}),
    "1.5 margins worse": Campaign(gain={"default": -1.5}),
    "5 margins worse": Campaign(gain={"default": -5.0}),
    "5 margins worse on PROTEINS alone": Campaign(gain={"default": 0.0, "PROTEINS": -5.0}),
    "equal, 3 margins below the published": Campaign(shift=-3.0),
    "equal, 5 seeds": Campaign(seeds={"default": 5}),
    "equal, COMPLEMENT failed": Campaign(change=failed),
    "diverged": Campaign(change=diverged),
}


@cache
def rules() -> tuple[Claims, Published]:
    return read_claims(CONFIG / "claims.yaml"), Published(CONFIG / "published.yaml")


def judged(name: str, number: int, claims: tuple[str, ...] = CLAIMS) -> dict[str, dict[str, Any]]:
    """The verdicts on one campaign; its number decides what is drawn."""
    own, paper = rules()
    wanted = cells(own.claims[claim] for claim in claims)
    random = np.random.default_rng([list(TRUTHS).index(name), number])
    return verdicts(own, claims, paper, rows_of(TRUTHS[name], Truth(paper), wanted, random))


def outcomes(found: Mapping[str, dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """What was judged of a campaign, and how."""
    for name, claim in found.items():
        yield name, claim["verdict"]
    for pair, tests in pairs(found[THESIS]["tests"]).items():
        yield f"{THESIS}: {pair}", outcome_of_pair(tests)
        for test in tests:
            if not test["over"]:
                yield f"single dataset: {test['dataset']}", HELD[test["holds"]]


HELD = {True: "replicated", False: "not replicated", None: "inconclusive"}


def pairs(tests: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Tests by their pair of methods."""
    found: dict[str, list[dict[str, Any]]] = {}
    for test in tests:
        found.setdefault(f"{test['first']}:{test['second']}", []).append(test)
    return found


def outcome_of_pair(tests: list[dict[str, Any]]) -> str:
    """What became of one pair: its mean over the datasets decides, and none of them may fail."""
    refuted = any(test["holds"] is False for test in tests)
    return HELD[False] if refuted else HELD[next(test["holds"] for test in tests if test["over"])]


def campaign(task: tuple[str, int]) -> list[tuple[str, str]]:
    gc.freeze()  # statsmodels collects garbage in every call of Holm's correction
    return list(outcomes(judged(*task)))


def rates(name: str, number: int, pool: ProcessPoolExecutor) -> Iterator[dict[str, Any]]:
    """A row for each thing that was judged in all campaigns of a truth."""
    counts: dict[str, Counter[str]] = {}
    for found in pool.map(campaign, [(name, place) for place in range(number)], chunksize=5):
        for what, outcome in found:
            counts.setdefault(what, Counter())[outcome] += 1
    for what, count in counts.items():
        total = count.total()
        shares = {key: count[key] / total for key in sorted(count)}
        yield {"truth": name, "judged": what, "cases": total, **{key.replace(" ", "_"): v for key, v in shares.items()}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--campaigns", type=int, default=100, help="of each truth")
    parser.add_argument("--truths", nargs="*", default=list(TRUTHS), choices=TRUTHS, metavar="TRUTH")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    rows: list[dict[str, Any]] = []
    with ProcessPoolExecutor(options.processes) as pool:
        for name in options.truths:
            rows += rates(name, options.campaigns, pool)
            table = pd.DataFrame(rows).fillna(0)
            table.to_csv(options.out, index=False, float_format="%.3g")
            print(table[table["truth"] == name].to_string(index=False), flush=True)


if __name__ == "__main__":
    main()
