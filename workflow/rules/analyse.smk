# Floor 3: from records to tables and tests, in two steps: cell, then artifact.


rule collect_cell:
    input:
        runs=mends(runs_of(workflow, config)),
        card="results/{config}/data/{dataset}/card.json",
    output:
        table="results/{config}/tables/cells/{dataset}/{method}.csv",
        info="results/{config}/tables/cells/{dataset}/{method}.json",
    log:
        "results/{config}/logs/collect_cell/{dataset}/{method}.log",
    benchmark:
        "results/{config}/benchmarks/collect_cell/{dataset}/{method}.tsv"
    group:
        "cells"
    conda:
        "../../envs/driver.yaml"
    params:
        spec=lambda wildcards: spec_text(config, wildcards.dataset, wildcards.method),
        trained_by=lambda wildcards: training_code(config["methods"][wildcards.method]["family"]),
        best_epoch=config["best_epoch"],
        code=fingerprint("analysis.collect"),
    shell:
        "python -m repool collect --records {input.runs:q} --card {input.card:q} --out {output.table:q}"
        " --info {output.info:q} --best-epoch {params.best_epoch} --spec {params.spec:q} --code {params.trained_by}"
        " > {log:q} 2>&1"


rule collect_curves:
    input:
        runs=mends(runs_of(workflow, config)),
        card="results/{config}/data/{dataset}/card.json",
    output:
        table="results/{config}/tables/curves/{curve}/{dataset}/{method}.csv",
    log:
        "results/{config}/logs/collect_curves/{curve}/{dataset}/{method}.log",
    benchmark:
        "results/{config}/benchmarks/collect_curves/{curve}/{dataset}/{method}.tsv"
    group:
        "cells"
    conda:
        "../../envs/driver.yaml"
    params:
        spec=lambda wildcards: spec_text(config, wildcards.dataset, wildcards.method),
        trained_by=lambda wildcards: training_code(config["methods"][wildcards.method]["family"]),
        code=fingerprint("analysis.curves"),
    shell:
        "python -m repool collect-curves {wildcards.curve:q} --records {input.runs:q} --card {input.card:q}"
        " --out {output.table:q} --spec {params.spec:q} --code {params.trained_by} > {log:q} 2>&1"


# Every epoch of every run: a dataset at once, because its curves share their scales.
rule collect_epochs:
    input:
        runs=mends(runs_of_dataset(workflow, config)),
        card="results/{config}/data/{dataset}/card.json",
    output:
        table="results/{config}/tables/training/{dataset}.csv",
    log:
        "results/{config}/logs/collect_epochs/{dataset}.log",
    benchmark:
        "results/{config}/benchmarks/collect_epochs/{dataset}.tsv"
    group:
        "evidence"
    conda:
        "../../envs/driver.yaml"
    params:
        wanted=lambda wildcards: canonical(grid.wanted(config, wildcards.dataset)),
        best_epoch=config["best_epoch"],
        code=fingerprint("analysis.epochs"),
    shell:
        "python -m repool collect-epochs --records {input.runs:q} --card {input.card:q} --wanted {params.wanted:q}"
        " --best-epoch {params.best_epoch} --out {output.table:q} > {log:q} 2>&1"


rule tabulate_artifact:
    input:
        cells=mends(lambda wildcards: grid.cell_files(config, wildcards.artifact, "csv")),
        curves=lambda wildcards: grid.curve_files(config, wildcards.artifact),
        summaries=lambda wildcards: grid.summaries(config, wildcards.artifact),
        activations=lambda wildcards: grid.activation_files(config, wildcards.artifact),
        cards=lambda wildcards: grid.card_files(config, config["artifacts"][wildcards.artifact]["datasets"]),
        published=own("config/published.yaml"),
    output:
        table=report(
            "results/{config}/tables/{artifact}.csv",
            category="Tables",
            labels=lambda wildcards: labels(wildcards.artifact, "table"),
            caption="../../report/provenance/artifact.rst",
        ),
    log:
        "results/{config}/logs/tabulate_artifact/{artifact}.log",
    benchmark:
        "results/{config}/benchmarks/tabulate_artifact/{artifact}.tsv"
    group:
        "evidence"
    conda:
        "../../envs/driver.yaml"
    params:
        methods=lambda wildcards: ",".join(config["artifacts"][wildcards.artifact]["methods"]),
        datasets=lambda wildcards: ",".join(config["artifacts"][wildcards.artifact]["datasets"]),
        sizes=lambda wildcards: canonical(grid.sizes(config, wildcards.artifact)),
        margins=lambda wildcards: canonical(grid.margins(CLAIMS.margins, wildcards.artifact)),
        published=content("config/published.yaml"),
        code=lambda wildcards: analysis_code(wildcards.artifact),
    shell:
        "python -m repool tabulate {wildcards.artifact:q} --cells {input.cells:q} --curves {input.curves:q}"
        " --summaries {input.summaries:q} --activations {input.activations:q} --cards {input.cards:q}"
        " --methods={params.methods:q} --datasets={params.datasets:q} --sizes {params.sizes:q}"
        " --margins {params.margins:q} --out {output.table:q} > {log:q} 2>&1"


rule test_artifact:
    input:
        cells=mends(lambda wildcards: grid.cell_files(config, wildcards.artifact, "csv")),
        cards=lambda wildcards: grid.card_files(config, config["artifacts"][wildcards.artifact]["datasets"]),
    output:
        tests=report(
            "results/{config}/tests/{artifact}.csv",
            category="Tests",
            labels=lambda wildcards: labels(wildcards.artifact, "paired tests"),
            caption="../../report/provenance/artifact.rst",
        ),
    log:
        "results/{config}/logs/test_artifact/{artifact}.log",
    benchmark:
        "results/{config}/benchmarks/test_artifact/{artifact}.tsv"
    group:
        "evidence"
    conda:
        "../../envs/driver.yaml"
    params:
        methods=lambda wildcards: ",".join(config["artifacts"][wildcards.artifact]["methods"]),
        datasets=lambda wildcards: ",".join(config["artifacts"][wildcards.artifact]["datasets"]),
        pairs=lambda wildcards: ",".join(config["artifacts"][wildcards.artifact]["pairs"]),
        margins=canonical(CLAIMS.margins),
        minimum=CLAIMS.minimum_seeds,
        code=fingerprint("analysis.paired"),
    shell:
        "python -m repool test {wildcards.artifact:q} --cells {input.cells:q} --cards {input.cards:q}"
        " --methods={params.methods:q} --datasets={params.datasets:q} --pairs {params.pairs:q}"
        " --margins {params.margins:q} --minimum-seeds {params.minimum:q} --out {output.tests:q} > {log:q} 2>&1"


rule rank_methods:
    input:
        cells=mends(lambda wildcards: grid.cell_files(config, wildcards.artifact, "csv")),
        cards=lambda wildcards: grid.card_files(config, config["artifacts"][wildcards.artifact]["datasets"]),
    output:
        ranks=report(
            "results/{config}/ranks/{artifact}.csv",
            category="Tests",
            labels=lambda wildcards: labels(wildcards.artifact, "ranks"),
            caption="../../report/provenance/artifact.rst",
        ),
    log:
        "results/{config}/logs/rank_methods/{artifact}.log",
    benchmark:
        "results/{config}/benchmarks/rank_methods/{artifact}.tsv"
    group:
        "evidence"
    conda:
        "../../envs/driver.yaml"
    params:
        methods=lambda wildcards: ",".join(config["artifacts"][wildcards.artifact]["methods"]),
        datasets=lambda wildcards: ",".join(config["artifacts"][wildcards.artifact]["datasets"]),
        minimum=CLAIMS.minimum_seeds,
        code=fingerprint("analysis.ranks"),
    shell:
        "python -m repool rank {wildcards.artifact:q} --cells {input.cells:q} --cards {input.cards:q}"
        " --methods={params.methods:q} --datasets={params.datasets:q} --minimum-seeds {params.minimum:q}"
        " --out {output.ranks:q} > {log:q} 2>&1"


rule judge_claims:
    input:
        claims=own("config/claims.yaml"),
        published=own("config/published.yaml"),
        cells=mends(lambda wildcards: [grid.cell_tables(config, *cell)[0] for cell in RAN]),
    output:
        claims=report("results/{config}/claims.json", category="Claims", caption="../../report/provenance/claims.rst"),
    log:
        "results/{config}/logs/judge_claims.log",
    benchmark:
        "results/{config}/benchmarks/judge_claims.tsv"
    group:
        "evidence"
    conda:
        "../../envs/driver.yaml"
    params:
        sizes=canonical(grid.sizes(config, "figure_8")),
        rules=content("config/claims.yaml", "config/published.yaml"),
        code=fingerprint("analysis.claims.verdicts"),
    shell:
        "python -m repool claims --cells {input.cells:q}"
        " --sizes {params.sizes:q} --out {output.claims:q} > {log:q} 2>&1"


# `snakemake claims --cores 1`, `snakemake numbers --cores 1`: a verdict for each claim, and every number with its sources.
rule claims:
    input:
        f"results/{config['name']}/claims.json",


rule numbers:
    input:
        f"results/{config['name']}/numbers.json",
