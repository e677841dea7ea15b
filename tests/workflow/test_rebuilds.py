"""Change this, and exactly these are made again."""

import pytest


def trained(jobs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [job for job in jobs if job[0].startswith("train_seeds_")]


def test_nothing_is_left_to_do(finished):
    assert finished.planned() == []


def test_the_page_and_its_artifacts_are_there(finished):
    assert (finished.folder / "report" / "paper.html").stat().st_size > 20_000
    results = finished.folder / "results" / "tiny"
    records = sorted(path.name for path in (results / "runs" / "MUTAG" / "complement").glob("seed-??.json"))
    assert records == ["seed-00.json", "seed-01.json"]
    assert not list(results.rglob("*.part"))


def test_a_colour_makes_one_figure_and_the_page(finished):
    with finished.configured(style={"palette": {"graclus": "#123456"}}):
        assert finished.planned() == [("all", ""), ("plot_figure", "figure_1"), ("render_page", "")]


def test_a_learning_rate_of_one_method_trains_that_method(finished):
    methods = {"complement": {"training": {"learning_rate": 0.01}}}
    with finished.configured(methods=methods):
        jobs = finished.planned()
    assert trained(jobs) == [("train_seeds_00_00", "MUTAG/complement"), ("train_seeds_01_01", "MUTAG/complement")]
    assert ("collect_cell", "MUTAG/complement") in jobs
    assert ("collect_cell", "MUTAG/graclus") not in jobs
    assert ("tabulate_artifact", "table_s1") not in jobs


def test_the_protocol_trains_everything(finished):
    with finished.configured(training={"max_epochs": 2}):
        assert len(trained(finished.planned())) == 6


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("src/repool/models/graclus.py", "import numpy as np\n", "import numpy as np  # arrays\n\n\n"),
        ("src/repool/models/graclus.py", "A stack of Graclus networks", "Some Graclus networks"),
        ("src/repool/training/block.py", "class Block:", "# A class.\nclass Block:"),
    ],
)
def test_a_comment_or_docstring_makes_nothing(finished, path, old, new):
    with finished.edited(path, old, new):
        assert finished.planned() == []


def test_another_matching_trains_graclus_and_complement_but_not_global_mean(finished):
    with finished.edited("src/repool/models/select/matching.py", "candidates == 0", "candidates <= 0"):
        jobs = trained(finished.planned())
    assert {identity for _, identity in jobs} == {"MUTAG/graclus", "MUTAG/complement"}
    assert len(jobs) == 4


def test_another_trainer_trains_everything(finished):
    with finished.edited("src/repool/training/optimiser.py", "0.999", "0.99"):
        assert len(trained(finished.planned())) == 6


def test_one_more_seed_trains_one_more_block_of_each_cell(finished):
    with finished.configured(seeds=3):
        jobs = trained(finished.planned())
    assert [rule for rule, _ in jobs] == ["train_seeds_02_02"] * 3


def test_a_caption_makes_the_page(finished):
    with finished.edited("report/captions/table_1.txt", "e", "e "):
        assert finished.planned() == [("all", ""), ("render_page", "")]


def test_a_published_number_makes_tables_but_no_test_and_no_figure(finished):
    with finished.edited("config/published.yaml", "[80.1, 1.6]", "[80.1, 1.7]"):
        jobs = finished.planned()
    assert {rule for rule, _ in jobs} <= {"all", "tabulate_artifact", "plot_figure", "render_page"}
    assert ("tabulate_artifact", "table_1") in jobs


def test_a_reader_of_another_format_prepares_nothing(finished):
    with finished.edited("src/repool/datasets/molecules.py", "0.6976318", "0.7"):
        assert finished.planned() == []


def test_a_figure_alone_needs_no_other_cells(finished):
    with finished.configured(name="fresh"):
        jobs = finished.planned("figure_1")
    assert {identity for rule, identity in jobs if rule == "collect_cell"} == {"MUTAG/graclus", "MUTAG/complement"}
    assert not [job for job in jobs if job[0] == "render_page"]


def test_records_are_made_again_if_one_is_lost(finished):
    record = finished.folder / "results" / "tiny" / "runs" / "MUTAG" / "graclus" / "seed-01.json"
    content = record.read_bytes()
    record.unlink()
    try:
        assert trained(finished.planned("results/tiny/runs/MUTAG/graclus/seed-01.json")) == [
            ("train_seeds_01_01", "MUTAG/graclus")
        ]
    finally:
        record.write_bytes(content)
