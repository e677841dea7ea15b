# Floor 4: from tables to pictures.


rule plot_figure:
    input:
        table="results/{config}/tables/{artifact}.csv",
    output:
        svg=report(
            "results/{config}/figures/{artifact}.svg",
            category="Figures",
            labels=lambda wildcards: labels(wildcards.artifact, "picture"),
            caption="../../report/provenance/artifact.rst",
        ),
        pdf="results/{config}/figures/{artifact}.pdf",
    log:
        "results/{config}/logs/plot_figure/{artifact}.log",
    benchmark:
        "results/{config}/benchmarks/plot_figure/{artifact}.tsv"
    group:
        "evidence"
    conda:
        "../../envs/driver.yaml"
    params:
        style=lambda wildcards: canonical(grid.style(config, wildcards.artifact)),
        code=lambda wildcards: figure_code(wildcards.artifact),
    shell:
        "python -m repool plot {wildcards.artifact:q} --table {input.table:q} --svg {output.svg:q} --pdf {output.pdf:q}"
        " --style {params.style:q} > {log:q} 2>&1"
