"""The provenance appendix: what it calls the files, and that Snakemake makes it."""

import pytest

from repool.paper import kinds
from repool_workflow.labels import labels

# The paper has no name for what a check of somebody's own pooling shows.
OF_THE_PAPER = [artifact for artifact in kinds() if not artifact.startswith("check_")]


@pytest.mark.parametrize("artifact", OF_THE_PAPER)
def test_every_artifact_has_what_the_paper_calls_it(artifact):
    named = labels(artifact, "table")
    assert named["artifact"].split()[0] in ("Table", "Figure", "Section", "Appendix")
    assert named["title"]
    assert named["file"] == "table"


@pytest.mark.slow
def test_snakemake_makes_the_appendix_with_captions_and_categories(finished):
    made = finished.snakemake("--report", "provenance.html")
    assert made.returncode == 0, made.stdout + made.stderr
    text = (finished.folder / "provenance.html").read_text()
    for category in ("Figures", "Tables", "Tests", "Claims", "Paper"):
        assert f'"{category}"' in text
    assert "GRACLUS against COMPLEMENT: test scores over seeds" in text
    assert "shows how they came to be" in text
    assert "snakemake figure_1 " in text
