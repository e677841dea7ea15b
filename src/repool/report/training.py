"""Training curves on the page: a figure a dataset, in which each method that was trained has its place."""

from dataclasses import dataclass

from markupsafe import Markup

from repool.report.inputs import Inputs
from repool.report.seeds import Cell
from repool.report.svg import inline


@dataclass(frozen=True)
class Training:
    """How the networks of one dataset trained.

    Attributes:
        anchor: its place on the page; that of a method is `places` of its cell.
        methods: their names, in the order of the figure.
        svg: the figure, ready to stand in the page.
        table, figure: every epoch of every run, and the files of the figure, from the folder of the project.
        places: by the cell's place, that of its panels.
    """

    anchor: str
    dataset: str
    methods: list[str]
    svg: Markup
    table: str
    figure: str
    places: dict[str, str]


def trainings(inputs: Inputs, known: dict[tuple[str, str], Cell]) -> list[Training]:
    """Those datasets whose figure was drawn, in the configuration's order."""
    return [training(name, inputs, known) for name in inputs.run.cells if name in inputs.training]


def training(dataset: str, inputs: Inputs, known: dict[tuple[str, str], Cell]) -> Training:
    """One dataset; the panels of a method are named after it in the figure."""
    anchor, svg = f"training-{dataset}", inputs.training[dataset]
    cells = {method: cell for (name, method), cell in known.items() if name == dataset and f'<g id="{method}">' in svg}
    methods = [cell.method for cell in cells.values()]
    said = f"Each of {len(methods)} methods in three panels: {', '.join(methods)}. The numbers are in the table."
    return Training(
        anchor=anchor,
        dataset=dataset,
        methods=methods,
        # Not escaped: it is our own figure, parsed and written again as well-formed XML.
        svg=Markup(inline(svg, f"{anchor}-figure", f"Training on {dataset}", said)),
        table=f"results/{inputs.run.configuration}/tables/training/{dataset}.csv",
        figure=f"results/{inputs.run.configuration}/figures/training/{dataset}.svg",
        places={cell.anchor: f"{anchor}-figure-{method}" for method, cell in cells.items()},
    )
