"""Which runs of a configuration there are already: what a page of an unfinished campaign is made from, and what not."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from repool import campaign
from repool.analysis.collect import other_data
from repool.canonical import digest
from repool.errors import UserError
from repool.fingerprint import training_code
from repool.schemas.card import read_card
from repool.schemas.record import Wanted, activations_of, glance, is_whole, read_record
from repool.schemas.timing import read_timing, timing_of
from repool.spec import spec
from repool_workflow import grid

# Why a record is left out.
NO_CARD = "the dataset has no card that can be read"
OTHER_SPEC = "trained with another specification"
OTHER_CODE = "trained by other code"
OTHER_DATA = "trained on other data than were prepared"
DAMAGED = "damaged, or changed after it was written"
NO_TIMING = "its timing is missing"
BROKEN_TIMING = "its timing is damaged"
BROKEN_ACTIVATIONS = "its activations are damaged"


@dataclass
class Found:
    """What a page can show and what it leaves out.

    Attributes:
        seeds: those of each (dataset, method) that it shows.
        left_out: those that it does not, by reason.
        cards: the datasets whose card can be read.
        without_card: why the others have none.
        blocks: of each cell the ranges of seeds that come from the archive; None where records are found as they are.
        with_activations: the cells whose first seed has activations in the archive.
    """

    seeds: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    left_out: dict[str, dict[tuple[str, str], list[int]]] = field(default_factory=dict)
    cards: dict[str, dict[str, Any]] = field(default_factory=dict)
    without_card: dict[str, str] = field(default_factory=dict)
    blocks: dict[tuple[str, str], list[list[int]]] | None = None
    with_activations: set[tuple[str, str]] = field(default_factory=set)

    def summary(self) -> dict[str, Any]:
        """What is left out, as the page takes it."""
        return {
            "records": [
                {"reason": reason, "dataset": dataset, "method": method, "seeds": seeds}
                for reason, cells in self.left_out.items()
                for (dataset, method), seeds in cells.items()
            ],
            "cards": self.without_card,
        }


def found(config: dict[str, Any]) -> Found:
    """What there is of every cell: whole records of this spec, training code and data, with their timings."""
    result = Found()
    for dataset in campaign.datasets(config):
        _add_card(result, dataset, Path(grid.card_file(config, dataset)))
    for dataset, method in campaign.all_cells(config):
        code = training_code(config["methods"][method]["family"])
        wanted = Wanted(spec(config, dataset, method), code)
        for seed in campaign.cell_seeds(config, dataset, method):
            path = grid.record_file(config, dataset, method, seed)
            if not Path(path).exists():
                continue
            if reason := _why_not(Path(path), wanted, result.cards.get(dataset)):
                result.left_out.setdefault(reason, {}).setdefault((dataset, method), []).append(seed)
            else:
                result.seeds.setdefault((dataset, method), []).append(seed)
    return result


def _add_card(result: Found, dataset: str, path: Path) -> None:
    try:
        result.cards[dataset] = read_card(path)
    except UserError as error:
        result.without_card[dataset] = str(error) if path.exists() else "not there"


def _why_not(path: Path, wanted: Wanted, card: dict[str, Any] | None) -> str:
    """Why a record is left out; empty where it is not."""
    if card is None:
        return NO_CARD
    if (seen := glance(path)) is None:
        return DAMAGED
    if seen[0] != digest(wanted.spec):
        return OTHER_SPEC
    try:
        record = read_record(path)
    except UserError:
        return OTHER_CODE if seen[1] != wanted.code else DAMAGED
    if wanted.refuses(record, path):
        return OTHER_CODE
    if other_data(record, card):
        return OTHER_DATA
    if activations_of(path).exists() and not is_whole(activations_of(path)):
        return BROKEN_ACTIVATIONS
    return _without_timing(timing_of(path))


def _without_timing(path: Path) -> str:
    if not path.exists():
        return NO_TIMING
    try:
        read_timing(path)
    except UserError:
        return BROKEN_TIMING
    return ""
