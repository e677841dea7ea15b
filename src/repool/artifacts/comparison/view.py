"""A table of scores: published beside replicated, dataset by dataset."""

from typing import Any

from repool.analysis.statistics import CONFIDENCE
from repool.artifacts.section import About, View
from repool.artifacts.table import RUNS, Cell, Column, Group, Row, Table, Text, absent, plain, words
from repool.words import phrases
from repool.words.names import FAILED, NOT_CONFIGURED, PENDING, QUOTED, method_label
from repool.words.numerals import MINUS, Kind

TABLE_NAMES = {
    "table_1": "table 1",
    "table_2": "table 2",
    "table_3": "table 3",
    "global_mean_pooling": "section 3",
    "table_s5": "table S5",
}
COLUMNS = [
    Column("Method", 0.17),
    *(Column(head, 0.26, aligned=True) for head in ("Published", "Replicated")),
    Column("Difference", 0.26),
]
FOLDED = "Published scores on datasets outside this configuration"
PRINTED = ("mean as the paper prints it", "deviation as the paper prints it")
INTERVAL = f"Welch's {phrases.percent(CONFIDENCE)} interval of replicated minus published"


def view(about: About) -> View:
    """Groups that the configuration has, and those that only the paper has."""
    groups: tuple[list[Group], list[Group]] = ([], [])
    for _, part in about.rows.groupby("dataset", sort=False):
        rows = part.to_dict("records")
        outside = all(row["status"] in (QUOTED, NOT_CONFIGURED) for row in rows)
        groups[outside].append(group(about, rows))
    folded = Table(COLUMNS, groups[1]) if groups[1] else None
    without = "This configuration has no dataset of this table."
    return View(Table(COLUMNS, groups[0], folded=folded, folded_title=FOLDED, without=without))


def group(about: About, rows: list[dict[str, Any]]) -> Group:
    """One dataset."""
    metric = rows[0]["metric"]
    data = phrases.data_words(row["status"] for row in rows if row["runs"])
    score = f"{phrases.label(metric)}, {phrases.better(metric)}"
    return Group([cells(about, row) for row in rows], rows[0]["dataset"], ". ".join(filter(None, [score, data])))


def cells(about: About, row: dict[str, Any]) -> list[Cell]:
    """One method."""
    named = about.row(row)
    return [
        words(method_label(row["method"])),
        *(published(about, row, named), replicated(about, row, named), difference(named)),
    ]


def published(about: About, row: dict[str, Any], named: Row) -> Cell:
    """What the paper prints, and where, if that is not the artifact's own table and the authors' own runs."""
    found = named.spread("published_mean", "published_std", Kind.PUBLISHED, PRINTED)
    notes = ["quoted"] if row["published_source"] == "quoted" else []
    if row["published_in"] not in ("", about.name):
        notes.append(f"from {TABLE_NAMES.get(row['published_in'], row['published_in'])}")
    note = (", ".join(notes),) if notes else ()
    sampled = named.number("sampling_std", Kind.SCORE, "deviation by drawing the test graphs alone, binomial")
    below: Text = ("sampling alone: ± ", *sampled) if sampled else ()
    return Cell(found, note=note, below=below) if found else Cell(("not available",), note=note, missing=True)


def replicated(about: About, row: dict[str, Any], named: Row) -> Cell:
    """Ours, or what stands where there is none."""
    dataset, method = row["dataset"], row["method"]
    if not row["runs"]:
        return absent(missing(about, row))
    behind = about.seeds.behind(named, dataset, method, row["runs"])
    score = named.spread("mean", "std", Kind.SCORE, RUNS)
    return Cell(score, note=behind, opens=about.runs.get((dataset, method), ()))


def difference(named: Row) -> Cell:
    """Ours minus the paper's with its sign and in words, so that it does not hang on a colour."""
    found = named.number("difference", Kind.DIFFERENCE, "replicated minus published")
    interval = named.between("difference_low", "difference_high", Kind.DIFFERENCE, INTERVAL)
    return Cell((*found, *direction(found)), note=interval)


def direction(found: Text) -> Text:
    """Higher, lower or the same."""
    text = plain(found)
    return (" lower" if text.startswith(MINUS) else " higher" if text.startswith("+") else " same",) if text else ()


def missing(about: About, row: dict[str, Any]) -> str:
    """What is said in place of a score."""
    if row["status"] in (PENDING, FAILED):
        return about.seeds.missing(row["dataset"], row["method"])
    return {QUOTED: "not run: quoted by the paper", NOT_CONFIGURED: "not configured"}.get(row["status"], "")
