# Floor 5: from tables and pictures to the paper, as a page and as a PDF; `snakemake --report` shows how they came to be.


report: "../../report/provenance/workflow.rst"


RESULTS = f"results/{config['name']}"
PAGE = config["page"]
EVIDENCE = {
    "tables": [f"{RESULTS}/tables/{name}.csv" for name in ARTIFACTS],
    "tests": [f"{RESULTS}/tests/{name}.csv" for name in grid.tested(config)],
    "ranks": [f"{RESULTS}/ranks/{name}.csv" for name in grid.ranked(config)],
    "figures": [f"{RESULTS}/figures/{name}.{kind}" for name in grid.figures(config) for kind in ("svg", "pdf")],
    "training": grid.training_files(config, "svg"),
    "cards": grid.card_files(config, campaign.datasets(config)),
    "cells": [f"{RESULTS}/tables/cells/{'/'.join(cell)}.{kind}" for cell in RAN for kind in ("csv", "json")],
    # A page of another name is about a pooling that somebody brings: the paper claims nothing of it.
    "claims": [f"{RESULTS}/claims.json"] if PAGE == "paper" else [],
}
FROM_EVIDENCE = (
    "--run-info {params.run_info:q} --tables {input.tables:q} --tests {input.tests:q} --ranks {input.ranks:q}"
    " --cards {input.cards:q} --cells {input.cells:q} --claims {input.claims:q}"
)
TEMPLATE = "" if PAGE == "paper" else " --template check.html.j2 --deviations none"
SUMMARY = ("replication.md", "") if PAGE == "paper" else (f"sanity/{PAGE}.md", " --template check.md.j2")
# The page of a configuration keeps its own name too: that of another one does not overwrite it.
NAMED = {} if config["name"] == PAGE else {"named": f"report/{config['name']}.html"}
NAMED_PDF = {} if config["name"] == "paper" else {"named": f"report/{config['name']}.pdf"}
RUN_INFO = canonical(grid.run_info(config, call(workflow, config)))
WORDS = ("docs/deviations.md", "report/captions/*.*", "CITATION.cff")
MARKDOWN = "report/templates/*.md.j2"
TEX = "report/templates/**/*.tex.j2"
HTML = ("report/templates/**/*.html.j2", "report/templates/**/*.css", "report/templates/**/*.js")


rule render_page:
    input:
        **EVIDENCE,
        words=own(*WORDS, *HTML),
    output:
        **NAMED,
        page=report(f"report/{PAGE}.html", category="Paper", caption="../../report/provenance/paper.rst"),
    log:
        f"{RESULTS}/logs/render_page.log",
    benchmark:
        f"{RESULTS}/benchmarks/render_page.tsv"
    group:
        "evidence"
    conda:
        "../../envs/driver.yaml"
    params:
        run_info=RUN_INFO,
        words=content(*WORDS, *HTML),
        code=page_code(ARTIFACTS, "report.page"),
    shell:
        f"python -m repool render {FROM_EVIDENCE} --figures {{input.figures:q}} --training {{input.training:q}}"
        f" --out {{output:q}}{TEMPLATE} > {{log:q}} 2>&1"


rule collect_numbers:
    input:
        tables=EVIDENCE["tables"],
        tests=EVIDENCE["tests"],
        ranks=EVIDENCE["ranks"],
        cells=EVIDENCE["cells"],
        claims=EVIDENCE["claims"],
    output:
        numbers="results/{config}/numbers.json",
    log:
        "results/{config}/logs/collect_numbers.log",
    benchmark:
        "results/{config}/benchmarks/collect_numbers.tsv"
    group:
        "evidence"
    conda:
        "../../envs/driver.yaml"
    params:
        run_info=RUN_INFO,
        code=page_code(ARTIFACTS, "report.numbers"),
    shell:
        "python -m repool numbers --run-info {params.run_info:q} --tables {input.tables:q} --tests {input.tests:q}"
        " --ranks {input.ranks:q} --cells {input.cells:q} --claims {input.claims:q} --out {output.numbers:q} > {log:q} 2>&1"


# Not part of `all`: it needs TeX, which no package of Python's brings. `snakemake report/paper.pdf --cores 1` makes it.
rule render_pdf:
    input:
        **{kind: files for kind, files in EVIDENCE.items() if kind != "training"},
        words=own(*WORDS, TEX),
    output:
        **NAMED_PDF,
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
        run_info=RUN_INFO,
        words=content(*WORDS, TEX),
        code=page_code(ARTIFACTS, "report.pdf"),
    shell:
        f"python -m repool render-pdf {FROM_EVIDENCE} --figures {{input.figures:q}} --out {{output:q}} > {{log:q}} 2>&1"


# Not part of `all` either: it is kept in the repository, of the runs in results/archive.
rule render_summary:
    input:
        **{kind: files for kind, files in EVIDENCE.items() if kind not in ("figures", "training")},
        words=own("report/captions/*.*", MARKDOWN),
    output:
        summary=f"docs/{SUMMARY[0]}",
    log:
        f"{RESULTS}/logs/render_summary.log",
    benchmark:
        f"{RESULTS}/benchmarks/render_summary.tsv"
    group:
        "evidence"
    conda:
        "../../envs/driver.yaml"
    params:
        run_info=RUN_INFO,
        words=content("report/captions/*.*", MARKDOWN),
        code=page_code(ARTIFACTS, "report.summary"),
    shell:
        f"python -m repool render-summary {FROM_EVIDENCE} --out {{output.summary:q}}{SUMMARY[1]} > {{log:q}} 2>&1"


# `snakemake figure_1 --cores 2`: an artifact's name is a target.
for artifact in ARTIFACTS:

    rule:
        name:
            artifact
        input:
            grid.evidence(config, artifact),
