# Floor 1: from raw archives to flat arrays and a card.


rule prepare_dataset:
    output:
        card="results/{config}/data/{dataset}/card.json",
        arrays=directory("results/{config}/data/{dataset}/arrays"),
    log:
        "results/{config}/logs/prepare_dataset/{dataset}.log",
    benchmark:
        "results/{config}/benchmarks/prepare_dataset/{dataset}.tsv"
    wildcard_constraints:
        dataset="|".join(DECLARED),
    conda:
        TRAINER
    threads: lambda wildcards: 8 if SOURCES[wildcards.dataset]["format"] == "superpixels" else 1
    resources:
        mem_mb=lambda wildcards, attempt: 4000 * attempt,
        runtime=lambda wildcards, attempt: 60 * attempt,
    params:
        source=lambda wildcards: canonical(SOURCES[wildcards.dataset]),
        code=lambda wildcards: reader_code(SOURCES[wildcards.dataset]),
        folder=subpath(output.card, parent=True),
    shell:
        "python -m repool data prepare {wildcards.dataset:q} --out {params.folder:q} --processes {threads} > {log:q} 2>&1"


# Datasets that the configuration declares itself: the command carries what is declared of them.
if OWN_SOURCES:

    rule prepare_own_dataset:
        output:
            card="results/{config}/data/{dataset}/card.json",
            arrays=directory("results/{config}/data/{dataset}/arrays"),
        log:
            "results/{config}/logs/prepare_own_dataset/{dataset}.log",
        benchmark:
            "results/{config}/benchmarks/prepare_own_dataset/{dataset}.tsv"
        wildcard_constraints:
            dataset="|".join(OWN_SOURCES),
        conda:
            TRAINER
        resources:
            mem_mb=lambda wildcards, attempt: 4000 * attempt,
            runtime=lambda wildcards, attempt: 60 * attempt,
        params:
            source=lambda wildcards: canonical(SOURCES[wildcards.dataset]),
            code=lambda wildcards: reader_code(SOURCES[wildcards.dataset]),
            folder=subpath(output.card, parent=True),
        shell:
            "python -m repool data prepare {wildcards.dataset:q} --source {params.source:q} --out {params.folder:q}"
            " > {log:q} 2>&1"
