"""The head of the page says what the verdicts say, and the strips what the tests say."""

import math
import re
from pathlib import Path

import pytest
from made_kinds import test_of as of_dataset
from made_page import ROOT, make_page
from test_page import Page

from repool.artifacts.table import plain
from repool.errors import UserError
from repool.report.answer import measured
from repool.report.citing import read_citation
from repool.report.origin import commit
from repool.report.strips import REACH, strip


@pytest.fixture(scope="module")
def text(tmp_path_factory) -> str:
    datasets = {"NCI1": {}, "IMDB-B": {"failed": ("complement",)}}
    return make_page(tmp_path_factory.mktemp("head"), datasets, kinds=True).read_text()


def head(text: str) -> str:
    return " ".join("".join(Page(text.partition("<header>")[2].partition("</header>")[0]).text).split())


def test_the_sentence_is_that_of_the_first_claim_with_its_tests(text):
    said = head(text)
    assert "[Re] Rethinking pooling in graph neural networks" in said
    assert "The paper says that it does not. It holds here: 15 of 18 runs, 3 of 3 seeds a cell." in said
    assert "with 90% t intervals: COMPLEMENT − GRACLUS: +0.43 (−0.25 to +1.12; margin 1.0) on NCI1" in said


def test_what_fails_the_first_claim_comes_before_what_was_found_over_all_datasets():
    pooled = of_dataset("NCI1", None, over=["NCI1", "ZINC"], metric="margins")
    failing = [of_dataset(name, False, decides=False) for name in ("ZINC", "DD", "NCI1", "IMDB-B")]
    published = of_dataset("ZINC", False, decides=False, test="published")
    said = plain(measured({"id": "first", "tests": [pooled, published, *failing]}))
    fails, together = said.split(". ")[:2]
    assert fails.startswith("What fails it, with 90% t intervals: COMPLEMENT − GRACLUS: +0.43 (")
    assert fails.endswith("on NCI1; and 1 more")
    assert [name in fails for name in ("on ZINC", "on DD", "IMDB-B")] == [True, True, False]
    assert together.startswith("Over the datasets, in margins of what the paper calls on par, with 90% t intervals: ")
    assert together.endswith("on NCI1 and ZINC")


def test_the_figures_count_claims_runs_and_datasets(text):
    shown = re.sub(r"</?data[^>]*>", "", text.partition("</header>")[0])
    found = dict(re.findall(r"<div><dt>(.*?)</dt><dd>(.*?)</dd></div>", shown))
    assert found == {
        "replicated": "1",
        "deviates from the published number": "1",
        "inconclusive": "0",
        "not replicated": "0",
        "not run": "1",
        "no verdict": "1",
        "of runs": "83%",
        "datasets": "2 of 2",
    }


def test_without_verdicts_the_head_says_so(tmp_path):
    assert "Not judged here: 9 of 9 runs" in head(make_page(tmp_path, {"NCI1": {}}).read_text())


def test_a_strip_is_in_margins():
    drawn = strip([of_dataset("NCI1", None, estimate=-1.0, low=-3.0, high=1.0, margin=2.0)]).intervals
    assert [(one.at, one.low, one.high, one.hollow) for one in drawn] == [(-0.5, -1.5, 0.5, False)]
    assert drawn[0].words == "NCI1, COMPLEMENT − GRACLUS: −0.50 margins, 90% t interval −1.50 to +0.50, 20 seeds"


def test_a_ratio_is_on_a_scale_of_factors_and_a_size_is_the_middle():
    ratio = {"test": "similar spread", "metric": "ratio", "margin": 2.0, "estimate": 2.0, "low": 0.5, "high": 4.0}
    size = {"test": "by about", "size": 3.0, "estimate": 3.5, "low": 3.0, "high": 4.0}
    drawn = strip([of_dataset("NCI1", True, **ratio), of_dataset("ZINC", True, **size)]).intervals
    assert [(one.at, one.low, one.high) for one in drawn] == [(1.0, -1.0, 2.0), (0.5, 0.0, 1.0)]


def test_what_lies_beyond_the_strip_is_cut_and_marked():
    (one,) = strip([of_dataset("NCI1", False, estimate=-8.0, low=-9.0, high=-4.0)]).intervals
    assert (one.at, one.low, one.high, one.beyond_low, one.beyond_high) == (-REACH, -REACH, -4.0, True, False)
    assert "−8.00 margins" in one.words


def test_one_seed_is_hollow_and_has_no_interval():
    (one,) = strip([of_dataset("NCI1", None, seeds=1, low=None, high=None)]).intervals
    assert (one.hollow, one.low, one.high) == (True, one.at, one.at)
    assert one.words.endswith("+0.43 margins, 1 seed")


def test_what_has_no_margin_or_stands_there_already_is_not_drawn():
    pooled = of_dataset("NCI1", None, over=["NCI1"], metric="margins")
    again = of_dataset("NCI1", None, decides=False)
    assert len(strip([pooled, again]).intervals) == 1
    for changes in ({"margin": None}, {"margin": 0.0}, {"estimate": None}, {"test": "published", "holds": None}):
        row = of_dataset("NCI1", None) | changes
        assert strip([row]).intervals == []


def test_many_tests_are_counted():
    found = strip([of_dataset(f"D{number}", None) for number in range(13)])
    assert (len(found.intervals), found.more) == (10, 3)


def test_every_strip_is_said_in_words(text):
    drawn = re.findall(r'<svg class="strip".*?</svg>', text, re.DOTALL)
    assert len(drawn) == 2
    assert 'role="img" aria-labelledby="strip-complement-matches-graclus"' in drawn[0]
    assert "2 tests in margins. NCI1, COMPLEMENT − GRACLUS: +0.43 margins, 90% t interval" in drawn[0]
    assert not math.isnan(float(re.search(r'class="dot" x1="([\d.]+)"', drawn[0])[1]))


def test_the_citation_is_that_of_the_repository(tmp_path):
    found = read_citation(ROOT / "CITATION.cff")
    assert found.paper.startswith("@inproceedings{mesquita2020,")
    assert "author = {Mesquita, Diego and Souza, Amauri H. and Kaski, Samuel}" in found.paper
    assert found.software.startswith("@misc{software,")
    (tmp_path / "CITATION.cff").write_text("title: x\n")
    with pytest.raises(UserError, match="preferred-citation"):
        read_citation(tmp_path / "CITATION.cff")


def test_a_folder_without_a_history_has_no_commit(tmp_path):
    assert commit(tmp_path) == ""
    assert (Path(ROOT / ".git").exists() is False) or re.fullmatch(r"[0-9a-f]{12,}(-dirty)?", commit(ROOT))
