"""Every kind of table on the page, and the verdicts above them."""

import json
import re

import pytest
from digits import unnamed
from made_kinds import CLAIMS
from made_page import make_page
from test_page import Page

from repool.cli import main
from repool.report.claims import shown


@pytest.fixture(scope="module")
def text(tmp_path_factory) -> str:
    datasets = {"NCI1": {}, "IMDB-B": {"failed": ("complement",)}, "MOLECULES": {"metric": "mae", "status": "embedded"}}
    return make_page(tmp_path_factory.mktemp("kinds"), datasets, kinds=True).read_text()


def words(text: str) -> str:
    return " ".join("".join(Page(text).text).split())


def part(text: str, name: str) -> str:
    """One artifact, chapter or other section."""
    start = text.index(f'<section id="{name.replace("_", "-")}"')
    ends = [position for mark in ("<section id", "</main>") if (position := text.find(mark, start + 1)) > 0]
    return words("<main>" + text[start : min(ends)].replace("</section>", "").replace("<section", "<p") + "</p></main>")


def test_tags_ids_and_anchors_are_sound(text):
    page = Page(text)
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))


def test_verdicts_come_first_and_link_to_their_artifacts(text):
    assert text.index('id="verdicts"') < text.index('id="what-was-run"') < text.index('id="figure-1"')
    verdicts = text[text.index('<section id="verdicts"') : text.index('<section id="what-was-run"')]
    assert '<a href="#table-1">Table 1</a>' in verdicts
    assert "Figure 2 <span" in verdicts
    assert "Equal on NCI1, +0.43, margin 1." in words(verdicts)
    assert "Where the paper says two things 4 % in the text & 5.0 in table 2" in words(verdicts)
    assert '<a href="#claim-complement-matches-graclus">' in text
    assert "<dt>equivalent</dt><dd>the means differ by less than the margin</dd>" in verdicts


def test_embedded_data_never_show_as_a_verdict(text):
    assert text.count("not replicated") == 1
    assert "<dt>not replicated</dt><dd>0</dd>" in re.sub(r"</?data[^>]*>", "", text)
    assert "no verdict (embedded data)" in text
    assert "deviates from the published number (substitute data)" in text


@pytest.mark.parametrize(
    ("verdict", "data", "expected"),
    [
        ("replicated", ["exact"], "replicated"),
        ("replicated", ["rebuilt", "exact"], "replicated (rebuilt data)"),
        ("not replicated", ["unverified", "substitute"], "not replicated (unverified, substitute data)"),
        ("replicated", ["embedded", "exact"], "no verdict (embedded data)"),
        ("inconclusive", ["embedded"], "inconclusive"),
        ("not run", [], "not run"),
    ],
)
def test_a_verdict_says_on_which_data_it_stands(verdict, data, expected):
    assert shown(verdict, data) == expected


def test_table_2_shows_both_networks_and_the_drop(text):
    table = part(text, "table_2")
    for number in ("75.2± 1.5", "79.8± 1.2", "paper: 76.6", "+4.5", "+2.25 to +6.75", "paper: +3.5"):
        assert number.replace(" ", "") in table.replace(" ", "")
    assert "pending (0 of 3)" in table
    assert "not configured" in table


def test_curves_and_gaps_are_there_in_numbers(text):
    curves = part(text, "figure_7")
    assert "0.9000.4122" in curves.replace(" ", "")
    assert "DiffPool, λ = 1000" in curves
    permuted = part(text, "figure_3")
    assert "MAE, nodes permuted" in permuted
    assert "0.7500.5122" in permuted.replace(" ", "")
    gaps = part(text, "figure_8")
    assert "Advantage of COMPLEMENT" in gaps
    assert "+1.2" in gaps
    assert "Data: embedded, no verdict" in gaps
    assert "pending" in gaps


def test_homogeneity_shows_both_shares_and_what_is_alike_by_itself(text):
    table = part(text, "homogeneity")
    for words in ("before29.90.312 ± 0.0030.613 ± 0.013n = 3", "after10.0no variance0.438n = 3", "23.20.250 ± 0.100"):
        assert words.replace(" ", "") in table.replace(" ", "")
    assert "DiffPoolbefore29.90.500±0.250<0.001n=3" in table.replace(" ", "")
    assert "after21.0onerowagraph:alikebyitself" in table.replace(" ", "")
    assert "pending (0 of 3)" in table
    assert "Data: embedded, no verdict" in table


def test_activations_are_pictures_that_are_also_there_in_words(text):
    section = text[text.index('<section id="figure-6"') : text.index('<section id="homogeneity"')]
    assert section.count("data:image/png;base64,") == 2
    assert (
        "NCI1, GMN, graph 77, before: 2 rows, from −1.50 to 0.750; of the variance, 0.01 lies within columns."
        in section
    )
    assert "NCI1, GMN, graph 77, after: 1 row, from 2.50 to 2.50; of the variance, none lies within columns." in section
    assert "NCI1, RANDOM: pending." in section


def test_appendices_say_what_was_measured_beside_what_the_paper_says(text):
    invariance = part(text, "appendix_c").replace(" ", "")
    assert "InvariantDiffPool1.2e-6invariantinvarianttheorem1yes" in invariance
    assert "DISTANCE0.0210notinvariantinvarianttheorem2no" in invariance
    assert "RANDOM0.500notinvariantnotstatednotspokenof" in invariance
    assert "GRACLUSpending(0of3)notinvariantremark3" in invariance
    assert "<strong>no</strong>" in text[text.index('<section id="appendix-c"') :]
    assert "0.2340.2122.1e-7yes" in part(text, "appendix_d").replace(" ", "")


def test_settings_that_differ_are_set_apart(text):
    assert "<strong>paper: 100</strong>" in re.sub(r"</?data[^>]*>", "", text)
    settings = part(text, "table_s4")
    assert "as published" not in settings, "said in the caption, not in every field"
    assert "DDpublished[32,8,1]64notconfigured" in settings.replace(" ", "")
    assert "not configured" in settings
    assert "GMN, RANDOM" in settings


def test_times_ranks_and_deviations_are_there(text):
    times = part(text, "epoch_times")
    for number in ("1.73", "0.820", "0.473", "0.460 to 0.490", "0.500", "pending (0 of 3)"):
        assert number in times
    assert "Average rank over 2 datasets" in words(text)
    assert "p = 0.607" in words(text)
    assert "A bar | and <code>code_with_underscores</code>" in text


def test_a_number_names_its_seeds_and_leads_to_its_runs(text):
    opened = re.search(r'<p class="runs">(.*?)</p>', text)[1]
    assert re.fullmatch(r"seed 0: \d\d\.\d, seed 1: \d\d\.\d, seed 2: \d\d\.\d", re.sub(r"<[^>]*>", "", opened))
    assert 'title="runs.NCI1.graclus.seed-2.test"' in opened
    cells = text[text.index('<section id="cells"') :]
    assert '"learning_rate": 0.001' in cells
    assert 'id="cell-NCI1-graclus"' in cells
    assert 'href="../results/made/runs/NCI1/graclus/"' in cells
    assert "cell-IMDB-B-complement" not in cells


def test_no_number_stands_without_a_name(text):
    assert unnamed(text) == []


def test_a_number_without_a_name_would_be_found():
    assert unnamed('<p>GRACLUS reaches <data value="80.1" title="a.b">80.1</data>, n = 3 of 5</p>') == []
    assert unnamed("<p>GRACLUS on NCI1 reaches 80.1 over 5 runs</p>") == ["GRACLUS on NCI1 reaches 80.1 over 5 runs"]
    assert unnamed("<td>seed 3: 0.5</td><td>2 of 3</td><td>1e-5</td>") == ["seed 3: 0.5", "1e-5"]


def test_a_broken_claim_is_explained(tmp_path, capsys):
    (tmp_path / "claims.json").write_text(json.dumps({"claims": [CLAIMS[0], {"id": "half"}]}))
    info = '{"configuration": "x", "file": "x", "seeds": [0], "cells": [], "rebuild": "ARTIFACT"}'
    arguments = ["render", "--run-info", info, "--templates", "t", "--captions", "report/captions"]
    arguments += ["--claims", str(tmp_path / "claims.json"), "--out", str(tmp_path / "page.html")]
    assert main(arguments) == 1
    assert "claim half has no says, artifacts" in capsys.readouterr().err
