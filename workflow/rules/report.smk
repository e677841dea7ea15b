# Floor 5: from tables and pictures to the paper, as a page and as a PDF; `snakemake --report` shows how they came to be.


report: "../../report/provenance/workflow.rst"


RESULTS = f"results/{config['name']}"
EVIDENCE = {
    "tables": [f"{RESULTS}/tables/{name}.csv" for name in ARTIFACTS],
    "tests": [f"{RESULTS}/tests/{name}.csv" for name in grid.tested(config)],
    "ranks": [f"{RESULTS}/ranks/{name}.csv" for name in grid.ranked(config)],
    "figures": [f"{RESULTS}/figures/{name}.{kind}" for name in grid.figures(config) for kind in ("svg", "pdf")],
    "cards": grid.card_files(config, grid.datasets(config)),
    "cells": [f"{RESULTS}/tables/cells/{'/'.join(cell)}.{kind}" for cell in RAN for kind in ("csv", "json")],
    "claims": [f"{RESULTS}/claims.json"],
    "deviations": [path for path in [here("docs/deviations.md")] if Path(path).exists()],
    "captions": sorted(map(str, Path(here("report/captions")).glob("*.*"))),
}
FROM_EVIDENCE = (
    f"--run-info {{params.run_info:q}} --templates {here('report/templates')} --captions {here('report/captions')}"
    " --tables {input.tables}"
    " --tests {input.tests} --ranks {input.ranks} --figures {input.figures} --cards {input.cards}"
    " --cells {input.cells} --claims {input.claims} --deviations {input.deviations}"
)


rule render_page:
    input:
        **EVIDENCE,
        templates=sorted(
            str(path) for path in Path(here("report/templates")).rglob("*.*") if not path.name.endswith(".tex.j2")
        ),
    output:
        page=report("report/paper.html", category="Paper", caption="../../report/provenance/paper.rst"),
    log:
        f"{RESULTS}/logs/render_page.log",
    benchmark:
        f"{RESULTS}/benchmarks/render_page.tsv"
    group:
        "evidence"
    conda:
        "../../envs/driver.yaml"
    params:
        run_info=canonical(grid.run_info(config)),
        code=fingerprint("report.page", "report.inputs"),
    shell:
        f"python -m repool render {FROM_EVIDENCE} --out {{output.page}} > {{log}} 2>&1"


# Not part of `all`: it needs TeX, which no package of Python's brings. `snakemake report/paper.pdf` makes it.
rule render_pdf:
    input:
        **EVIDENCE,
        templates=sorted(map(str, Path(here("report/templates")).rglob("*.tex.j2"))),
    output:
        paper=report("report/paper.pdf", category="Paper", caption="../../report/provenance/paper.rst"),
    log:
        f"{RESULTS}/logs/render_pdf.log",
    benchmark:
        f"{RESULTS}/benchmarks/render_pdf.tsv"
    group:
        "evidence"
    conda:
        "../../envs/driver.yaml"
    params:
        run_info=canonical(grid.run_info(config)),
        code=fingerprint("report.pdf", "report.inputs"),
    shell:
        f"python -m repool render-pdf {FROM_EVIDENCE} --out {{output.paper}} > {{log}} 2>&1"


# `snakemake figure_1`: an artifact's name is a target.
for artifact in ARTIFACTS:

    rule:
        name:
            artifact
        input:
            grid.evidence(config, artifact),
