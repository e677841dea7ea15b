"""What an epoch of a block takes, `probes/NCI1/graclus.json`: two were trained to find out."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from repool.atomic import replacing
from repool.errors import UserError
from repool.schemas.checked import Checked, checked
from repool.schemas.reading import read_json
from repool.schemas.record import laid_out


class Probe(Checked):
    """Seconds that an epoch takes of a seed, when `seeds` of them train together.

    `trained` says which share of the batches of an epoch was trained; the others count as much as those.
    """

    spec_sha256: str
    code: str
    seeds: Annotated[int, Field(ge=1)]
    seconds_an_epoch: Annotated[float, Field(ge=0)]
    trained: Annotated[float, Field(gt=0, le=1)]
    device: str
    device_name: str
    date: str


def read_probe(path: Path) -> Probe:
    """What was measured of a cell; raises UserError where there is no sound file of it."""
    try:
        return checked(Probe, read_json(path), str(path))
    except UserError as error:
        raise UserError(f"{error} Delete it: the next --probe measures again.") from None


def write_probe(path: Path, probe: Probe) -> None:
    """Keep what was measured of a cell."""
    with replacing(path) as temporary:
        temporary.write_text(laid_out(probe.model_dump()), encoding="utf-8")
