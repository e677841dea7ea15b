import base64
import hashlib
import json
import re
import shutil
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from made_page import ROOT, make_page

from repool.cli import main

VOID = {"meta", "link", "br", "img", "hr", "input"}
HOSTILE = "<script>alert('x')</script>&\""


class Page(HTMLParser):
    """What the tests ask about a page."""

    def __init__(self, text: str):
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.headings: list[int] = []
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.text: list[str] = []
        self.feed(re.sub(r"</?data[^>]*>", "", text))  # names of numbers, which are no words

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        self.note(tag, attributes)

    def handle_startendtag(self, tag, attributes):
        self.tags.add(tag)
        self.note(tag, attributes)

    def note(self, tag, attributes):
        for name, value in attributes:
            self.attributes.append((tag, name, value or ""))
            if name == "id":
                self.ids.append(value)
            if tag == "a" and name == "href":
                self.links.append(value)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    datasets = {
        "NCI1": {"failed": ("complement",)},
        "IMDB-B": {"features": {"kind": "constant", "count": 10}},
        "MOLECULES": {"metric": "mae", "classes": None, "status": "embedded", "note": "from a wheel"},
        HOSTILE: {"status": "substitute", "failed": ("graclus", "complement", "global-mean")},
    }
    return make_page(folder, datasets)


@pytest.fixture(scope="module")
def page(made) -> Page:
    return Page(made.read_text())


def words(page: Page) -> str:
    return " ".join(" ".join(page.text).split())


def test_tags_are_closed_ids_are_unique_and_anchors_resolve(page):
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    anchors = [link[1:] for link in page.links if link.startswith("#")]
    assert len(anchors) > 5
    assert set(anchors) <= set(page.ids)
    labels = [word for _, name, value in page.attributes if name == "aria-labelledby" for word in value.split()]
    assert set(labels) <= set(page.ids)


def test_sentences_are_a_space_apart(made):
    """Jinja takes the line end after a tag: `as these took.Of 2,224 runs`."""
    text = re.sub(r"<(script|style|svg|code|pre)\b.*?</\1>|<[^>]+>", "", made.read_text(), flags=re.DOTALL)
    assert re.findall(r"\w+[.:;,][A-Z]\w+|[a-z)][+−]\d|\d(?:higher|lower)\b|\.{2}", unescape(text)) == []


def test_a_command_begins_on_its_first_line(made):
    assert not re.search(r"<pre><code>\s", made.read_text())


def test_headings_descend_one_level_at_a_time(page):
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))


def test_nothing_is_requested_from_outside(page, made):
    assert not page.tags & {"iframe", "object", "embed", "img", "audio", "video", "base"}
    for tag, name, value in page.attributes:
        if name in ("src", "srcset", "action", "poster", "data", "background"):
            pytest.fail(f"<{tag} {name}={value}>")
        if name in ("href", "xlink:href"):
            # A link leads elsewhere only when it is followed: to the paper, its code, or files of this checkout.
            followed = ("https://", "../", "made.pdf") if tag == "a" else ()
            assert value.startswith(("#", "data:", *followed)), f"<{tag} {name}={value[:60]}>"
        assert "url(" not in value or "url(#" in value
    style = re.search(r"<style>(.*?)</style>", made.read_text(), re.DOTALL)[1]
    assert "url(" not in style
    assert "@import" not in style


def test_the_page_runs_its_own_script_and_no_other(made):
    text = made.read_text()
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert text.count("<script") == 1
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in text
    assert not re.search(r"fetch|XMLHttpRequest|import|https?:|eval|innerHTML", script)


def test_a_hostile_name_is_text(page, made):
    assert made.read_text().count("<script") == 1
    assert HOSTILE in words(page)


def test_published_replicated_and_pending_stand_side_by_side(page):
    text = words(page)
    assert "pending (0 of 3)" in text
    assert "80 .1 ± 1.6" in text
    assert "not run: quoted by the paper" in text
    assert "n = 3" in text
    assert "from table 1" in text
    assert re.search(r"[+−]\d+\.\d\d+ (higher|lower)", text)
    assert "snakemake --cores 2 --configfile config/made.yaml table_1" in text


def test_the_top_says_what_was_run_and_what_it_is_not(page):
    text = words(page)
    assert text.index("no verdict") < text.index("configured runs")
    assert "MOLECULES : real data from a Python package, but not the paper's" in text
    assert "torch 2.13.0+cpu" in text
    assert "cpu (A processor)" in text
    assert "24 of 36 configured runs" in text


def test_tests_are_said_to_be_ours_and_give_no_verdict_on_other_data(page):
    text = words(page)
    assert "added by this project" in text
    assert "No verdict: embedded data." in text
    assert "Too few seeds: 3 pairs cannot give a p below 0.250." in text
    assert "Pending: no seed has run with both methods." in text


def test_tables_can_be_downloaded_from_the_page(page, made):
    addresses = [link for link in page.links if link.startswith("data:text/csv")]
    contents = [base64.b64decode(address.partition(",")[2]) for address in addresses]
    assert (made.parent / "tables" / "table_1.csv").read_bytes() in contents
    assert (made.parent / "tests" / "table_1.csv").read_bytes() in contents


def test_a_figure_can_be_downloaded_with_what_it_is_made_from(page, made):
    kinds = ("image", "application/json")
    addresses = {kind: [link for link in page.links if link.startswith(f"data:{kind}")] for kind in kinds}
    drawn = [base64.b64decode(link.partition(",")[2]) for link in addresses["image"]]
    assert drawn == [(made.parent / "figures" / "figure_1.svg").read_bytes()]
    about = [json.loads(base64.b64decode(link.partition(",")[2])) for link in addresses["application/json"]]
    (figure,) = [one for one in about if one["artifact"] == "figure_1"]
    assert figure["command"] == "snakemake --cores 2 --configfile config/made.yaml figure_1"
    (cell,) = [one for one in figure["cells"] if (one["dataset"], one["method"]) == ("NCI1", "GRACLUS")]
    assert (cell["seeds"], cell["records"]) == ([0, 1, 2], "results/made/runs/NCI1/graclus")


def test_the_figure_has_its_numbers_in_words(made):
    description = re.search(r'<desc id="picture-figure_1-description">(.*?)</desc>', made.read_text(), re.DOTALL)[1]
    assert "NCI1 (Accuracy, %), GRACLUS: median" in description
    assert "NCI1 (Accuracy, %), COMPLEMENT: pending (0 of 3)." in description


def test_the_same_inputs_give_the_same_bytes(tmp_path):
    pages = [make_page(tmp_path / name, {"NCI1": {}}, seeds=1).read_bytes() for name in ("first", "second")]
    assert pages[0] == pages[1]
    assert b"no verdict" not in pages[0].lower()


def test_rebuilt_data_are_named_at_the_top_without_taking_the_verdict(tmp_path):
    made = make_page(tmp_path, {"NCI1": {}, "ZINC": {"metric": "mae", "status": "rebuilt"}}, seeds=1)
    text = words(Page(made.read_text()))
    top = text[: text.index("configured runs")]
    assert "Not all data are the paper’s own files." in top
    assert "no verdict" not in top


def test_a_page_without_any_run_is_a_page(tmp_path):
    made = make_page(tmp_path, {"NCI1": {"failed": ("graclus", "complement", "global-mean")}})
    text = words(Page(made.read_text()))
    assert "0 of 9 configured runs" in text
    assert "none yet" in text


def test_a_variable_that_is_not_there_stops_the_page(tmp_path, capsys):
    templates = tmp_path / "templates"
    shutil.copytree(ROOT / "report" / "templates", templates)
    page = templates / "paper.html.j2"
    page.write_text(page.read_text().replace("{{ version }}", "{{ verzion }}"))
    with pytest.raises(AssertionError):
        make_page(tmp_path, {"NCI1": {}}, seeds=1, templates=templates)
    assert "'verzion' is undefined" in capsys.readouterr().err
    assert not (tmp_path / "paper.html").exists()


@pytest.mark.parametrize(
    ("info", "message"),
    [
        ('{"configuraton": "x"}', "Did you mean configuration?"),
        ('{"configuration": "x"}', "has no file, seeds, cells, rebuild"),
        ("{", "not valid JSON"),
        ("nowhere.json", "does not exist"),
    ],
)
def test_wrong_run_info_is_explained(tmp_path, capsys, info, message):
    folders = ["--templates", ROOT / "report/templates", "--captions", ROOT / "report/captions"]
    arguments = ["render", "--run-info", info, *folders, "--out", tmp_path / "page.html"]
    assert main([str(argument) for argument in arguments]) == 1
    assert message in capsys.readouterr().err


def test_a_table_of_no_artifact_is_refused(tmp_path, capsys):
    arguments = ["render", "--tables", "tables/tabel_1.csv", "--run-info", "{}", "--templates", "t", "--captions", "c"]
    assert main([*arguments, "--out", str(tmp_path / "page.html")]) == 1
    assert "Did you mean table_1?" in capsys.readouterr().err
