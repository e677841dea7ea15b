"""The verdict engine on made-up runs: each verdict, each kind of test, and what data may never do."""

import json
from pathlib import Path

import numpy as np
import pytest
import yaml
from made import make_cell

from repool.analysis.claims.tests import Question, better, equivalent, faster, no_wider_spread, similar_spread
from repool.artifacts.table import Number, plain
from repool.cli import main
from repool.report import claims as page

ROOT = Path(__file__).parents[2]
CLAIMS = yaml.safe_load((ROOT / "config" / "claims.yaml").read_text())
EQUIVALENT = {"test": "equivalent", "pairs": ["graclus:complement"], "datasets": ["NCI1", "SMNIST"]}


def scores(mean: float, spread: float = 0.004, seeds: int = 20, key: int = 0) -> dict[int, float]:
    """Made-up scores with exactly that mean."""
    drawn = np.random.default_rng(key).normal(0, spread, seeds)
    return dict(enumerate((mean + drawn - drawn.mean()).round(12).tolist()))


def cells(folder: Path, by_dataset: dict[str, dict[str, dict[int, float]]], **more) -> list[Path]:
    return [
        make_cell(folder, dataset, method, values, **more)
        for dataset, methods in by_dataset.items()
        for method, values in methods.items()
    ]


def judged(folder: Path, tables: list[Path], *tests: dict, rule: dict | None = None, sizes: list | None = None) -> dict:
    """The verdict on one claim that these tests decide, its reason as it is printed."""
    rules = {
        "margins": {"accuracy": 1.0, "mae": 0.01, "validation_loss": 0.02},
        "minimum_seeds": 6,
        **{name: CLAIMS[name] for name in ("tests", "measures")},
        "claims": {"made": {"artifacts": ["table_1"], "tests": list(tests), **(rule or {})}},
    }
    paper = {"table_1": {"graclus": {"NCI1": [80.0, 1.0]}}, "claims": [{"id": "made", "says": "it is so"}]}
    files = {"claims": rules, "published": paper}
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content))
    arguments = [f"--{name}={folder / name}.yaml" for name in files]
    more = ["--sizes", json.dumps(sizes or []), "--out", str(folder / "claims.json")]
    assert main(["claims", *arguments, "--cells", *map(str, tables), *more]) == 0
    (claim,) = json.loads((folder / "claims.json").read_text())["claims"]
    assert (claim["id"], claim["says"], claim["artifacts"]) == ("made", "it is so", ["table_1"])
    return claim | {"pieces": claim["reason"], "reason": plain(page.reason(claim))}


def both(mean: float, other: float) -> dict[str, dict[int, float]]:
    return {"graclus": scores(mean, key=1), "complement": scores(other, key=2)}


def test_replicated_where_every_test_holds(tmp_path):
    tables = cells(tmp_path, {"NCI1": both(0.80, 0.802), "SMNIST": both(0.94, 0.943)})
    claim = judged(tmp_path, tables, EQUIVALENT)
    assert (claim["verdict"], claim["data"]) == ("replicated", ["exact"])
    assert "2 of 2 tests hold on NCI1 and SMNIST" in claim["reason"]
    nci1 = claim["tests"][0]
    assert {key: nci1[key] for key in ("dataset", "first", "second", "test", "margin", "holds")} == {
        "dataset": "NCI1", "first": "graclus", "second": "complement", "test": "equivalent", "margin": 1.0,
        "holds": True,
    }  # fmt: skip
    assert nci1["estimate"] == pytest.approx(-0.2)
    assert -1 < nci1["low"] < nci1["estimate"] < nci1["high"] < 1
    assert nci1["p"] < 0.05


def test_not_replicated_where_one_fails(tmp_path):
    tables = cells(tmp_path, {"NCI1": both(0.80, 0.80), "SMNIST": both(0.94, 0.90)})
    claim = judged(tmp_path, tables, EQUIVALENT)
    assert claim["verdict"] == "not replicated"
    assert "1 of 2 tests fail: SMNIST, GRACLUS − COMPLEMENT: +4.0" in claim["reason"]


def test_a_reason_mentions_the_numbers_of_its_tests_by_the_names_they_have_there(tmp_path):
    """The same number, once in the reason and once among the tests: one name, one text."""
    tables = cells(tmp_path, {"NCI1": both(0.80, 0.80), "SMNIST": both(0.94, 0.90)})
    claim = judged(tmp_path, tables, EQUIVALENT)
    mentioned = [piece for piece in claim["pieces"] if not isinstance(piece, str)]
    assert mentioned == [{"test": 1, "number": name} for name in ("estimate", "low", "high", "margin")]
    said = [piece for piece in page.reason(claim | {"reason": claim["pieces"]}) if isinstance(piece, Number)]
    shown = page.tests(claim)[1]
    assert said == [*shown.estimate, shown.interval[0], shown.interval[2], *shown.margin]
    assert [number.id for number in said] == [f"claims.made.1.{piece['number']}" for piece in mentioned]


def test_a_ratio_that_two_seeds_cannot_have_is_said_not_to_be_there(tmp_path):
    few = {"graclus": scores(0.9, seeds=2, key=1), "complement": scores(0.5, seeds=2, key=2)}
    test = {**EQUIVALENT, "test": "similar spread", "margin": 2, "datasets": ["NCI1"]}
    claim = judged(tmp_path, cells(tmp_path, {"NCI1": few}), test)
    assert "so far NCI1, deviation of GRACLUS over that of COMPLEMENT: not computed." in claim["reason"]


def test_a_failure_on_one_dataset_decides_even_where_others_have_not_run(tmp_path):
    claim = judged(tmp_path, cells(tmp_path, {"NCI1": both(0.80, 0.70)}), EQUIVALENT)
    assert claim["verdict"] == "not replicated"


def test_inconclusive_where_the_runs_leave_it_open(tmp_path):
    noisy = {"graclus": scores(0.80, 0.05, key=1), "complement": scores(0.80, 0.05, key=2)}
    claim = judged(tmp_path, cells(tmp_path, {"NCI1": noisy, "SMNIST": both(0.9, 0.9)}), EQUIVALENT)
    assert claim["verdict"] == "inconclusive"
    assert [test["holds"] for test in claim["tests"]] == [None, True]
    assert "leave 1 of 2 tests open: NCI1" in claim["reason"]


def test_inconclusive_where_a_dataset_of_the_paper_is_missing(tmp_path):
    claim = judged(tmp_path, cells(tmp_path, {"NCI1": both(0.80, 0.80)}), EQUIVALENT)
    assert claim["verdict"] == "inconclusive"
    assert "Not run: SMNIST." in claim["reason"]
    pairs = {**EQUIVALENT, "pairs": ["graclus:complement", "graclus:gin"]}
    claim = judged(tmp_path, cells(tmp_path, {"NCI1": both(0.80, 0.80)}), pairs)
    assert "Not run: SMNIST; GRACLUS and GIN on NCI1." in claim["reason"]


def test_too_few_seeds_decide_nothing_however_clear(tmp_path):
    few = {"graclus": scores(0.9, seeds=5, key=1), "complement": scores(0.5, seeds=5, key=2)}
    claim = judged(tmp_path, cells(tmp_path, {"NCI1": few, "SMNIST": few}), EQUIVALENT)
    assert claim["verdict"] == "inconclusive"
    assert "Too few seeds: 5, where 6 are the least" in claim["reason"]


@pytest.mark.parametrize(("mean", "verdict"), [(0.83, "deviates from the published number"), (0.803, "replicated")])
def test_a_claim_that_holds_deviates_where_its_numbers_are_off(tmp_path, mean, verdict):
    tables = cells(tmp_path, {"NCI1": both(mean, mean), "SMNIST": both(0.94, 0.94)})
    claim = judged(tmp_path, tables, EQUIVALENT, rule={"published": {"tables": ["table_1"], "methods": ["graclus"]}})
    assert claim["verdict"] == verdict
    published = claim["tests"][-1]
    assert (published["test"], published["first"], published["second"]) == ("published", "graclus", "")
    assert published["estimate"] == pytest.approx(100 * mean - 80)
    assert published["holds"] is (verdict == "replicated")
    assert ("Off the published number: NCI1, GRACLUS − published: +3.0" in claim["reason"]) == (mean == 0.83)


def test_not_run_without_any_run(tmp_path):
    claim = judged(tmp_path, [], EQUIVALENT)
    assert (claim["verdict"], claim["tests"], claim["data"]) == ("not run", [], [])
    assert claim["reason"] == "No run on NCI1 and SMNIST."


@pytest.mark.parametrize("dataset", ["MUTAG", "NCI1"])
def test_embedded_data_carry_no_verdict_under_any_name(tmp_path, dataset):
    tables = cells(tmp_path, {dataset: both(0.8, 0.8)}, status="embedded")
    claim = judged(tmp_path, tables, EQUIVALENT)
    assert (claim["verdict"], claim["data"]) == ("not run", ["embedded"])
    assert f"{dataset} (embedded data) only stand in, without a verdict: of 1 tests there 1 hold" in claim["reason"]


def test_embedded_data_sway_no_verdict_on_others(tmp_path):
    tables = cells(tmp_path, {"NCI1": both(0.8, 0.8), "SMNIST": both(0.9, 0.9)})
    tables += cells(tmp_path, {"MUTAG": both(0.9, 0.5)}, status="embedded")
    claim = judged(tmp_path, tables, EQUIVALENT)
    assert claim["verdict"] == "replicated"
    assert [test["holds"] for test in claim["tests"]] == [True, True, False]


@pytest.mark.parametrize("status", ["substitute", "rebuilt", "unverified"])
def test_data_that_are_not_exact_are_named_in_the_reason(tmp_path, status):
    tables = cells(tmp_path, {"NCI1": both(0.8, 0.8)})
    tables += cells(tmp_path, {"SMNIST": both(0.9, 0.9)}, status=status)
    claim = judged(tmp_path, tables, EQUIVALENT)
    assert (claim["verdict"], claim["data"]) == ("replicated", sorted(["exact", status]))
    assert f"{status.capitalize()} data: SMNIST." in claim["reason"]


def test_any_asks_for_one_dataset_of_each_pair(tmp_path):
    wide, narrow = scores(0.8, 0.03, key=1), scores(0.8, 0.003, key=2)
    test = {**EQUIVALENT, "test": "no wider spread", "margin": 2, "need": "any"}
    mixed = {"NCI1": {"graclus": wide, "complement": narrow}, "SMNIST": {"graclus": narrow, "complement": wide}}
    assert judged(tmp_path, cells(tmp_path, mixed), test)["verdict"] == "replicated"
    assert judged(tmp_path, cells(tmp_path, mixed), {**test, "need": "all"})["verdict"] == "not replicated"


def test_scores_on_permuted_graphs_are_named_and_take_the_margin_of_the_score(tmp_path):
    tables = [
        make_cell(tmp_path, "NCI1", method, scores(0.8), permuted=dict.fromkeys(range(20), (0.9, mean)))
        for method, mean in (("diffpool-normal", 0.7), ("diffpool-invariant", 0.705))
    ]
    test = {"test": "equivalent", "pairs": ["diffpool-normal:diffpool-invariant"], "datasets": ["NCI1"]}
    claim = judged(tmp_path, tables, {**test, "measure": "permuted_mean"}, {**test, "measure": "permuted_best"})
    assert claim["verdict"] == "replicated"
    assert [(test["estimate"], test["margin"], test["measure"]) for test in claim["tests"]] == [
        (pytest.approx(-0.5), 1.0, "mean score of all epochs with nodes permuted"),
        (0.0, 1.0, "best score with nodes permuted"),
    ]


def test_some_higher_takes_the_best_of_the_variants_as_observed(tmp_path):
    test = {"test": "some higher", "pairs": ["complement:gin", "graclus:gin"], "datasets": ["NCI1"]}
    three = {"gin": scores(0.80), "graclus": scores(0.801), "complement": scores(0.75)}
    claim = judged(tmp_path, cells(tmp_path, {"NCI1": three}), test)
    assert claim["verdict"] == "replicated"
    assert (claim["tests"][0]["first"], claim["tests"][0]["p"]) == ("graclus", None)
    none = {"gin": scores(0.80), "graclus": scores(0.78), "complement": scores(0.75)}
    assert judged(tmp_path, cells(tmp_path, {"NCI1": none}), test)["verdict"] == "not replicated"


def test_gaps_need_a_single_run_of_every_combination(tmp_path):
    sizes = [{"layers": n, "hidden": 16, "first": f"graclus-{n}", "second": f"complement-{n}"} for n in (2, 3)]
    test = {"test": "gap", "datasets": ["NCI1"], "margin": 0.05}
    two = {"graclus-2": {0: 0.80}, "complement-2": {0: 0.84}}
    assert judged(tmp_path, cells(tmp_path, {"NCI1": two}), test, sizes=sizes)["verdict"] == "inconclusive"
    three = {"graclus-3": {0: 0.80}, "complement-3": {0: 0.80}}
    claim = judged(tmp_path, cells(tmp_path, {"NCI1": two | three}), test, sizes=sizes)
    assert (claim["verdict"], claim["tests"][0]["estimate"]) == ("replicated", pytest.approx(-0.04))
    wide = {"graclus-3": {0: 0.80}, "complement-3": {0: 0.70}}
    claim = judged(tmp_path, cells(tmp_path, {"NCI1": two | wide}), test, sizes=sizes)
    assert (claim["verdict"], claim["tests"][0]["first"]) == ("not replicated", "graclus-3")


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [(4, "replicated"), (8, "deviates from the published number"), (12, "not replicated")],
)
def test_faster_deviates_where_it_is_slower_than_the_papers_best(tmp_path, seconds, verdict):
    noise = np.random.default_rng(0).normal(1, 0.01, 20)
    tables = [
        make_cell(tmp_path, "SMNIST", method, scores(0.9), seconds=dict(enumerate((factor * noise).tolist())))
        for method, factor in (("gmn", 10), ("gmn-distance", seconds))
    ]
    test = {"test": "faster", "pairs": ["gmn-distance:gmn"], "datasets": ["SMNIST"], "published": 0.5}
    claim = judged(tmp_path, tables, test)
    assert claim["verdict"] == verdict
    assert claim["tests"][0]["estimate"] == pytest.approx(seconds / 10)


def question(first, second, better=1, margin=1.0) -> Question:
    return Question(np.array(first, dtype=float), np.array(second, dtype=float), better, margin)


def test_better_is_a_matter_of_the_metric_and_fails_where_the_gain_is_small():
    low, high = 0.4 + 0.001 * np.arange(10), 0.5 + 0.002 * np.arange(10)
    found = better(question(low, high, better=-1, margin=0.01))
    assert found.estimate == pytest.approx((high - low).mean())
    assert found.p == 2 / 2**10
    assert found.against > 0.99
    wrong = better(question(low, high, better=1, margin=0.01))
    assert (wrong.p, wrong.against < 0.001) == (1.0, True)


def test_a_difference_beyond_the_margin_speaks_against_equivalence():
    noise = np.random.default_rng(0).normal(0, 0.1, 10)
    assert equivalent(question(3 + noise, np.zeros(10))).against < 0.001
    assert equivalent(question(noise, np.zeros(10))).against == 1.0


def test_spreads_are_within_a_factor_or_beyond_it():
    random = np.random.default_rng(0)
    first, second = random.normal(size=60), random.normal(size=60)
    similar = similar_spread(question(first, second, margin=2))
    assert similar.p < 0.05 < similar.against
    beyond = similar_spread(question(first, 5 * second, margin=2))
    assert beyond.against < 0.05 < beyond.p
    assert no_wider_spread(question(first, 5 * second, margin=2)).p < 0.05


def test_one_seed_gives_an_estimate_without_an_interval():
    for test in (equivalent, better, similar_spread, no_wider_spread, faster):
        answer = test(question([2.0], [1.0], margin=2))
        assert np.isnan([answer.low, answer.high, answer.p, answer.against]).all()


def test_the_claims_of_the_paper_all_have_a_rule_and_say_so_without_any_run(tmp_path):
    out = tmp_path / "claims.json"
    files = [f"--{name}={ROOT / 'config' / name}.yaml" for name in ("claims", "published")]
    assert main(["claims", *files, "--out", str(out)]) == 0
    claims = json.loads(out.read_text())["claims"]
    assert len(claims) == 16
    assert {claim["verdict"] for claim in claims} == {"not run"}
    assert claims[0]["reason"] == ["No run on NCI1, IMDB-B, SMNIST and ZINC."]


def test_a_claim_without_a_rule_is_named(tmp_path, capsys):
    (tmp_path / "claims.yaml").write_text("{margins: {}, minimum_seeds: 6, tests: {}, measures: {}, claims: {}}")
    (tmp_path / "published.yaml").write_text("claims: [{id: made, says: so}]")
    arguments = [f"--{name}={tmp_path / name}.yaml" for name in ("claims", "published")]
    assert main(["claims", *arguments, "--out", str(tmp_path / "x.json")]) == 1
    assert "The claim made must stand both in" in capsys.readouterr().err
