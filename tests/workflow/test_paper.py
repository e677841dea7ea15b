"""The whole paper as it is declared, planned without running anything."""

from pathlib import Path

import pytest

from warm_snakemake import snakemake

ROOT = Path(__file__).parents[2]


def dry_run(*arguments: str) -> str:
    result = snakemake([*arguments, "--dry-run", "--cores", "2", "--nolock"], ROOT)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


# Cells with all seeds, by artifact as far as it adds any, and those of figure 8's grid with a single one.
CELLS = {
    # table_1, figure_2, figure_4, table_3, table_s5, global mean, table_2, figure_7, figure_s1, appendix_c, mincut-two,
    # released_code
    "paper": (4 * 4 + 4 * 4 + 4 * 3 + 5 * 6 + 8 * 4 + 4 + 4 * 6 + 2 + 2 + 4 + 2 + 3 * 7, 4 * 2 * 4 * 4),
    # NCI1 and IMDB-B: the same; IMDB-C and PROTEINS: table_3, global mean; PROTEINS: table_s5
    "cpu": (2 * (4 + 4 + 3 + 4 + 1 + 6 + 1 + 1 + 1 + 7) + 2 * (6 + 1) + 4, 2 * 2 * 4 * 4),
    # MUTAG: all but figures 3, 7; DIGITS: figures 1, 7; MOLECULES: those, figures 2 to 4, s1, global mean
    "quick": ((4 + 4 + 3 + 4 + 1 + 6 + 1 + 2 + 7) + (2 + 2) + (2 + 1 + 4 + 1 + 3 + 1 + 1), 1 * 2 * 2 * 2),
}

CELLS["as-released"] = (CELLS["paper"][0] - 3 * 7, CELLS["paper"][1])


@pytest.mark.parametrize(("name", "blocks"), [("paper", 2), ("as-released", 2), ("cpu", 4), ("quick", 1)])
def test_every_configuration_plans_its_runs(name, blocks):
    output = dry_run("--forceall", "--configfile", f"config/{name}.yaml")
    counts = dict(line.split()[:2] for line in output.splitlines() if line.startswith(("train_block", "collect_cell")))
    cells, single = CELLS[name]
    assert int(counts["collect_cell"]) == cells + single
    assert int(counts["train_block"]) == cells * blocks + single
