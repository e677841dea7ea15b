"""What `repool train --spec` takes: the whole of a cell's training, and nothing else."""

from typing import Self

from pydantic import model_validator

from repool.schemas.checked import ABSENT, Checked
from repool.schemas.names import DatasetName
from repool.schemas.options import Batch, FamilyName, NetworkOptions, Select, Training, check_options
from repool.spec import MODEL_OPTIONS


class Model(NetworkOptions):
    """A network: its family, and exactly the options that the family reads."""

    family: FamilyName
    select: Select = ABSENT

    @model_validator(mode="after")
    def _of_its_family(self) -> Self:
        check_options(self.family, {option: getattr(self, option) for option in self.model_fields_set})
        lacking = sorted({*MODEL_OPTIONS[self.family]} - self.model_fields_set)
        if lacking:
            raise ValueError(f"the family {self.family} lacks {', '.join(lacking)}. `repool spec` prints a whole spec.")
        return self


class SpecTraining(Training):
    """A protocol with its size of a batch."""

    batch: Batch


class Spec(Checked):
    """The canonical form of everything that changes a cell's training."""

    dataset: DatasetName
    model: Model
    training: SpecTraining
