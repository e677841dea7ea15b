# Floor 3: from records to tables and tests, in two steps: cell, then artifact.


rule collect_cell:
    input:
        records=lambda wildcards: grid.run_files(config, wildcards.dataset, wildcards.method, "json"),
        timings=lambda wildcards: grid.run_files(config, wildcards.dataset, wildcards.method, "timing.json"),
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
        code=fingerprint("analysis.cells"),
    shell:
        "python -m repool collect --records {input.records} --card {input.card} --out {output.table}"
        " --info {output.info} > {log} 2>&1"


rule collect_curves:
    input:
        records=lambda wildcards: grid.run_files(config, wildcards.dataset, wildcards.method, "json"),
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
        code=fingerprint("analysis.curves"),
    shell:
        "python -m repool collect-curves {wildcards.curve} --records {input.records} --card {input.card}"
        " --out {output.table} > {log} 2>&1"


rule tabulate_artifact:
    input:
        cells=lambda wildcards: grid.cell_files(config, wildcards.artifact, "csv"),
        curves=lambda wildcards: grid.curve_files(config, wildcards.artifact),
        summaries=lambda wildcards: grid.summaries(config, wildcards.artifact),
        activations=lambda wildcards: grid.activation_files(config, wildcards.artifact),
        cards=lambda wildcards: grid.card_files(config, config["artifacts"][wildcards.artifact]["datasets"]),
        published=here("config/published.yaml"),
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
        code=lambda wildcards: analysis_code(wildcards.artifact),
    shell:
        "python -m repool tabulate {wildcards.artifact} --cells {input.cells} --curves {input.curves}"
        " --summaries {input.summaries} --activations {input.activations} --cards {input.cards}"
        " --methods '{params.methods}' --datasets '{params.datasets}' --sizes {params.sizes:q}"
        " --margins {params.margins:q} --published {input.published} --out {output.table} > {log} 2>&1"


rule test_artifact:
    input:
        cells=lambda wildcards: grid.cell_files(config, wildcards.artifact, "csv"),
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
        code=fingerprint("analysis.paired"),
    shell:
        "python -m repool test {wildcards.artifact} --cells {input.cells} --cards {input.cards}"
        " --methods '{params.methods}' --datasets '{params.datasets}' --pairs '{params.pairs}'"
        " --margins {params.margins:q} --out {output.tests} > {log} 2>&1"


rule rank_methods:
    input:
        cells=lambda wildcards: grid.cell_files(config, wildcards.artifact, "csv"),
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
        code=fingerprint("analysis.ranks"),
    shell:
        "python -m repool rank {wildcards.artifact} --cells {input.cells} --cards {input.cards}"
        " --methods '{params.methods}' --datasets '{params.datasets}' --out {output.ranks} > {log} 2>&1"


rule judge_claims:
    input:
        claims=here("config/claims.yaml"),
        published=here("config/published.yaml"),
        cells=[f"results/{config['name']}/tables/cells/{dataset}/{method}.csv" for dataset, method in RAN],
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
        code=fingerprint("analysis.claims"),
    shell:
        "python -m repool claims --claims {input.claims} --published {input.published} --cells {input.cells}"
        " --sizes {params.sizes:q} --out {output.claims} > {log} 2>&1"


rule collect_numbers:
    input:
        tables=[f"results/{config['name']}/tables/{artifact}.csv" for artifact in ARTIFACTS],
        tests=[f"results/{config['name']}/tests/{artifact}.csv" for artifact in grid.tested(config)],
        ranks=[f"results/{config['name']}/ranks/{artifact}.csv" for artifact in grid.ranked(config)],
        claims="results/{config}/claims.json",
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
        code=fingerprint("analysis.numbers"),
    shell:
        "python -m repool numbers --tables {input.tables} --tests {input.tests} --ranks {input.ranks}"
        " --claims {input.claims} --out {output.numbers} > {log} 2>&1"


# `snakemake claims`, `snakemake numbers`: a verdict for each claim, and every number with its sources.
rule claims:
    input:
        f"results/{config['name']}/claims.json",


rule numbers:
    input:
        f"results/{config['name']}/numbers.json",
