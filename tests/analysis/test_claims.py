"""The verdict engine on made-up runs: each verdict, each kind of test, and what data may never do."""

import json
from pathlib import Path

import numpy as np
import pytest
import yaml
from made import make_cell
from scipy import stats

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
    assert "1 of 2 tests fails: SMNIST, GRACLUS − COMPLEMENT: +4.0" in claim["reason"]


def test_a_reason_mentions_the_numbers_of_its_tests_by_the_names_they_have_there(tmp_path):
    """The same number, once in the reason and once among the tests: one name, one text."""
    tables = cells(tmp_path, {"NCI1": both(0.80, 0.80), "SMNIST": both(0.94, 0.90)})
    claim = judged(tmp_path, tables, EQUIVALENT)
    mentioned = [piece for piece in claim["pieces"] if not isinstance(piece, str)]
    assert mentioned == [{"test": 1, "number": name} for name in ("estimate", "low", "high", "seeds", "margin")]
    said = [piece for piece in page.reason(claim | {"reason": claim["pieces"]}) if isinstance(piece, Number)]
    shown = page.tests(claim)[1]
    assert said == [*shown.estimate, shown.interval[0], shown.interval[2], shown.seeds[0], *shown.margin]
    assert "(90% t +3.88 to +4.12, n = 20), margin 1.0." in claim["reason"]
    assert [number.id for number in said] == [f"claims.made.1.{piece['number']}" for piece in mentioned]


def test_a_ratio_that_two_seeds_cannot_have_is_said_not_to_be_there(tmp_path):
    few = {"graclus": scores(0.9, seeds=2, key=1), "complement": scores(0.5, seeds=2, key=2)}
    test = {**EQUIVALENT, "test": "similar spread", "margin": 2, "datasets": ["NCI1"]}
    claim = judged(tmp_path, cells(tmp_path, {"NCI1": few}), test)
    assert "so far NCI1, deviation of GRACLUS over that of COMPLEMENT: not computed." in claim["reason"]


def test_a_failure_on_one_dataset_decides_even_where_others_have_not_run(tmp_path):
    claim = judged(tmp_path, cells(tmp_path, {"NCI1": both(0.80, 0.70)}), EQUIVALENT)
    assert claim["verdict"] == "not replicated"
    assert claim["reason"].endswith("No run on SMNIST.")


def test_stand_ins_neither_fail_nor_are_counted_among_the_tests_that_do(tmp_path):
    tables = cells(tmp_path, {"NCI1": both(0.80, 0.70)})
    tables += cells(tmp_path, {"MUTAG": both(0.90, 0.70)}, status="embedded")
    claim = judged(tmp_path, tables, EQUIVALENT | {"datasets": ["NCI1"]})
    assert [test["holds"] for test in claim["tests"]] == [False, False]
    assert claim["reason"].startswith("The one test fails: NCI1")


def test_beside_a_test_on_one_dataset_stands_what_its_seeds_say_of_new_data(tmp_path):
    """Nadeau and Bengio's variance where splits are redrawn; nothing of new data where they are fixed."""
    first, second = scores(0.80, 0.02, key=1), scores(0.795, 0.02, key=2)
    noisy = {"graclus": first, "complement": second}
    tables = cells(tmp_path, {"NCI1": noisy, "SMNIST": noisy})
    redrawn, fixed = judged(tmp_path, tables, EQUIVALENT)["tests"]
    differences = 100 * (np.array(list(first.values())) - np.array(list(second.values())))
    error = differences.std(ddof=1) * np.sqrt(1 / 20 + 1 / 8)
    known = stats.t(19, differences.mean(), error)
    assert (redrawn["new_data_low"], redrawn["new_data_high"]) == pytest.approx(known.interval(0.95))
    assert redrawn["inside"] == pytest.approx(known.cdf(1) - known.cdf(-1))
    plain = stats.t(19, differences.mean(), differences.std(ddof=1) / np.sqrt(20))
    assert (fixed["new_data_low"], fixed["inside"]) == (None, pytest.approx(plain.cdf(1) - plain.cdf(-1)))


def test_what_claims_yaml_remarks_stands_behind_the_reason(tmp_path):
    tables = cells(tmp_path, {"NCI1": both(0.80, 0.80), "SMNIST": both(0.94, 0.94)})
    claim = judged(tmp_path, tables, EQUIVALENT, rule={"remark": "The threshold is this project's."})
    assert claim["reason"].endswith(". The threshold is this project's.")


def test_inconclusive_where_the_runs_leave_it_open(tmp_path):
    noisy = {"graclus": scores(0.80, 0.05, key=1), "complement": scores(0.80, 0.05, key=2)}
    claim = judged(tmp_path, cells(tmp_path, {"NCI1": noisy, "SMNIST": both(0.9, 0.9)}), EQUIVALENT)
    assert claim["verdict"] == "inconclusive"
    assert [test["holds"] for test in claim["tests"]] == [None, True]
    assert "leave 1 of 2 tests open: NCI1" in claim["reason"]


def test_inconclusive_where_a_dataset_of_the_paper_is_missing(tmp_path):
    claim = judged(tmp_path, cells(tmp_path, {"NCI1": both(0.80, 0.80)}), EQUIVALENT)
    assert claim["verdict"] == "inconclusive"
    assert claim["reason"].endswith("No run on SMNIST.")
    pairs = {**EQUIVALENT, "pairs": ["graclus:complement", "graclus:gin"]}
    claim = judged(tmp_path, cells(tmp_path, {"NCI1": both(0.80, 0.80)}), pairs)
    assert claim["reason"].endswith("No run on SMNIST. Not run: GIN on NCI1.")


def test_a_method_that_alone_is_missing_is_named_and_not_its_dataset(tmp_path):
    claim = judged(tmp_path, cells(tmp_path, {"NCI1": {"graclus": scores(0.8)}}), EQUIVALENT)
    assert (claim["verdict"], claim["reason"]) == ("not run", "No run on SMNIST. Not run: COMPLEMENT on NCI1.")


def test_methods_whose_seeds_never_meet_are_said_to_do_so(tmp_path):
    apart = {"graclus": {0: 0.8}, "complement": {1: 0.8}}
    claim = judged(tmp_path, cells(tmp_path, {"NCI1": apart}), {**EQUIVALENT, "datasets": ["NCI1"]})
    assert claim["reason"] == "Nothing to compare, for no seed has what is needed: GRACLUS and COMPLEMENT on NCI1."


def test_too_few_seeds_decide_nothing_however_clear(tmp_path):
    few = {"graclus": scores(0.9, seeds=5, key=1), "complement": scores(0.5, seeds=5, key=2)}
    claim = judged(tmp_path, cells(tmp_path, {"NCI1": few, "SMNIST": few}), EQUIVALENT)
    assert claim["verdict"] == "inconclusive"
    assert "Too few seeds: 5, where 6 are the least" in claim["reason"]
    assert [test["p"] for test in claim["tests"]] == [None, None]


def test_too_few_seeds_are_said_of_the_tests_that_have_too_few(tmp_path):
    few = {"graclus": scores(0.8, seeds=5, key=1), "complement": scores(0.8, seeds=5, key=2)}
    noisy = {"graclus": scores(0.80, 0.05, key=1), "complement": scores(0.80, 0.05, key=2)}
    claim = judged(tmp_path, cells(tmp_path, {"NCI1": few, "SMNIST": noisy}), EQUIVALENT)
    assert claim["reason"].startswith("Too few seeds: 5, where 6 are the least; so far NCI1, ")
    assert "The runs leave 1 of 2 tests open: SMNIST, " in claim["reason"]
    assert [test["seeds"] for test in claim["tests"]] == [5, 20]
    claim = judged(tmp_path, cells(tmp_path, {"NCI1": both(0.8, 0.8), "SMNIST": noisy}), EQUIVALENT)
    assert "Too few" not in claim["reason"]


def test_a_run_that_diverged_is_no_score(tmp_path):
    """Twenty of them all score as if by chance, which would be equal to the last digit."""
    diverged = dict.fromkeys(range(20), float("nan"))
    tables = cells(tmp_path, {"NCI1": {"graclus": scores(0.5), "complement": scores(0.5)}}, losses=diverged)
    claim = judged(tmp_path, tables, {**EQUIVALENT, "datasets": ["NCI1"]})
    assert claim["verdict"] == "not run"
    assert claim["failed"] == [{"dataset": "NCI1", "method": name, "seeds": 20} for name in ("graclus", "complement")]


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


def test_numbers_off_the_published_ones_are_named_under_an_open_verdict_too(tmp_path):
    published = {"published": {"tables": ["table_1"], "methods": ["graclus"]}}
    claim = judged(tmp_path, cells(tmp_path, {"NCI1": both(0.83, 0.83)}), EQUIVALENT, rule=published)
    assert claim["verdict"] == "inconclusive"
    assert "Off the published number: NCI1, GRACLUS − published: +3.0" in claim["reason"]


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


def test_the_claims_of_the_paper_all_have_a_rule_and_say_so_without_any_run(tmp_path):
    out = tmp_path / "claims.json"
    files = [f"--{name}={ROOT / 'config' / name}.yaml" for name in ("claims", "published")]
    assert main(["claims", *files, "--out", str(out)]) == 0
    claims = json.loads(out.read_text())["claims"]
    assert len(claims) == 24
    assert {claim["verdict"] for claim in claims} == {"not run"}
    assert claims[1]["reason"] == ["No run on NCI1, IMDB-B, SMNIST and ZINC."]


def test_a_claim_without_a_rule_is_named(tmp_path, capsys):
    (tmp_path / "claims.yaml").write_text("{margins: {}, minimum_seeds: 6, tests: {}, measures: {}, claims: {}}")
    (tmp_path / "published.yaml").write_text("claims: [{id: made, says: so}]")
    arguments = [f"--{name}={tmp_path / name}.yaml" for name in ("claims", "published")]
    assert main(["claims", *arguments, "--out", str(tmp_path / "x.json")]) == 1
    assert "The claim made must stand both in" in capsys.readouterr().err
