"""What trained networks do inside, as the cell tables hold it; the layers of a run stand in one field, by "; "."""

from collections.abc import Iterable

from repool.schemas.record import Inside

BETWEEN = "; "
# The columns of the cell tables, by the keys of a record's `inside.homogeneity`.
LAYERS = {"rows": "layer_rows", "share": "layer_shares", "share_of_matrix": "layer_matrix_shares"}
# Numbers of a run: what another order of nodes changes, and the divergence of graph memory networks.
CHECKS = ("permutation", "divergence_learned", "divergence_identical")
# What tests compare: a column, and the layer before (0) or after (1) the first pooling.
MEASURES = {
    "matrix_share_before": ("layer_matrix_shares", 0),
    "matrix_share_after": ("layer_matrix_shares", 1),
}


def fields(seen: Inside) -> dict[str, str | float | None]:
    """The columns above of one run; empty where its network has no divergence."""
    divergence = seen.divergence
    found: dict[str, str | float | None] = {
        column: BETWEEN.join(_written(getattr(layer, key)) for layer in seen.homogeneity)
        for key, column in LAYERS.items()
    }
    learned, identical = (divergence.learned, divergence.identical) if divergence else (None, None)
    return found | dict(zip(CHECKS, (seen.permutation, learned, identical), strict=True))


def _written(value: float | None) -> str:
    return "nan" if value is None else str(value)


def layers(field: str) -> list[float]:
    """The numbers of a field, a layer each; NaN where a layer has none."""
    return [float(number) for number in field.split(BETWEEN)] if field else []


def of_layer(fields: Iterable[str], rows: Iterable[str], position: int) -> list[float]:
    """The number of one layer by run, from fields of several and from how many rows a graph has at each.

    NaN where a run has no such layer, or one row a graph, which is alike by itself.
    """
    return [
        numbers[position] if len(numbers) > position and there[position] > 1 else float("nan")
        for numbers, there in zip(map(layers, fields), map(layers, rows), strict=True)
    ]
