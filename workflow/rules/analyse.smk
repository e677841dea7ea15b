# Floor 3: from records to tables and tests, in two steps: cell, then artifact.


rule collect_cell:
    input:
        records=expand(
            "results/{{config}}/runs/{{dataset}}/{{method}}/seed-{seed:02d}.json", seed=grid.all_seeds(config)
        ),
        timings=expand(
            "results/{{config}}/runs/{{dataset}}/{{method}}/seed-{seed:02d}.timing.json", seed=grid.all_seeds(config)
        ),
        card="results/{config}/data/{dataset}/card.json",
    output:
        table="results/{config}/tables/cells/{dataset}/{method}.csv",
        info="results/{config}/tables/cells/{dataset}/{method}.json",
    log:
        "results/{config}/logs/collect_cell/{dataset}/{method}.log",
    benchmark:
        "results/{config}/benchmarks/collect_cell/{dataset}/{method}.tsv"
    group:
        "evidence"
    conda:
        "../../envs/repool.yaml"
    params:
        code=fingerprint("analysis.cells"),
    shell:
        "python -m repool collect --records {input.records} --card {input.card} --out {output.table}"
        " --info {output.info} > {log} 2>&1"


rule tabulate_artifact:
    input:
        cells=lambda wildcards: [
            f"results/{wildcards.config}/tables/cells/{dataset}/{method}.csv"
            for dataset, method in grid.cells(config, wildcards.artifact)
        ],
        cards=lambda wildcards: [
            f"results/{wildcards.config}/data/{dataset}/card.json"
            for dataset in config["artifacts"][wildcards.artifact]["datasets"]
        ],
        published="config/published.yaml",
    output:
        table="results/{config}/tables/{artifact}.csv",
    log:
        "results/{config}/logs/tabulate_artifact/{artifact}.log",
    benchmark:
        "results/{config}/benchmarks/tabulate_artifact/{artifact}.tsv"
    group:
        "evidence"
    conda:
        "../../envs/repool.yaml"
    params:
        methods=lambda wildcards: ",".join(config["artifacts"][wildcards.artifact]["methods"]),
        datasets=lambda wildcards: ",".join(config["artifacts"][wildcards.artifact]["datasets"]),
        code=lambda wildcards: analysis_code(wildcards.artifact),
    shell:
        "python -m repool tabulate {wildcards.artifact} --cells {input.cells} --cards {input.cards}"
        " --methods '{params.methods}' --datasets '{params.datasets}' --published {input.published}"
        " --out {output.table} > {log} 2>&1"


rule test_artifact:
    input:
        cells=lambda wildcards: [
            f"results/{wildcards.config}/tables/cells/{dataset}/{method}.csv"
            for dataset, method in grid.cells(config, wildcards.artifact)
        ],
        cards=lambda wildcards: [
            f"results/{wildcards.config}/data/{dataset}/card.json"
            for dataset in config["artifacts"][wildcards.artifact]["datasets"]
        ],
    output:
        tests="results/{config}/tests/{artifact}.csv",
    log:
        "results/{config}/logs/test_artifact/{artifact}.log",
    benchmark:
        "results/{config}/benchmarks/test_artifact/{artifact}.tsv"
    group:
        "evidence"
    conda:
        "../../envs/repool.yaml"
    params:
        methods=lambda wildcards: ",".join(config["artifacts"][wildcards.artifact]["methods"]),
        datasets=lambda wildcards: ",".join(config["artifacts"][wildcards.artifact]["datasets"]),
        pairs=lambda wildcards: ",".join(config["artifacts"][wildcards.artifact]["pairs"]),
        code=fingerprint("analysis.paired"),
    shell:
        "python -m repool test {wildcards.artifact} --cells {input.cells} --cards {input.cards}"
        " --methods '{params.methods}' --datasets '{params.datasets}' --pairs '{params.pairs}'"
        " --out {output.tests} > {log} 2>&1"
