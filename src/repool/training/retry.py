"""Let seeds that failed train once more: their records go, and Snakemake finds them missing."""

from pathlib import Path

from repool.errors import UserError, nearest
from repool.schemas.block import named_seeds
from repool.schemas.record import NAME, Failed, named_seed, read_content


def retry(cell: str, seeds: list[int] | None, configuration: str | None, results: Path) -> list[Path]:
    """Remove the failed records of a cell (`NCI1/graclus`), those of some seeds if asked to; returns them.

    Their other files and the files of their blocks go with them. What is no failed record stays.

    Raises UserError if there is no such cell, or if several configurations have it and none is named.
    """
    folder = _folder(cell, configuration, results)
    failed = [path for path in sorted(folder.glob("seed-*.json")) if _failed(path, seeds)]
    for path in failed:
        for ending in (".json", ".timing.json", ".activations.npz"):
            path.with_suffix(ending).unlink(missing_ok=True)
    gone = {named_seed(path) for path in failed}
    for block in folder.glob("seeds-*.json"):
        if gone.intersection(named_seeds(block.name)):
            block.unlink(missing_ok=True)
    return failed


def _failed(path: Path, seeds: list[int] | None) -> bool:
    if not NAME.fullmatch(path.name) or (seeds is not None and named_seed(path) not in seeds):
        return False
    try:
        return isinstance(read_content(path), Failed)
    except UserError:
        return False


def _folder(cell: str, configuration: str | None, results: Path) -> Path:
    names = sorted(path.parent.name for path in results.glob("*/runs"))
    if configuration is not None and configuration not in names:
        raise UserError(f"{configuration} is no configuration with runs in {results}. {nearest(configuration, names)}")
    having = [name for name in ([configuration] if configuration else names) if _runs(results, name, cell).is_dir()]
    if not having:
        cells = {"/".join(path.parts[-2:]) for name in names for path in _runs(results, name, "").glob("*/*/")}
        raise UserError(f"there are no runs of {cell}. {nearest(cell, cells)}")
    if len(having) > 1:
        raise UserError(f"{', '.join(having)} have runs of {cell}: say which by --configuration.")
    return _runs(results, having[0], cell)


def _runs(results: Path, configuration: str, cell: str) -> Path:
    return results / configuration / "runs" / cell
