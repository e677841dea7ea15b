"""The figure of how the networks of a dataset trained."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from repool.analysis.epochs import COLUMNS
from repool.cli import main
from repool.figures.style import Style, drawing
from repool.figures.training import draw


def run(method: str, seed: int, epochs: int, best: int, leap: float = 0) -> list[tuple]:
    """A run whose loss is 1 / epoch, in the first one higher by `leap`, and whose scores rise by a point an epoch."""
    return [
        ("NCI1", method, seed, epoch, 1 / epoch + leap * (epoch == 1), 0.5, 60 + epoch, 50 + epoch + seed,
         int(epoch == best), "accuracy", "exact")
        for epoch in range(1, epochs + 1)
    ]  # fmt: skip


FAILED = [("NCI1", "gmn", 0, None, None, None, None, None, None, "accuracy", "failed")]


def drawn(*runs: list[tuple]) -> Figure:
    rows = pd.DataFrame([row for one in runs for row in one], columns=list(COLUMNS))
    with drawing(Style()):
        figure = draw(rows, Style())
    plt.close(figure)
    return figure


def test_every_seed_is_a_line_and_the_mean_ends_with_the_first_of_them():
    figure = drawn(run("graclus", 0, 6, 4), run("graclus", 1, 3, 2))
    _, _, test = figure.axes
    assert [len(line) for line in test.collections[0].get_segments()] == [6, 3]
    mean, best = test.lines
    assert list(mean.get_ydata()) == [51.5, 52.5, 53.5]
    assert list(zip(best.get_xdata(), best.get_ydata(), strict=True)) == [(4, 54), (2, 53)]


def test_no_epoch_counts_for_a_loss():
    loss, *_ = drawn(run("graclus", 0, 6, 4)).axes
    assert len(loss.lines) == 1


def test_methods_share_their_scales_and_one_leap_does_not_set_them():
    figure = drawn(run("graclus", 0, 300, 300), run("complement", 0, 40, 5, leap=1000.0))
    loss, validation, test, *others = figure.axes
    assert [axes.get_ylim() for axes in others] == [loss.get_ylim(), validation.get_ylim(), test.get_ylim()]
    assert loss.get_ylim()[1] < 2
    assert validation.get_ylim() == test.get_ylim()
    assert test.get_ylim()[1] > 350  # where the score was taken, at the very end


def test_methods_share_their_epochs_the_longest_with_room_on_both_sides():
    figure = drawn(run("graclus", 0, 101, 101), run("complement", 0, 40, 5))
    assert {axes.get_xlim() for axes in figure.axes} == {(-4.0, 106.0)}


def test_a_method_without_a_score_says_so_in_a_place_of_its_own():
    figure = drawn(run("graclus", 0, 4, 4), FAILED)
    first, *_, below, _, _ = figure.axes
    assert (first.get_gid(), below.get_gid()) == ("graclus", "gmn")
    assert below.get_title(loc="left") == "GMN, n = 0, 1 failed"
    assert not below.lines


def test_a_dataset_on_which_every_run_failed_is_drawn_without_a_curve():
    assert not any(np.size(axes.lines) for axes in drawn(FAILED).axes)


def test_the_same_table_gives_the_same_bytes(tmp_path):
    table = tmp_path / "NCI1.csv"
    pd.DataFrame(run("graclus", 0, 9, 3), columns=list(COLUMNS)).to_csv(table, index=False)
    contents = []
    for name in ("one", "two"):
        files = [tmp_path / f"{name}.{kind}" for kind in ("svg", "pdf")]
        given = ["--table", str(table), "--svg", str(files[0]), "--pdf", str(files[1])]
        assert main(["plot-training", *given]) == 0
        contents.append([file.read_bytes() for file in files])
    assert contents[0] == contents[1]


@pytest.mark.parametrize(("metric", "label"), [("accuracy", "Accuracy (%)"), ("mae", "MAE")])
def test_an_axis_says_its_metric(metric, label):
    rows = pd.DataFrame(run("graclus", 0, 3, 2), columns=list(COLUMNS)).assign(metric=metric)
    with drawing(Style()):
        figure = draw(rows, Style())
    plt.close(figure)
    assert [axes.get_ylabel() for axes in figure.axes] == ["Training\nloss", f"Validation\n{label}", f"Test\n{label}"]
