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


rule plot_training:
    input:
        table="results/{config}/tables/training/{dataset}.csv",
    output:
        svg=report(
            "results/{config}/figures/training/{dataset}.svg",
            category="Training",
            labels={"dataset": "{dataset}"},
            caption="../../report/provenance/training.rst",
        ),
        pdf="results/{config}/figures/training/{dataset}.pdf",
    log:
        "results/{config}/logs/plot_training/{dataset}.log",
    benchmark:
        "results/{config}/benchmarks/plot_training/{dataset}.tsv"
    group:
        "evidence"
    conda:
        "../../envs/driver.yaml"
    params:
        style=lambda wildcards: canonical(grid.training_style(config, wildcards.dataset)),
        code=fingerprint("figures.training", "figures.picture"),
    shell:
        "python -m repool plot-training --table {input.table:q} --svg {output.svg:q} --pdf {output.pdf:q}"
        " --style {params.style:q} > {log:q} 2>&1"


# `snakemake training --cores 2`: how every network trained, a figure a dataset.
rule training:
    input:
        grid.training_files(config, "svg"),
