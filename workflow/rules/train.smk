# Floor 2: the runs of every cell, a block of seeds a job, a record a seed; the first seed keeps some activations.


# Records stand beside the block's file, which names them by their content: a job that fails or is killed loses none of
# them, and one that finds them whole does not train them again.
rule train_block:
    input:
        card=mends(lambda wildcards: grid.card_file(config, wildcards.dataset)),
        # The card has their digest.
        arrays=ancient("results/{config}/data/{dataset}/arrays"),
    output:
        block="results/{config}/runs/{dataset}/{method}/seeds-{block}.json",
    log:
        "results/{config}/logs/train_block/{dataset}/{method}/seeds-{block}.log",
    benchmark:
        "results/{config}/benchmarks/train_block/{dataset}/{method}/seeds-{block}.tsv"
    conda:
        TRAINER
    threads: 1
    resources:
        gpu=1,
        mem_mb=lambda wildcards, attempt: 4000 * attempt,
        runtime=lambda wildcards, attempt: 240 * attempt,
    params:
        spec=lambda wildcards: spec_text(config, wildcards.dataset, wildcards.method),
        code=lambda wildcards: training_code(config["methods"][wildcards.method]["family"]),
        seeds=lambda wildcards: wildcards.block.partition(".")[0],
        activations=lambda wildcards: grid.activations(config, wildcards.dataset, wildcards.method, wildcards.block),
        data=subpath(input.card, parent=True),
        folder=subpath(output.block, parent=True),
    shell:
        "python -m repool train --spec {params.spec:q} --seeds {params.seeds:q} --data {params.data:q}"
        " --out {params.folder:q} {params.activations} > {log:q} 2>&1"
