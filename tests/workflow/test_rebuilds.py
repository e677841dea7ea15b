"""Change this, and exactly these are made again."""

import pytest

METHODS = (
    *("graclus", "complement", "global-mean", "gin", "diffpool", "diffpool-uniform"),
    *("gmn", "gmn-random", "mincut", "mincut-random", "graclus-one", "diffpool-lambda-1000", "gmn-period-2"),
    *("diffpool-invariant", "diffpool-normal"),
)
GRID = tuple(f"{method}-layers-{layers}-hidden-16" for method in ("graclus", "complement") for layers in (2, 3))


def trained(jobs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [job for job in jobs if job[0] == "train_block"]


def test_nothing_is_left_to_do(finished):
    assert finished.planned() == []


def test_the_page_and_its_artifacts_are_there(finished):
    assert (finished.folder / "report" / "paper.html").stat().st_size > 20_000
    results = finished.folder / "results" / "tiny"
    records = sorted(path.name for path in (results / "runs" / "MUTAG" / "complement").glob("seed-??.json"))
    assert records == ["seed-00.json"]
    assert not list(results.rglob("*.part"))


ABOVE = [("all", ""), ("render_page", "")]
TRAINING = ("plot_training", "MUTAG")
STATED = [*ABOVE, ("collect_numbers", "")]


@pytest.mark.parametrize(
    ("style", "figures", "training"),
    [
        ({"palette": {"complement": "#123456"}}, ["figure_1"], [TRAINING]),
        ({"palette": {"diffpool-lambda-1000": "#123456"}}, ["figure_7"], [TRAINING]),
        ({"palette": {"gmn": "#123456"}}, ["figure_4", "figure_s1"], [TRAINING]),
        ({"kinds": {"figure_2": "violin"}}, ["figure_2"], []),
        ({"font_size": 9}, [f"figure_{name}" for name in ("1", "2", "3", "4", "5", "7", "8", "s1", "s2")], [TRAINING]),
    ],
)
def test_a_style_makes_the_figures_that_have_it_and_the_page(finished, style, figures, training):
    with finished.configured(style=style):
        assert finished.planned() == sorted([*ABOVE, *(("plot_figure", name) for name in figures), *training])


@pytest.mark.parametrize(
    ("path", "old", "new", "tables", "figures"),
    [
        ("artifacts/distribution/table.py", '"seed", "test"', '"test", "seed"', "figure_1 figure_2 figure_4", "1 2 4"),
        ("artifacts/comparison/table.py", "ddof=1", "ddof=0", "table_1 global_mean_pooling table_s5", ""),
        ("artifacts/ablation/table.py", "ddof=1", "ddof=0", "table_2", ""),
        ("artifacts/gaps/table.py", "sign = 1 if", "sign = 2 if", "figure_8", "8"),
        ("artifacts/hyperparameters/table.py", '"yes"', '"Yes"', "table_s2 table_s3 table_s4", ""),
        ("artifacts/times/table.py", "digits=6", "digits=5", "epoch_times", ""),
        ("artifacts/homogeneity/table.py", "digits=6", "digits=5", "homogeneity", ""),
        ("artifacts/activations/table.py", "DIGITS = 4", "DIGITS = 3", "figure_5 figure_s2", "5 s2"),
        ("artifacts/activations/figure.py", "GAP, HEIGHT = 0.24, 0.07", "GAP, HEIGHT = 0.24, 0.08", "", "5 s2"),
        ("artifacts/invariance/table.py", "runs[MEASURE].max()", "runs[MEASURE].mean()", "appendix_c", ""),
        ("artifacts/ties/table.py", "> 1", "> 2", "best_epochs", ""),
        ("artifacts/divergence/table.py", "abs().max()", "abs().mean()", "appendix_d", ""),
        ("artifacts/datasets/table.py", "SHORT = 12", "SHORT = 13", "table_s1", ""),
        ("artifacts/curves/figure.py", "BAND = 0.18", "BAND = 0.2", "", "3 7 s1"),
        ("artifacts/gaps/figure.py", "DARK = 0.8", "DARK = 0.7", "", "8"),
        ("artifacts/distribution/figure.py", "BOX_WIDTH = 0.12", "BOX_WIDTH = 0.2", "", "1 2 4"),
    ],
)
def test_code_makes_what_it_makes(finished, path, old, new, tables, figures):
    with finished.edited(f"src/repool/{path}", old, new):
        jobs = finished.planned()
    assert {name for rule, name in jobs if rule == "tabulate_artifact"} == set(tables.split())
    assert {name for rule, name in jobs if rule == "plot_figure"} == {f"figure_{name}" for name in figures.split()}
    assert not [rule for rule, _ in jobs if rule in ("collect_cell", "collect_curves", "test_artifact", "rank_methods")]
    assert not trained(jobs)


def test_a_view_makes_page_and_numbers_alone(finished):
    with finished.edited("src/repool/artifacts/gaps/view.py", "By how much", "How much"):
        assert finished.planned() == sorted(STATED)


@pytest.mark.parametrize(
    ("path", "old", "new", "made"),
    [
        ("analysis/epochs.py", "digits=6", "digits=5", [("collect_epochs", "MUTAG"), TRAINING]),
        ("figures/training.py", "ROW = 1.2", "ROW = 1.3", [TRAINING]),
    ],
)
def test_code_of_trainings_makes_their_figures_and_the_page(finished, path, old, new, made):
    with finished.edited(f"src/repool/{path}", old, new):
        assert finished.planned() == sorted([*ABOVE, *made])


def test_code_of_curves_makes_curves(finished):
    with finished.edited("src/repool/analysis/curves.py", "ddof=1", "ddof=0"):
        jobs = finished.planned()
    assert {name for rule, name in jobs if rule == "collect_curves"} == {
        f"MUTAG/{method}"
        for method in (
            *("diffpool", "diffpool-lambda-1000", "gmn", "gmn-period-2"),
            *("diffpool-invariant", "diffpool-normal"),
        )
    }
    assert {name for rule, name in jobs if rule == "tabulate_artifact"} == {"figure_3", "figure_7", "figure_s1"}


@pytest.mark.parametrize(("module", "rules"), [("paired", {"test_artifact"}), ("ranks", set())])
def test_code_of_tests_makes_tests(finished, module, rules):
    with finished.edited(f"src/repool/analysis/{module}.py", "digits=10", "digits=9"):
        jobs = finished.planned()
    assert {rule for rule, _ in jobs} - {"all", "render_page", "collect_numbers"} == rules


def test_a_rule_of_a_claim_makes_the_verdicts_alone(finished):
    with finished.edited("config/claims.yaml", "published: 0.5}", "published: 0.4}"):
        assert finished.planned() == sorted([*STATED, ("judge_claims", "")])


def test_which_best_epoch_counts_makes_cells_and_what_is_made_of_them_and_trains_nothing(finished):
    with finished.configured(best_epoch="last"):
        jobs = finished.planned()
    assert not trained(jobs)
    made = {rule for rule, _ in jobs}
    assert {"collect_cell", "tabulate_artifact", "judge_claims", "render_page"} <= made
    assert "collect_curves" not in made


def test_a_margin_makes_the_paired_tests_the_verdicts_and_what_draws_it(finished):
    with finished.edited("config/claims.yaml", "accuracy: 1.0", "accuracy: 2.0"):
        jobs = finished.planned()
    made = {"test_artifact", "judge_claims", "tabulate_artifact", "plot_figure"}
    assert {rule for rule, _ in jobs} == {rule for rule, _ in STATED} | made
    assert {name for rule, name in jobs if rule == "plot_figure"} == {"figure_1", "figure_2", "figure_4"}


def test_the_margin_of_an_appendix_makes_that_appendix_too(finished):
    with finished.edited("config/claims.yaml", "permutation: 0.00001", "permutation: 0.00002"):
        jobs = finished.planned()
    assert {name for rule, name in jobs if rule == "tabulate_artifact"} == {"appendix_c"}
    assert not trained(jobs)


def test_one_more_size_trains_that_size_once(finished):
    with finished.configured(grids={"sizes": {"vary": {"layers": [2, 3, 4], "hidden": [16]}}}):
        jobs = finished.planned()
    assert trained(jobs) == [
        ("train_block", f"MUTAG/{method}-layers-4-hidden-16") for method in ("complement", "graclus")
    ]
    assert {name for rule, name in jobs if rule == "tabulate_artifact"} == {"figure_8"}


def test_an_option_of_one_method_makes_its_artifacts(finished):
    with finished.configured(methods={"gmn-period-2": {"period": 3}}):
        jobs = finished.planned()
    assert {name for _, name in trained(jobs)} == {"MUTAG/gmn-period-2"}
    assert {name for rule, name in jobs if rule == "tabulate_artifact"} == {"figure_s1"}
    assert {name for rule, name in jobs if rule == "plot_figure"} == {"figure_s1"}


def test_a_learning_rate_of_one_method_trains_that_method(finished):
    methods = {"complement": {"training": {"learning_rate": 0.01}}}
    with finished.configured(methods=methods):
        jobs = finished.planned()
    sizes = [name for name in GRID if name.startswith("complement")]
    assert {identity for _, identity in trained(jobs)} == {f"MUTAG/{name}" for name in ("complement", *sizes)}
    assert len(sizes) < len(GRID), "Graclus has sizes of its own, which do not train"
    assert ("collect_cell", "MUTAG/complement") in jobs
    assert ("collect_cell", "MUTAG/graclus") not in jobs
    assert ("tabulate_artifact", "table_s1") not in jobs


def test_the_protocol_trains_everything(finished):
    with finished.configured(training={"max_epochs": 2}):
        assert {identity for _, identity in trained(finished.planned())} == {
            f"MUTAG/{name}" for name in (*METHODS, *GRID)
        }


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("src/repool/models/families/graclus.py", "import numpy as np\n", "import numpy as np  # arrays\n\n\n"),
        ("src/repool/models/families/graclus.py", "A stack of Graclus networks", "Some Graclus networks"),
        ("src/repool/training/block.py", "class Block:", "# A class.\nclass Block:"),
    ],
)
def test_a_comment_or_docstring_makes_nothing(finished, path, old, new):
    with finished.edited(path, old, new):
        assert finished.planned() == []


def test_how_a_gpu_is_leased_makes_nothing(finished):
    with finished.edited("src/repool/training/lease.py", "SECONDS_BETWEEN_TRIES = 0.5", "SECONDS_BETWEEN_TRIES = 2"):
        assert finished.planned() == []


def test_another_matching_trains_graclus_and_complement_but_not_global_mean(finished):
    with finished.edited("src/repool/models/select/matching.py", "candidates == 0", "candidates <= 0"):
        jobs = trained(finished.planned())
    assert {identity for _, identity in jobs} == {
        f"MUTAG/{name}" for name in ("graclus", "complement", "graclus-one", *GRID)
    }


def test_another_trainer_trains_everything(finished):
    with finished.edited("src/repool/training/optimiser.py", "0.999", "0.99"):
        assert {identity for _, identity in trained(finished.planned())} == {
            f"MUTAG/{name}" for name in (*METHODS, *GRID)
        }


def test_one_more_seed_trains_one_more_block_of_each_cell(finished):
    with finished.configured(seeds=2):
        jobs = trained(finished.planned())
    assert [rule for rule, _ in jobs] == ["train_block"] * len(METHODS)


@pytest.mark.parametrize(
    ("seeds", "methods"),
    [
        ({"default": 1, "MUTAG": 2}, METHODS),
        ({"default": 2, "MUTAG": 1}, ()),
        ({"default": 1, "MUTAG": {"default": 1, METHODS[0]: 2}}, METHODS[:1]),
    ],
)
def test_more_seeds_of_a_dataset_or_of_a_method_there_train_what_is_missing_of_that_one(finished, seeds, methods):
    with finished.configured(seeds=seeds):
        jobs = trained(finished.planned())
    assert [name for _, name in jobs] == sorted(f"MUTAG/{method}" for method in methods)


def test_a_caption_makes_the_page(finished):
    with finished.edited("report/captions/table_1.txt", "e", "e "):
        assert finished.planned() == ABOVE


def test_a_published_number_makes_tables_but_no_test_and_no_figure(finished):
    with finished.edited("config/published.yaml", "[80.1, 1.6]", "[80.1, 1.7]"):
        jobs = finished.planned()
    above = {"all", "render_page", "judge_claims", "collect_numbers"}
    assert {rule for rule, _ in jobs} <= {*above, "tabulate_artifact", "plot_figure"}
    assert ("tabulate_artifact", "table_1") in jobs


def test_a_reader_of_another_format_prepares_nothing(finished):
    with finished.edited("src/repool/datasets/molecules.py", "0.6976318", "0.7"):
        assert finished.planned() == []


def test_a_figure_alone_needs_no_other_cells(finished):
    with finished.configured(name="fresh"):
        jobs = finished.planned("figure_1")
    assert {identity for rule, identity in jobs if rule == "collect_cell"} == {"MUTAG/graclus", "MUTAG/complement"}
    assert not [job for job in jobs if job[0] == "render_page"]
