"""Figures 3, 7 and S1: the curves of cells, dataset by dataset."""

import pandas as pd

from repool.analysis.curves import COLUMNS, TEXT, not_run
from repool.analysis.tables import read_table, write_table
from repool.artifacts.curves.needs import curve
from repool.artifacts.request import Request
from repool.words.names import PENDING

__all__ = ["COLUMNS", "TEXT", "tabulate"]


def tabulate(request: Request) -> None:
    """Write the curves of all cells, dataset by dataset; a cell of the grid without one has a single, empty row."""
    tables = [read_table(path, COLUMNS, TEXT) for path in request.curves]
    found = {(table["dataset"].iloc[0], table["method"].iloc[0]): table for table in tables}
    methods = request.grid.methods or list(dict.fromkeys(method for _, method in found))
    datasets = request.grid.datasets or list(dict.fromkeys(dataset for dataset, _ in found))
    parts = [
        found[dataset, method]
        if (dataset, method) in found
        else not_run(dataset, method, curve(request.artifact), request.grid, PENDING)
        for dataset in datasets
        for method in methods
    ]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))
    table[["epoch", "runs", "seeds"]] = table[["epoch", "runs", "seeds"]].astype("Int64")
    write_table(request.out, table, digits=10)
