# Floor 2: the runs of every cell, a block of seeds a job, a record a seed; the first seed keeps some activations.

FIRST_SEED = grid.all_seeds(config)[0]

for block, methods in BLOCKS.items():

    rule:
        name:
            f"train_seeds_{block.name}"
        input:
            card="results/{config}/data/{dataset}/card.json",
            arrays="results/{config}/data/{dataset}/arrays",
        output:
            records=block.files("results/{config}/runs/{dataset}/{method}/seed-SEED.json"),
            timings=block.files("results/{config}/runs/{dataset}/{method}/seed-SEED.timing.json"),
            activations=block.activations(
                FIRST_SEED, "results/{config}/runs/{dataset}/{method}/seed-SEED.activations.npz"
            ),
        log:
            f"results/{{config}}/logs/train/{{dataset}}/{{method}}/seeds_{block.name}.log",
        benchmark:
            f"results/{{config}}/benchmarks/train/{{dataset}}/{{method}}/seeds_{block.name}.tsv"
        wildcard_constraints:
            method="|".join(methods),
        conda:
            TRAINER
        threads: 1
        resources:
            gpu=1,
            mem_mb=lambda wildcards, attempt: 4000 * attempt,
            runtime=lambda wildcards, attempt: 240 * attempt,
        params:
            spec=lambda wildcards: spec_text(config, wildcards.dataset, wildcards.method),
            code=lambda wildcards: training_code(config, wildcards.method),
            seeds=block.argument,
            data=subpath(input.card, parent=True),
            activations=f"--activations {FIRST_SEED}" if FIRST_SEED in block.seeds else "",
            folder=lambda wildcards, output: str(Path(output.records[0]).parent),
        shell:
            "python -m repool train --spec {params.spec:q} --seeds {params.seeds} --data {params.data}"
            " --out {params.folder} {params.activations} > {log} 2>&1"
