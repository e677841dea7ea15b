# Floor 2 from the archive: runs that were kept, with the cards of their data. Nothing is prepared or trained.


rule restore_card:
    input:
        card=lambda wildcards: own(kept_card(grid.FOUND, wildcards.dataset)),
    output:
        card="results/{config}/data/{dataset}/card.json",
    log:
        "results/{config}/logs/restore_card/{dataset}.log",
    benchmark:
        "results/{config}/benchmarks/restore_card/{dataset}.tsv"
    group:
        "archive"
    conda:
        "../../envs/driver.yaml"
    params:
        content=lambda wildcards: grid.FOUND.cards[wildcards.dataset]["content_sha256"],
    shell:
        "python -m repool archive take-card {wildcards.dataset:q} --content {params.content:q} --out {output.card:q}"
        " > {log:q} 2>&1"


rule restore_block:
    input:
        card=lambda wildcards: grid.card_file(config, wildcards.dataset),
        runs=lambda wildcards: own(kept_runs(config, wildcards.dataset, wildcards.method)),
        replays=own("results/archive/replays/*.json"),
    output:
        block="results/{config}/runs/{dataset}/{method}/seeds-{block}.json",
    log:
        "results/{config}/logs/restore_block/{dataset}/{method}/seeds-{block}.log",
    benchmark:
        "results/{config}/benchmarks/restore_block/{dataset}/{method}/seeds-{block}.tsv"
    group:
        "archive"
    conda:
        "../../envs/driver.yaml"
    params:
        spec=lambda wildcards: spec_text(config, wildcards.dataset, wildcards.method),
        code=lambda wildcards: training_code(config["methods"][wildcards.method]["family"]),
        kept=lambda wildcards: content(
            kept_runs(config, wildcards.dataset, wildcards.method), "results/archive/replays/*.json"
        ),
        seeds=lambda wildcards: wildcards.block.partition(".")[0],
        activations=lambda wildcards: kept_activations(
            config, grid.FOUND, wildcards.dataset, wildcards.method, wildcards.block
        ),
        folder=subpath(output.block, parent=True),
    shell:
        "python -m repool archive take-block --spec {params.spec:q} --seeds {params.seeds:q} --card {input.card:q}"
        " --out {params.folder:q} {params.activations} > {log:q} 2>&1"
