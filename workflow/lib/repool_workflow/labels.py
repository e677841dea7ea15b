"""How the provenance appendix (`snakemake --report`) names a file of an artifact."""

from pathlib import Path

from repool.report.texts import read_caption
from repool_workflow.places import here

CAPTIONS = Path(here("report/captions"))


def labels(artifact: str, what: str) -> dict[str, str]:
    """The columns of the appendix: what the paper calls the artifact, its title, and what the file holds."""
    caption = read_caption(CAPTIONS / f"{artifact}.txt")
    return {"artifact": caption.label, "title": caption.heading, "file": what}
