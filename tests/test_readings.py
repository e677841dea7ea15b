"""Which DiffPool the paper ran: what a cell weighs, and over which cells readings are compared."""

import json

import pandas as pd
import pytest
import readings
from scipy.stats import norm

from repool.analysis.published import Published


def table(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["sage", "before", "dataset", "select", "seeds", "z"])


TABLE = table(
    ("root", "one", "NCI1", "learned", 10, 1.0),
    ("root", "one", "NCI109", "learned", 10, 3.0),
    ("root", "one", "ZINC", "learned", 3, 90.0),
    ("root", "three", "NCI1", "learned", 10, 4.0),
    ("loop-as-released", "one", "NCI1", "learned", 10, -2.0),
    ("root", "none", "NCI1", "learned", 10, 2.0),
    ("loop-as-released", "none", "NCI1", "learned", 10, 0.5),
    ("root", "none", "IMDB-B", "learned", 10, 50.0),
)


def test_a_readings_chi_square_counts_single_convolutions_of_its_kind_no_cell_of_few_seeds_and_none_that_sees_nothing():
    found = readings.readings(TABLE).set_index(["sage", "before"])
    assert found["chi-square"].to_dict() == {
        ("loop-as-released", "one"): 4.0 + 0.25,
        ("root", "one"): 1.0 + 9.0 + 4.0,
        ("root", "three"): 16.0 + 4.0,
    }
    assert list(found["cells"]) == [2, 3, 2]
    # Of one cell, chi-square is the square of a normal variable.
    alone = readings.readings(table(("root", "one", "NCI1", "learned", 10, 1.96))).iloc[0]
    assert alone["p"] == pytest.approx(2 * norm.sf(1.96))


def test_two_readings_are_compared_over_the_cells_that_both_have():
    found = readings.pairs(TABLE)
    row = found[(found["better"] == "loop-as-released, one") & (found["worse"] == "root, one")].iloc[0]
    assert (row["chi-square"], row["its chi-square"], row["cells"]) == (4.25, 5.0, 2)
    row = found[found["worse"] == "root, three"].set_index("better").loc["root, one"]
    assert (row["chi-square"], row["its chi-square"], row["cells"]) == (5.0, 20.0, 2)


def test_a_cell_stands_as_many_standard_errors_off_as_both_means_are_uncertain(tmp_path):
    for seed, score in enumerate((0.72, 0.74, 0.76)):
        model = {"family": "diffpool", "select": "learned", "sage": "root", "before": "one", "first": "sage"}
        record = {"spec": {"dataset": "NCI109", "model": model}, "metric": "accuracy", "test": score}
        file = tmp_path / "NCI109" / "x" / f"seed-{seed:02d}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(record))
    (cell,) = readings.cells(tmp_path, Published(readings.ROOT / "config/published.yaml")).to_dict("records")
    # Published: 72.2 +- 1.5 over 20 runs; ours 74 +- 2 over 3.
    assert cell["z"] == pytest.approx((74 - 72.2) / (4 / 3 + 1.5**2 / 20) ** 0.5)


def test_a_folder_without_records_says_how_they_are_made(tmp_path):
    with pytest.raises(SystemExit, match=r"config/readings\.yaml"):
        readings.cells(tmp_path, Published(readings.ROOT / "config/published.yaml"))


def test_the_document_prints_the_cells_that_were_kept():
    table = readings.cells(
        readings.ROOT / "results/archive/readings", Published(readings.ROOT / "config/published.yaml")
    )
    text = (readings.ROOT / "docs/deviations.md").read_text()
    assert readings.documented(text, table) == text
    kept = pd.read_csv(readings.ROOT / "benchmarks/results/readings.csv")
    pd.testing.assert_frame_equal(kept, table.reset_index(drop=True), rtol=1e-3, check_dtype=False)


def test_only_the_tables_of_a_document_change():
    row = {"mean": 76.84, "std": 3.17, "published": 76.9, "z": -0.06}
    table = TABLE[:1].assign(**row)
    text = "Before.\n\n| `sage` | `before` | old |\n|---|---|---|\n| x | y | z |\n\nAfter | all.\n\n| other |\n|---|\n"
    document = text + "\n| `sage` | `before` | older |\n|---|---|---|\n\nLast.\n"
    written = readings.documented(document, table)
    assert "| root | one | 76.8 +- 3.2 (-0.1) |\n| root | one-activated | - |" in written
    assert "| `sage` | `before` | NCI1 learned: 76.9 |" in written
    assert written.startswith("Before.\n\n")
    assert written.endswith("\nLast.\n")
    assert "After | all.\n\n| other |\n|---|\n" in written
    assert not {"x", "old", "older"} & set(written.replace("|", " ").split())
