"""Tables of every further kind, claims, ranks and deviations, written by hand as docs/evidence.md describes them."""

import json
from pathlib import Path

from repool.cli import main

TABLES = {
    "table_2": """\
dataset,method,one_method,metric,unit,published_one,published_many,published_drop,one_runs,one_mean,one_std,\
many_runs,many_mean,many_std,pairs,drop,drop_low,drop_high,status
NCI1,graclus,graclus-one,accuracy,%,76.6,80.1,3.5,3,75.25,1.5,3,79.75,1.25,3,4.5,2.25,6.75,exact
NCI1,gmn,gmn-one,accuracy,%,77.1,80.2,3.1,,,,,,,,,,,pending
ZINC,gmn,gmn-one,mae,target units,0.469,0.409,0.06,,,,,,,,,,,not-configured
""",
    "figure_7": """\
dataset,method,curve,epoch,runs,seeds,mean,std,low,high,metric,unit,status
NCI1,diffpool,validation_loss,1,3,3,0.9,0.1,0.8,1.0,validation_loss,loss,exact
NCI1,diffpool,validation_loss,2,3,3,0.4125,0.1,0.3125,0.5125,validation_loss,loss,exact
NCI1,diffpool,validation_loss,3,2,3,0.5,0.1,0.4,0.6,validation_loss,loss,exact
NCI1,diffpool-lambda-1000,validation_loss,,0,0,,,,,validation_loss,loss,pending
""",
    "figure_3": """\
dataset,method,curve,epoch,runs,seeds,mean,std,low,high,metric,unit,status
ZINC,diffpool-invariant,permuted,1,3,3,0.75,0.1,0.65,0.85,mae,target units,exact
ZINC,diffpool-invariant,permuted,2,3,3,0.5125,0.1,0.4125,0.6125,mae,target units,exact
ZINC,diffpool-normal,permuted,,0,0,,,,,mae,target units,pending
""",
    "homogeneity": """\
dataset,method,layer,runs,rows,share,share_std,matrix_share,matrix_share_std,status
NCI1,gmn,0,3,29.87,0.6126,0.0128,0.3124,0.0031,exact
NCI1,gmn,1,3,10,0.4376,,,,exact
NCI1,gmn,2,3,1,0,0,0,0,exact
NCI1,diffpool,0,3,29.87,0.00004,0.00001,0.5,0.25,exact
NCI1,gmn-random,,0,,,,,,pending
MOLECULES,gmn,0,2,23.25,0.5,0.1,0.25,0.1,embedded
""",
    "figure_6": """\
dataset,method,seed,graph,layer,row,values,status
NCI1,gmn,0,77,0,0,0 0.5 -1.25,exact
NCI1,gmn,0,77,0,1,0 0.75 -1.5,exact
NCI1,gmn,0,77,1,0,2.5 2.5,exact
NCI1,gmn-random,,,,,,pending
""",
    "appendix_c": """\
dataset,method,runs,largest,tolerance,invariant,expected,source,agrees,status
NCI1,diffpool-invariant,3,0.0000012345,0.0001,yes,yes,theorem 1,yes,exact
NCI1,gmn-distance,3,0.021,0.0001,no,yes,theorem 2,no,exact
NCI1,gmn-random,3,0.5,0.0001,no,,not spoken of,,exact
NCI1,graclus,0,,0.0001,,no,remark 3,,pending
""",
    "appendix_d": """\
dataset,method,runs,learned,learned_least,identical,tolerance,zero,status
NCI1,gmn,3,0.2345,0.2125,0.00000021,0.0001,yes,exact
MOLECULES,gmn,0,,,,0.0001,,pending
""",
    "figure_8": """\
dataset,layers,hidden,first_method,second_method,metric,unit,runs,first_mean,second_mean,advantage,printed,status
NCI1,2,16,graclus-layers-2-hidden-16,complement-layers-2-hidden-16,accuracy,%,1,71.5,72.75,1.25,0.715,embedded
NCI1,5,32,graclus-layers-5-hidden-32,complement-layers-5-hidden-32,accuracy,%,0,,,,,pending
""",
    "table_s4": """\
dataset,option,label,value,published,differs,methods,status
NCI1,memory_keys,#Keys,"[10, 1]","[10, 1]",no,gmn; gmn-random,exact
NCI1,hidden,Hidden dim.,64,100,yes,gmn; gmn-random,exact
DD,memory_keys,#Keys,,"[32, 8, 1]",,,not-configured
DD,hidden,Hidden dim.,,64,,,not-configured
""",
    "epoch_times": """\
dataset,method,runs,seconds_per_epoch,low,high,relative,relative_low,relative_high,published_relative,blocks,block,devices,\
status
SMNIST,gmn,3,1.7325,1.71,1.75,1,,,1,1,3,A processor,exact
SMNIST,gmn-distance,3,0.82,0.8,0.85,0.4733,0.46,0.49,0.5,1,3,A processor,exact
SMNIST,gmn-random,0,,,,,,,0.1,0,,,pending
""",
}
RANKS = """\
method,average_rank,datasets,methods,friedman_statistic,p_value,status
complement,1.5,2,3,1.0,0.6065,exact
graclus,1.75,2,3,1.0,0.6065,exact
global-mean,2.75,2,3,1.0,0.6065,exact
"""


def test_of(dataset: str, holds: bool | None, **changes: object) -> dict[str, object]:
    row = {"dataset": dataset, "first": "complement", "second": "graclus", "test": "equivalent", "measure": ""}
    row |= {"over": [], "seeds": 20, "failed": 0, "decides": True, "better": False, "metric": "accuracy"}
    row |= {"within": 1.125, "size": None, "others": [], "between_datasets": None, "between_datasets_p": None}
    return row | {"estimate": 0.4321, "low": -0.25, "high": 1.125, "p": 0.0421, "margin": 1.0, "holds": holds} | changes


def mention(number: str) -> dict[str, object]:
    """A number of the first test, in a reason."""
    return {"test": 0, "number": number}


CLAIMS = [
    {
        "id": "complement-matches-graclus",
        "says": "GRACLUS and COMPLEMENT perform almost on par & more",
        "artifacts": ["figure_1", "table_1", "figure_2"],
        "verdict": "replicated",
        "reason": ["Equal on NCI1, ", mention("estimate"), ", margin ", mention("margin"), "."],
        "data": ["exact"],
        "tests": [test_of("NCI1", True), test_of("IMDB-B", None, low=None, high=None, p=None)],
    },
    {
        "id": "one-convolution-hurts",
        "says": "with a single convolution all networks drop",
        "artifacts": ["table_2"],
        "verdict": "not replicated",
        "reason": ["GMN does not drop."],
        "data": ["embedded", "exact"],
        "tests": [test_of("MOLECULES", False, second="", test="published")],
    },
    {
        "id": "invariances",
        "says": "simplified GMN is permutation invariant",
        "artifacts": ["appendix_c"],
        "verdict": "not run",
        "reason": [],
        "data": [],
        "tests": [],
    },
    {
        "id": "hyperparameters-do-not-matter",
        "says": "the gap is at most 0.05",
        "artifacts": ["figure_8"],
        "verdict": "deviates from the published number",
        "reason": ["One of two."],
        "data": ["exact", "substitute"],
        "tests": [],
    },
]
DEVIATIONS = """\
# Where the released code differs

Some words before the first heading.

## Training

| What | Paper | Released code | Here |
|---|---|---|---|
| Floor of the rate | 1e-5 | GMN 1e-6 | paper |
| A bar \\| and `code_with_underscores` | $x$ & 50 % | {braces} ~ ^ # | λ = 1000 → ± |
"""


def make_kinds(folder: Path) -> list[object]:
    """Write everything below `folder`; returns the further arguments of the command line."""
    for name, text in TABLES.items():
        (folder / "tables").mkdir(exist_ok=True)
        (folder / "tables" / f"{name}.csv").write_text(text)
    picture = folder / "figures" / "figure_6"
    pictures = [f"--{kind}={picture}.{kind}" for kind in ("svg", "pdf")]
    assert main(["plot", "figure_6", "--table", str(folder / "tables" / "figure_6.csv"), *pictures]) == 0
    (folder / "ranks").mkdir()
    (folder / "ranks" / "table_1.csv").write_text(RANKS)
    (folder / "claims.json").write_text(
        json.dumps(
            {
                "claims": CLAIMS,
                "contradictions": [{"says": "4 % in the text & 5.0 in table 2", "claims": ["invariances"]}],
                "tests": {"equivalent": "the means differ by less than the margin"},
            }
        )
    )
    (folder / "deviations.md").write_text(DEVIATIONS)
    return [
        *("--ranks", folder / "ranks" / "table_1.csv"),
        *("--claims", folder / "claims.json"),
        *("--deviations", folder / "deviations.md"),
    ]
