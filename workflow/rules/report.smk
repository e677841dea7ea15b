# Floor 5: from tables and pictures to the paper.


rule render_page:
    input:
        tables=[f"results/{config['name']}/tables/{name}.csv" for name in ARTIFACTS],
        tests=[f"results/{config['name']}/tests/{name}.csv" for name in grid.tested(config)],
        figures=[
            f"results/{config['name']}/figures/{name}.{kind}"
            for name in grid.figures(config)
            for kind in ("svg", "pdf")
        ],
        cards=[f"results/{config['name']}/data/{dataset}/card.json" for dataset in grid.datasets(config)],
        cells=[f"results/{config['name']}/tables/cells/{dataset}/{method}.json" for dataset, method in SPECS],
        templates=sorted(map(str, Path("report/templates").rglob("*.*"))),
        captions=sorted(map(str, Path("report/captions").glob("*.txt"))),
    output:
        page="report/paper.html",
    log:
        f"results/{config['name']}/logs/render_page.log",
    benchmark:
        f"results/{config['name']}/benchmarks/render_page.tsv"
    group:
        "evidence"
    conda:
        "../../envs/repool.yaml"
    params:
        run_info=canonical(grid.run_info(config)),
        code=fingerprint("report.page", "report.inputs"),
    shell:
        "python -m repool render --run-info {params.run_info:q} --templates report/templates --captions report/captions"
        " --tables {input.tables} --tests {input.tests} --figures {input.figures} --cards {input.cards}"
        " --cells {input.cells} --out {output.page} > {log} 2>&1"


# `snakemake figure_1`: an artifact's name is a target.
for artifact in ARTIFACTS:

    rule:
        name:
            artifact
        input:
            grid.evidence(config, artifact),
