"""What every kind of artifact keeps, from made cells to table, numbers, page and PDF; so does a new folder."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from digits import unnamed
from made_artifact import make_artifacts, run, shown

from repool import paper
from repool.analysis.tables import read_table
from repool.artifacts import kinds
from repool.artifacts.needs import INPUTS
from repool.errors import UserError
from repool.report.trace import trace

ARTIFACTS = shown()
FIGURES = [kind for kind in ARTIFACTS if kinds.has(kind, "figure")]
CAPTIONS = Path(__file__).parents[2] / "report" / "captions"


def asked(config: pytest.Config) -> dict[str, str]:
    """The artifact of every kind, or of the one that the command line names."""
    name = config.getoption("--kind")
    return ARTIFACTS if name is None else {kinds.checked(name): ARTIFACTS[name]}


def pytest_generate_tests(metafunc):
    for argument, known in (("kind", list(ARTIFACTS)), ("drawn", FIGURES)):
        if argument in metafunc.fixturenames:
            metafunc.parametrize(argument, [kind for kind in known if kind in asked(metafunc.config)])


@pytest.fixture(scope="module")
def made(tmp_path_factory, pytestconfig) -> tuple[Path, list[object]]:
    folder = tmp_path_factory.mktemp("kinds")
    return folder, make_artifacts(folder, list(asked(pytestconfig).values()))


@pytest.fixture(scope="module")
def page(made) -> str:
    folder, given = made
    run("render", *given, "--out", folder / "paper.html")
    return (folder / "paper.html").read_text()


@pytest.fixture(scope="module")
def numbers(made) -> dict[str, dict]:
    folder, given = made
    configured = given[given.index("--run-info") :][:2]
    tables = [path for name in ARTIFACTS.values() if (path := folder / "tables" / f"{name}.csv").exists()]
    cells = sorted(path for kind in ("csv", "json") for path in (folder / "tables" / "cells").rglob(f"*.{kind}"))
    ranks = ["--ranks", *sorted((folder / "ranks").glob("*.csv"))]
    run("numbers", "--tables", *tables, *ranks, "--cells", *cells, *configured, "--out", folder / "numbers.json")
    return json.loads((folder / "numbers.json").read_text())["numbers"]


def section(page: str, name: str) -> str:
    return page.partition(f'<section id="{name.replace("_", "-")}"')[2].partition("</section>")[0]


def words(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", text))


def test_every_folder_is_the_kind_of_an_artifact():
    assert set(kinds.known()) == set(paper.kinds().values())


def test_a_kind_that_is_not_there_or_lacks_a_file_is_named():
    with pytest.raises(UserError, match=r"comparsion is not a kind of artifact\. Did you mean comparison\?"):
        kinds.part("comparsion", "table")
    with pytest.raises(UserError, match=r"The kind comparison has no figure\.py\. Write src/repool/artifacts/comp"):
        kinds.part("comparison", "figure")


def test_it_takes_what_there_is(kind):
    assert set(kinds.needs(kind).inputs) <= set(INPUTS)


def test_its_table_has_the_columns_that_it_declares(made, kind):
    folder, _ = made
    table = kinds.part(kind, "table")
    path = folder / "tables" / f"{ARTIFACTS[kind]}.csv"
    rows = read_table(path, table.COLUMNS, table.TEXT)
    assert path.read_text().splitlines()[0] == ",".join(table.COLUMNS)
    assert {"dataset", "status"} <= set(table.TEXT) <= set(table.COLUMNS)
    assert "embedded" in set(rows["status"])


def test_page_and_numbers_show_it(page, numbers, kind):
    artifact = ARTIFACTS[kind]
    shown = section(page, artifact)
    assert "embedded" in shown
    assert "NCI1" in shown
    assert "DD" in words(shown)
    assert "pending" in shown
    assert [name for name in numbers if name.startswith(f"{artifact}.")]


def test_every_number_on_the_page_is_called_what_numbers_json_calls_it(page, numbers):
    found = re.findall(r'<data [^>]*title="([^"]*)"[^>]*>(.*?)</data>', page)
    printed = {(html.unescape(name), words(text)) for name, text in found}
    assert printed == {(name, number["text"]) for name, number in numbers.items()}
    assert not [name for name, number in numbers.items() if not number["about"]]


def test_it_prints_no_number_without_a_name(page, kind):
    shown = section(page, ARTIFACTS[kind])
    assert shown.count("<td") > 2
    assert unnamed(shown) == []


def test_every_number_leads_back_to_what_made_it(made, numbers):
    folder, _ = made
    columns = {(name.split(".")[0], name.split(".")[-1]): name for name in numbers}
    assert (folder / "ranks").exists() is any(name == "ranks" for name, _ in columns)
    for name in columns.values():
        said = trace(name, folder)
        assert f"what: {numbers[name]['about']}" in said
        made_by = all(word in said for word in ("code c0de", "specification", "data"))
        assert made_by or not name.startswith("ranks.")
        assert made_by or "No run stands behind it." in said or "It is the paper's own" in said or "no run yet" in said


def test_its_figure_is_drawn_and_said_in_words(page, drawn):
    artifact = ARTIFACTS[drawn]
    (words,) = re.findall(rf'<desc id="picture-{artifact}-description">(.*?)</desc>', page, re.DOTALL)
    assert "NCI1" in words


@pytest.mark.skipif(not (shutil.which("pdflatex") and shutil.which("pdftotext")), reason="no TeX or no pdftotext")
def test_all_kinds_are_set_as_a_pdf_with_their_numbers(made, numbers, pytestconfig):
    folder, given = made
    run("render-pdf", *given, "--out", folder / "paper.pdf")
    command = ["pdftotext", "-layout", str(folder / "paper.pdf"), "-"]
    printed = " ".join(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())
    for artifact in asked(pytestconfig).values():
        title = (CAPTIONS / f"{artifact}.txt").read_text().splitlines()[0]
        assert title.partition(". ")[0] + "." in printed, artifact
        own = {number["text"] for name, number in numbers.items() if name.startswith(f"{artifact}.")}
        assert [text for text in own if len(text) > 2 and text in printed], artifact
