"""How the networks trained, on the page."""

import re

import pytest
from made_page import make_page


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> str:
    datasets = {"NCI1": {"broken": {"complement": 1}}, "DD": {"failed": ("complement", "global-mean")}}
    return make_page(tmp_path_factory.mktemp("page"), datasets, training=True).read_text()


def test_every_dataset_has_a_fold_that_counts_its_methods(page):
    folds = re.findall(r'<details id="training-(\w+)">\s*<summary>(.*?)</summary>', page)
    assert folds == [("NCI1", "NCI1: 3 methods"), ("DD", "DD: 1 method")]


def test_a_cell_leads_to_its_own_panels(page):
    for cell in ("NCI1-graclus", "NCI1-complement", "NCI1-global-mean", "DD-graclus"):
        dataset, method = cell.split("-", 1)
        opened = page[page.index(f'<details id="cell-{cell}">') :].partition("</details>")[0]
        assert f'<a href="#training-{dataset}-figure-{method}">How it trained</a>' in opened
        assert f'<g id="training-{dataset}-figure-{method}">' in page


def test_a_cell_without_a_run_leads_nowhere(page):
    assert "training-DD-figure-complement" not in page


def test_those_who_cannot_see_the_figure_hear_its_methods(page):
    said = re.search(r'<desc id="training-NCI1-figure-description">(.*?)</desc>', page)[1]
    assert "Each of 3 methods in three panels: GRACLUS, COMPLEMENT, Global mean." in said


def test_a_page_whose_trainings_were_not_drawn_has_no_such_chapter(tmp_path):
    assert "How the networks trained" not in make_page(tmp_path, {"NCI1": {}}).read_text()
