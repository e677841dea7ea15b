"""Tables S2 to S4: the settings of the specs that ran, beside those that the paper prints."""

from typing import Any

import pandas as pd

from repool.analysis.files import read_json
from repool.analysis.published import Published
from repool.analysis.tables import write_table
from repool.artifacts.request import Request
from repool.errors import UserError
from repool.words.names import NOT_CONFIGURED, PENDING

COLUMNS = ("dataset", "option", "label", "value", "published", "differs", "methods", "status")
TEXT = COLUMNS
# The paper's columns: our option and its words.
OPTIONS = {
    "table_s2": {"layers": "#Layers", "hidden": "Hidden dim.", "batch": "Batch"},
    "table_s3": {
        "layers": "#Pool. Layers",
        "hidden": "GNN hidden dim.",
        "mlp_hidden": "MLP hidden dim.",
        "batch": "Batch",
    },
    "table_s4": {
        "memory_keys": "#Keys",
        "heads": "#Heads",
        "layers": "#Layers",
        "hidden": "Hidden dim.",
        "batch": "Batch",
    },
}


def tabulate(request: Request) -> None:
    """Write one row for each dataset and option: those of the grid first, then what else the paper's table has.

    Raises UserError if two methods of the table ran with different settings on one dataset.
    """
    summaries = [read_json(path) for path in request.summaries]
    printed = Published(request.published).settings(request.artifact)
    datasets = request.grid.datasets or list(dict.fromkeys(summary["dataset"] for summary in summaries))
    rows = []
    for dataset in dict.fromkeys([*datasets, *printed]):
        here = [summary for summary in summaries if summary["dataset"] == dataset]
        status = here[0]["status"] if here else PENDING if dataset in datasets else NOT_CONFIGURED
        for option, label in OPTIONS[request.artifact].items():
            value = common(option, here, dataset)
            published = text(printed.get(dataset, {}).get(option))
            rows.append(
                {
                    "dataset": dataset,
                    "option": option,
                    "label": label,
                    "value": value,
                    "published": published,
                    "differs": "" if not (value and published) else "no" if value == published else "yes",
                    "methods": "; ".join(summary["method"] for summary in here),
                    "status": status,
                }
            )
    write_table(request.out, pd.DataFrame(rows, columns=list(COLUMNS)))


def common(option: str, summaries: list[dict[str, Any]], dataset: str) -> str:
    """The value of an option that all methods ran with."""
    values = {summary["method"]: text(setting(summary["spec"], option)) for summary in summaries}
    if len(set(values.values())) > 1:
        listed = ", ".join(f"{method} {value}" for method, value in values.items())
        raise UserError(f"{option} differs between methods of one table on {dataset}: {listed}. Give them one table.")
    return next(iter(values.values()), "")


def setting(spec: dict[str, Any], option: str) -> Any:
    """An option of a spec; GMN has as many layers as sets of keys."""
    model = spec["model"]
    if option == "layers" and "memory_keys" in model:
        return len(model["memory_keys"])
    return spec["training"]["batch"] if option == "batch" else model[option]


def text(value: Any) -> str:
    """A setting as the paper prints it; nothing for none."""
    return "" if value is None else str(value)
