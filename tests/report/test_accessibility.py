"""What axe-core finds on a page: nothing, in light and dark, on a phone and on a desk, folded and unfolded."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from project import ROOT, Project

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")

LOOKS = [(scheme, width) for scheme in ("light", "dark") for width in (360, 1400)]
# Rules that axe leaves to whoever asks for them: targets large enough to be touched (WCAG 2.2).
OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}


def violations(browser: Any, file: Path, scheme: str, width: int) -> list[str]:
    """Rule and place of whatever axe-core objects to."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.goto(file.as_uri())
    found = list(objections(page))
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
    found += objections(page)
    page.evaluate("document.getElementById('number-stops').click()")
    page.evaluate("document.querySelector('#cells data')?.click()")
    found += objections(page)
    page.close()
    return found


def objections(page: Any) -> list[str]:
    """What axe-core says of the page as it is."""
    result = axe.Axe().run(page, options=OPTIONS).response
    return [f"{rule['id']}: {node['html'][:200]}" for rule in result["violations"] for node in rule["nodes"]]


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_axe_finds_nothing_on_a_page_of_every_kind(browser, page_file, scheme, width):
    assert violations(browser, page_file, scheme, width) == []


@pytest.mark.parametrize(("scheme", "width"), [LOOKS[0], LOOKS[-1]])
def test_axe_finds_nothing_on_a_page_with_little_on_it(browser, partial_page, scheme, width):
    assert violations(browser, partial_page, scheme, width) == []


def test_axe_would_find_a_text_too_faint_and_a_picture_without_words(browser, page_file):
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(page_file.as_uri())
    page.add_style_tag(content="h2 { color: #ddd !important }")
    page.evaluate("document.querySelector('svg[role=img]').removeAttribute('aria-labelledby')")
    page.evaluate("document.querySelector('svg[role=img]').querySelectorAll('title').forEach(words => words.remove())")
    assert {words.partition(":")[0] for words in objections(page)} == {"color-contrast", "svg-img-alt"}
    page.close()


@pytest.mark.slow
def test_axe_finds_nothing_on_the_page_of_the_archive(browser, tmp_path):
    project = Project(tmp_path)
    shutil.copytree(ROOT / "results" / "archive", tmp_path / "results" / "archive")
    result = project.snakemake("report/paper.html", "--cores", "2", configuration="archive")
    assert result.returncode == 0, result.stdout + result.stderr
    for scheme, width in LOOKS:
        assert violations(browser, tmp_path / "report" / "paper.html", scheme, width) == []
