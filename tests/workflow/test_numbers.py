"""Every number of a real page has a name, and every name leads back to what made the number."""

import html
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from digits import unnamed

from repool.report.trace import trace

# How the ids of each family of numbers begin.
FAMILIES = ("table_1", "tests", "claims", "runs")


@pytest.fixture(scope="module")
def results(finished) -> Path:
    return finished.folder / "results" / "tiny"


@pytest.fixture(scope="module")
def page(finished) -> str:
    return (finished.folder / "report" / "paper.html").read_text()


@pytest.fixture(scope="module")
def numbers(results) -> dict[str, dict]:
    return json.loads((results / "numbers.json").read_text())["numbers"]


def test_the_page_prints_what_numbers_json_holds_and_nothing_else(page, numbers):
    printed = {
        (html.unescape(name), html.unescape(re.sub(r"<[^>]*>", "", text)))
        for name, text in re.findall(r'<data [^>]*title="([^"]*)"[^>]*>(.*?)</data>', page)
    }
    assert printed == {(name, number["text"]) for name, number in numbers.items()}
    families = {name.split(".")[0] for name in numbers}
    assert {*FAMILIES, "figure_1"} <= families


def test_no_number_stands_on_the_page_without_a_name(page):
    assert unnamed(page) == []


def test_every_name_leads_to_method_code_specification_and_data(results, numbers):
    for name, number in numbers.items():
        said = trace(name, results)
        assert said.startswith(f"{name} = {number['text']}"), name
        assert re.search(r"^what: \S", said, re.MULTILINE), name
        if number["sources"]["cells"]:
            assert re.search(r"^  code [0-9a-f, ]+  specification [0-9a-f]{12}  data [0-9a-f]{12}$", said, re.M), name
            assert "seed-00.json" in said, name
        else:
            assert re.search(r"^No run stands behind it\.|^It is the paper's own: no run", said, re.M), name


def test_an_end_of_an_interval_says_its_level_and_a_p_value_its_test(numbers):
    for name, number in numbers.items():
        if re.search(r"interval_(lower|upper)$|\.low$|\.high$|_(low|high)$", name) and "interval" in number["about"]:
            assert re.search(r"\b9\d%", number["about"]), name
        if re.search(r"\.p$|p_value", name):
            assert re.search(r"\btests?\b", number["about"]), name


@pytest.mark.parametrize("family", FAMILIES)
def test_the_command_does_what_the_page_says(finished, numbers, family):
    name = next(
        name for name, number in numbers.items() if name.startswith(f"{family}.") and number["sources"]["cells"]
    )
    command = [sys.executable, "-m", "repool", "trace", name, "--results", "results/tiny"]
    made = subprocess.run(command, cwd=finished.folder, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    assert "code" in made.stdout
