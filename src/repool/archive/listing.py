"""What an archive holds, a line for each cell."""

from collections import Counter
from collections.abc import Iterator

from repool.archive.replays import Chosen, choose, holding
from repool.archive.store import Archive, Cell, size
from repool.schemas.replay import Replay


def lines(archive: Archive) -> Iterator[str]:
    """A line for each cell, sorted, and the sum; raises UserError where the archive is not sound."""
    replays = holding(archive)
    cells = archive.cells()
    for cell in sorted(cells, key=lambda cell: (cell.dataset, _methods(cell), cell.spec_sha256)):
        yield f"{cell.dataset:8} {_methods(cell):24} {cell.spec_sha256[:12]}  {_runs(choose(cell, replays))}"
    runs = sum(len(cell.entries) for cell in cells)
    yield f"{runs:,} runs of {len(cells):,} cells in {size(archive.files()):,} bytes, {archive.folder}"


def _methods(cell: Cell) -> str:
    return ", ".join(sorted({entry.identity.method for entry in cell.entries}))


def _runs(chosen: Chosen) -> str:
    """How many seeds count for today's code, and why."""
    kinds = Counter(_kind(replay) for _, replay in chosen.entries.values())
    kinds.update(f"of {code}, not replayed" for code in chosen.other_code.values())
    return "; ".join(f"{count} {kind}" for kind, count in kinds.items())


def _kind(replay: Replay | None) -> str:
    return "by today's code" if replay is None else f"of {replay.code}, replayed {replay.date[:10]}"
