"""Which runs of a configuration there are already: what a page of an unfinished campaign is made from."""

import json
import sys
from pathlib import Path
from typing import Any

from repool.canonical import digest
from repool.fingerprint import training_code
from repool.spec import spec_text
from repool_workflow import grid

Found = dict[tuple[str, str], list[int]]


def found(config: dict[str, Any]) -> Found:
    """The seeds of each cell that have a record of this spec and training code, where the dataset has a card.

    What has another is left out and counted on stderr.
    """
    kept: Found = {}
    others = 0
    for dataset, method in grid.all_cells(config):
        if not Path(grid.card_file(config, dataset)).exists():
            continue
        code = training_code(config["methods"][method]["family"])
        wanted = digest(json.loads(spec_text(config, dataset, method))), code
        for seed in grid.cell_seeds(config, method):
            path = grid.record_file(config, dataset, method, seed)
            if not Path(path).exists() or not Path(path.replace(".json", ".timing.json")).exists():
                continue
            record = json.loads(Path(path).read_text(encoding="utf-8"))
            if (record["spec_sha256"], record["code"]) == wanted:
                kept.setdefault((dataset, method), []).append(seed)
            else:
                others += 1
    if others:
        print(f"partial: {others} records of another spec or other training code are left out.", file=sys.stderr)
    return kept
