"""The rules of floor 5: what the page and the PDF are made from, without running anything."""

import pytest
from made_page import ROOT

from repool.paper import kinds
from warm_snakemake import snakemake


@pytest.fixture(scope="module")
def planned() -> dict[str, list[str]]:
    """The inputs of both rules in a fresh checkout with the quick configuration."""
    words = ["report/paper.html", "report/paper.pdf", "--dry-run", "--cores", "2"]
    words += ["--forcerun", "render_page", "render_pdf", "--nolock", "--configfile", "config/quick.yaml"]
    result = snakemake(words, ROOT)
    assert result.returncode == 0, result.stdout + result.stderr
    found: dict[str, list[str]] = {}
    rule = ""
    for line in (result.stdout + result.stderr).splitlines():
        words = line.strip().removeprefix("local")
        if words.startswith("rule "):
            rule = words.removeprefix("rule ").rstrip(":")
        elif words.startswith("input: ") and rule.startswith("render_"):
            found[rule] = words.removeprefix("input: ").split(", ")
        elif words.startswith("output: ") and rule.startswith("render_"):
            found[f"{rule} gives"] = words.removeprefix("output: ").split(", ")
    return found


@pytest.mark.parametrize(("rule", "kind"), [("render_page", "html"), ("render_pdf", "pdf")])
def test_page_and_pdf_stand_under_the_name_of_their_configuration_too(planned, rule, kind):
    assert set(planned[f"{rule} gives"]) == {f"report/quick.{kind}", f"report/paper.{kind}"}


def test_page_and_pdf_are_made_from_the_same_evidence_but_for_how_each_network_trained(planned):
    evidence = [{name for name in planned[rule] if "/templates/" not in name} for rule in ("render_page", "render_pdf")]
    trainings = {f"results/quick/figures/training/{name}.svg" for name in ("MUTAG", "DIGITS", "MOLECULES")}
    assert evidence[0] - evidence[1] == trainings
    assert evidence[1] < evidence[0]
    for name in ("report/captions/chapters.yaml", "results/quick/claims.json", "results/quick/tables/figure_1.csv"):
        assert name in evidence[0]
    assert {name for name in kinds() if f"results/quick/tables/{name}.csv" in evidence[0]} > {"table_2", "figure_8"}


def test_each_depends_on_its_own_templates_alone(planned):
    page, pdf = ([name for name in planned[rule] if "/templates/" in name] for rule in ("render_page", "render_pdf"))
    assert "report/templates/style.css" in page
    assert not set(page) & set(pdf)
    assert all(name.endswith(".tex.j2") for name in pdf)


def test_a_missing_document_of_deviations_is_no_input(planned):
    named = "docs/deviations.md" in planned["render_page"]
    assert named == (ROOT / "docs" / "deviations.md").exists()
