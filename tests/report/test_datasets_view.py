"""Table S1 on the page: measured beside published, what differs set apart, the word for data that differ."""

import re

from made_page import make_page

ZINC = {
    "features": {"kind": "labels", "count": 28},
    "graphs": 12000,
    "classes": None,
    "metric": "mae",
    "task": "regression",
    "avg_nodes": 23.1318,
    "avg_edges": 49.83,
    "status": "substitute",
    "note": "Most training molecules are others.",
}


def row_of(page: str, dataset: str) -> str:
    table = page[page.index('id="table-s1"') :]
    start = table.index(f'<th scope="row">{dataset}</th>')
    return re.sub(r"</?data[^>]*>", "", table[start : table.index("</tr>", start)])


def test_what_differs_is_set_apart_and_a_substitute_is_called_so(tmp_path):
    page = make_page(tmp_path, {"NCI1": {}, "ZINC": ZINC}).read_text()
    row = row_of(page, "ZINC")
    assert "<strong>paper: 23.16 (−0.03)</strong>" in row
    assert row.count("<strong>") == 1
    assert row.count("paper: ") == 1  # graphs, inputs and edges are as the paper prints them, and nothing is said of it
    assert "as published" not in row
    assert "substitute" in row
    assert "Most training molecules are others." in page
    assert "a substitute in part: not all of it is the paper" in page
    assert "<strong>" not in row_of(page, "NCI1")


def test_what_only_the_paper_or_only_we_have_is_said_once_a_row(tmp_path):
    page = make_page(tmp_path, {"NCI1": {}, "IMDB-C": {"graphs": 493}}).read_text()
    row = row_of(page, 'IMDB-C<span class="source">not in the paper</span>')
    assert "493" in row
    assert "in the paper" not in row.partition("</th>")[2]
    row = row_of(page, 'DD<span class="source">published</span>')
    assert row.count("published") == 1
    assert "284.32" in row


def test_an_average_is_compared_at_the_decimals_that_are_printed(tmp_path):
    molhiv = {"features": {"kind": "atoms", "count": 9}, "graphs": 41127, "avg_nodes": 25.5103, "avg_edges": 27.4683}
    page = make_page(tmp_path, {"MOLHIV": molhiv}).read_text()
    row = row_of(page, "MOLHIV")
    assert "25.51" in row
    assert "as published: 25.5" in row
    assert "<strong>" not in row
    assert "categorical inputs" in row


def test_constant_inputs_are_shown_and_not_judged(tmp_path):
    page = make_page(tmp_path, {"NCI1": {"features": {"kind": "constant", "count": 10}}}).read_text()
    row = row_of(page, "NCI1")
    assert "paper: 37" in row
    assert "<strong>" not in row
