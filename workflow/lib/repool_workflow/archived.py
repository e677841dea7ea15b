"""What the archive has of a configuration: what a page is made from where nothing trains."""

from pathlib import Path
from typing import Any

from repool import campaign
from repool.archive.replays import choose, holding
from repool.archive.restore import most_used
from repool.archive.store import Archive, Cell
from repool.canonical import digest
from repool.schemas.block import consecutive, named_seeds
from repool.schemas.replay import Replay
from repool.spec import spec
from repool_workflow.found import OTHER_CODE, OTHER_DATA, Found
from repool_workflow.mistakes import for_snakemake
from repool_workflow.places import here


@for_snakemake
def archived(config: dict[str, Any]) -> Found:
    """What there is of every cell, by the code of today or adopted for it.

    Raises:
        WorkflowError: a file of the archive is not sound.
    """
    archive = Archive(Path(here("results/archive")))
    replays = holding(archive)
    result = Found(blocks={})
    cells: dict[str, list[tuple[str, Cell]]] = {name: [] for name in campaign.datasets(config)}
    for dataset, method in campaign.all_cells(config):
        cells[dataset].append((method, archive.cell(spec(config, dataset, method))))
    for dataset, of_dataset in cells.items():
        content = most_used([cell for _, cell in of_dataset], replays)
        if content is not None:
            result.cards[dataset] = archive.card(dataset, content)
        for method, cell in of_dataset:
            _add_cell(result, config, method, cell, replays, content)
    return result


def _add_cell(
    result: Found, config: dict[str, Any], method: str, cell: Cell, replays: list[Replay], content: str | None
) -> None:
    name, wanted = (cell.dataset, method), campaign.cell_seeds(config, cell.dataset, method)
    chosen = choose(cell, replays, content)
    for reason, seeds in ((OTHER_CODE, chosen.other_code), (OTHER_DATA, chosen.other_data)):
        if left_out := [seed for seed in wanted if seed in seeds]:
            result.left_out.setdefault(reason, {})[name] = left_out
    if shown := [seed for seed in wanted if seed in chosen.entries]:
        assert result.blocks is not None
        result.seeds[name], result.blocks[name] = shown, consecutive(shown)
        first = chosen.entries.get(campaign.all_seeds(config, cell.dataset, method)[0])
        if first is not None and first[0].activations:
            result.with_activations.add(name)


def kept_card(found: Found, dataset: str) -> str:
    """The card of a dataset in the archive, relative to the project."""
    content = found.cards[dataset]["content_sha256"]
    return Archive(Path("results/archive")).card_file(dataset, content).as_posix()


def kept_runs(config: dict[str, Any], dataset: str, method: str) -> str:
    """The runs of a cell in the archive, relative to the project."""
    return Archive(Path("results/archive")).cell_file(dataset, digest(spec(config, dataset, method))).as_posix()


def kept_activations(config: dict[str, Any], found: Found, dataset: str, method: str, block: str) -> str:
    """The option that asks for the activations of a cell's first seed, where its block has them."""
    first = campaign.all_seeds(config, dataset, method)[0]
    has = (dataset, method) in found.with_activations and first in named_seeds(f"seeds-{block}.json")
    return f"--activations {first}" if has else ""
