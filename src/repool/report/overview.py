"""The top of the page: what was run, on what, and what therefore may not be concluded."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from repool.artifacts.table import Row, Text
from repool.report.counts import Counts, of_runs
from repool.report.coverage import Coverage, Line, line_name, lines
from repool.report.inputs import Inputs, RunInfo
from repool.report.left_out import LeftOut, left_out
from repool.words import phrases
from repool.words.names import EXACT, PENDING
from repool.words.numerals import Kind

EMBEDDED = "embedded"
STATUS_WORDS = {
    EXACT: "the paper's data",
    "rebuilt": "rebuilt from another form of the paper's data",
    "substitute": "a substitute in part: not all of it is the paper's data",
    "unverified": "taken as it came: no checksum of it is declared",
    EMBEDDED: "real data from a Python package, but not the paper's",
    PENDING: "not prepared yet",
}


@dataclass(frozen=True)
class Dataset:
    """One dataset of the configuration."""

    name: str
    status: str
    words: str
    note: str
    sources: list[str]
    coverage: list[Coverage]


@dataclass(frozen=True)
class Overview:
    """Everything above the first artifact.

    Attributes:
        warnings: names of datasets that are not the paper's, and in words what they are.
        nothing_exact: no dataset here is the paper's.
        embedded: some dataset here gives no verdict at all.
        statuses: words for each kind of data.
        counts: how many runs there are of how many.
        left_out: records and cards that are there and not on this page.
        methods: every method with its cell on each dataset, in the order of `datasets`; None where none is configured.
    """

    facts: list[tuple[str, Text]]
    datasets: list[Dataset]
    warnings: list[tuple[str, str]]
    nothing_exact: bool
    embedded: bool
    statuses: list[tuple[str, str]]
    counts: Counts
    failed: int
    left_out: LeftOut
    methods: list[Line]


def overview(inputs: Inputs) -> Overview:
    """The view of what was configured and what has run."""
    datasets = [dataset(name, methods, inputs) for name, methods in inputs.run.cells.items()]
    flagged: dict[str, list[str]] = {}
    for entry in datasets:
        if entry.status not in (EXACT, PENDING):
            flagged.setdefault(entry.status, []).append(entry.name)
    coverage = [cell for entry in datasets for cell in entry.coverage]
    return Overview(
        facts=facts(inputs),
        datasets=datasets,
        warnings=[(", ".join(names), STATUS_WORDS.get(status, status)) for status, names in flagged.items()],
        nothing_exact=all(entry.status != EXACT for entry in datasets),
        embedded=EMBEDDED in flagged,
        statuses=[(status, words) for status, words in STATUS_WORDS.items() if status != PENDING],
        counts=of_runs(inputs.cells.values(), inputs.run),
        failed=sum(len(cell.failures) for cell in coverage),
        left_out=left_out(inputs),
        methods=lines([entry.coverage for entry in datasets]),
    )


def dataset(name: str, methods: Iterable[str], inputs: Inputs) -> Dataset:
    """One dataset: its data from the card, its runs from the cell summaries."""
    card: dict[str, Any] = inputs.cards.get(name, {"status": PENDING, "note": "", "source": []})
    coverage = []
    for method in methods:
        cell = inputs.cells.get((name, method))
        failures = [(one["seed"], one["reason"]) for one in cell["failures"]] if cell else []
        runs = len(cell["seeds"]) if cell else 0
        names = phrases.method(method), line_name(method)
        coverage.append(Coverage(*names, runs, inputs.run.expected(name, method), failures))
    return Dataset(
        name=name,
        status=card["status"],
        words=STATUS_WORDS.get(card["status"], card["status"]),
        note=card["note"],
        sources=[f"{source['file']} (sha256 {source['sha256'][:12]})" for source in card["source"]],
        coverage=coverage,
    )


def facts(inputs: Inputs) -> list[tuple[str, Text]]:
    """Pairs of a term and what it was in this run."""
    run, cells = inputs.run, list(inputs.cells.values())
    methods = dict.fromkeys(method for methods in run.cells.values() for method in methods)
    return [
        ("Configuration", (f"{run.configuration} ({run.file})",)),
        ("Seeds", ("; ".join([f"{phrases.seeds(run.seeds)} ({len(run.seeds)} for each cell)", *others(run)]),)),
        ("Methods", (", ".join(dict.fromkeys(map(phrases.base_method, methods))),)),
        *(facts_of_runs(cells) if cells else [("Runs", ("none yet",))]),
    ]


def others(run: RunInfo) -> list[str]:
    """The seeds of datasets, and of methods on a dataset, that have others: `on DD 0-9 (10) for GMN and RANDOM`."""
    found = [f"on {name} {phrases.seeds(seeds)} ({len(seeds)})" for name, seeds in run.own_seeds.items()]
    together: dict[tuple[str, str], list[str]] = {}
    for (dataset, method), seeds in run.method_seeds.items():
        words = f"{phrases.seeds(seeds)} ({len(seeds)})"
        together.setdefault((dataset, words), []).append(phrases.method(method))
    return found + [f"on {name} {words} for {', '.join(methods)}" for (name, words), methods in together.items()]


def facts_of_runs(cells: list[dict[str, Any]]) -> list[tuple[str, Text]]:
    """Devices, versions and durations over all cells."""
    devices = union(cell["devices"] for cell in cells)
    names = union(cell["device_names"] for cell in cells)
    packages = union(cell["versions"] for cell in cells)
    versions = [
        f"{package} {' / '.join(union(cell['versions'].get(package, []) for cell in cells))}" for package in packages
    ]
    return [
        ("Device", (f"{', '.join(devices)} ({', '.join(names)})" if names else ", ".join(devices),)),
        ("Versions", (", ".join(versions),)),
        *by_earlier_code(cells),
        ("Training time", training_time(cells)),
        *time_range(cells),
    ]


def by_earlier_code(cells: list[dict[str, Any]]) -> list[tuple[str, Text]]:
    """Which runs were trained by earlier code, and what was trained again to let them count; nothing if none was."""
    replays: dict[str, dict[str, Any]] = {}
    for one in (one for cell in cells for one in cell.get("adopted", [])):
        before = replays.get(one["replay"], {"adopted": 0})["adopted"]
        replays[one["replay"]] = {**one, "adopted": before + one["adopted"]}
    said = [of_replay(name, replays[name]) for name in sorted(replays)]
    return [("Runs by earlier code", tuple(piece for one in said for piece in ("; ", *one))[1:])] if said else []


def of_replay(name: str, replay: dict[str, Any]) -> Text:
    """How many runs of which code count by a replay, how many of them it trained, and how many were the same."""
    row = Row(f"replays.{PurePosixPath(name).stem}")
    adopted = row.number("adopted", Kind.COUNT, "runs that count by this replay", replay["adopted"])
    trained = row.number("trained", Kind.COUNT, "runs that it trained again", replay["runs"])
    equal = row.number("equal", Kind.COUNT, "of those, equal to the last bit", replay["equal"])
    words = f" by {name.split('.')[1]}: a sample of ", f" was trained again by today's on {replay['date'][:10]}"
    return (*adopted, words[0], *trained, f"{words[1]} ({replay['processor']}; ", *equal, " equal to the last bit)")


def training_time(cells: list[dict[str, Any]]) -> Text:
    """The summed time of all runs, and how many it does not include."""
    runs, timed = (
        sum(len(cell["seeds"]) + len(cell["failures"]) for cell in cells),
        sum(cell["timed_runs"] for cell in cells),
    )
    row = Row("runs", tuple(f"{cell['dataset']}/{cell['method']}" for cell in cells))
    seconds = row.number("seconds", Kind.DURATION, "time of all trainings, summed", sum(x["seconds"] for x in cells))
    counted = row.number("timed", Kind.COUNT, "runs whose training was timed", timed)
    others = row.number("untimed", Kind.COUNT, "runs whose training was not timed", runs - timed)
    rest: Text = (" (", *others, " more without a timing)") if timed != runs else ()
    return (*seconds, " over ", *counted, " runs", *rest)


def time_range(cells: list[dict[str, Any]]) -> list[tuple[str, Text]]:
    """From the first start to the last end, UTC, to the minute."""
    timed = [cell for cell in cells if cell["started"]]
    if not timed:
        return []
    first, last = min(cell["started"] for cell in timed), max(cell["ended"] for cell in timed)
    return [("Trained", (" to ".join(f"{time[:10]} {time[11:16]}" for time in (first, last)) + " UTC",))]


def union(values: Iterable[Iterable[str]]) -> list[str]:
    """All different values, sorted."""
    return sorted({value for group in values for value in group})
