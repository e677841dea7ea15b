"""What there is already of a block, and the file that says it is whole."""

from pathlib import Path
from typing import Any

from repool.atomic import replacing
from repool.canonical import canonical
from repool.errors import UserError
from repool.schemas.block import BlockFile, block_key, block_name, named_seeds, sha256_of
from repool.schemas.reading import read_json


def record_name(seed: int) -> str:
    """The record of a seed."""
    return f"seed-{seed:02d}.json"


def activations_name(seed: int) -> str:
    """The activations of a seed."""
    return f"seed-{seed:02d}.activations.npz"


def lacking(
    out: Path, seeds: list[int], spec: dict[str, Any], code: str, data: str, activations: int | None
) -> list[int]:
    """The seeds that have no whole record of this spec, code and data in `out`, or lack the activations asked for.

    An earlier training may have left the others: one that was killed after it wrote them, or a smaller block.
    """
    key = block_key(spec, code)
    return [seed for seed in seeds if not _is_there(out, seed, key, data, seed == activations)]


def conclude(out: Path, seeds: list[int], spec: dict[str, Any], code: str, activations: int | None) -> Path:
    """Write the block's file, and remove those of other specs or code whose records these replaced."""
    key = block_key(spec, code)
    for other in out.glob("seeds-*.json"):
        if not other.name.endswith(f".{key}.json") and set(named_seeds(other.name)) & set(seeds):
            other.unlink(missing_ok=True)
    kept = [activations_name(activations)] if activations in seeds else []
    whole = BlockFile(
        records={record_name(seed): sha256_of(out / record_name(seed)) for seed in seeds},
        activations={file: sha256_of(out / file) for file in kept},
    )
    path = out / block_name(seeds, key)
    with replacing(path) as temporary:
        temporary.write_text(canonical(whole.model_dump()) + "\n", encoding="utf-8")
    return path


def _is_there(out: Path, seed: int, key: str, data: str, activations: bool) -> bool:
    path = out / record_name(seed)
    if not path.is_file() or not path.with_suffix(".timing.json").is_file():
        return False
    if activations and not (out / activations_name(seed)).is_file():
        return False
    try:
        record = read_json(path)
        return bool((block_key(record["spec"], record["code"]), record["data_sha256"]) == (key, data))
    except (UserError, KeyError, TypeError):
        return False
