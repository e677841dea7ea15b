"""The configuration and what is read beside it: checked, filled with defaults, every mistake explained."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from repool.artifacts import kinds
from repool.campaign import DEFAULT, all_cells, artifacts, ranges
from repool.datasets.brought import content
from repool.datasets.sources import declared as load_source
from repool.datasets.sources import load_sources
from repool.errors import UserError, nearest
from repool.grids import expanded
from repool.overlays import merged
from repool.paper import kind
from repool.schemas.brought import split_function
from repool.schemas.chapters import read_chapters
from repool.schemas.checked import checked, plain
from repool.schemas.claims import METRICS, Claims, check_agreement, read_claims
from repool.schemas.configuration import check_configuration
from repool.schemas.names import split_pair
from repool.schemas.published import read_published
from repool.schemas.reading import read_json, read_yaml
from repool.schemas.spec import Spec
from repool.spec import MODEL_OPTIONS, spec
from repool.stand_ins import placed
from repool.words.names import METHOD_LABELS
from repool_workflow.mistakes import for_snakemake

WHERE = "the configuration"


@for_snakemake
def declared(file: Path) -> dict[str, Any]:
    """What is declared of every dataset, as it is written, once it is known to be sound.

    Raises:
        WorkflowError: says which dataset, which key, and the nearest valid name.
    """
    load_sources(file)
    return read_yaml(file)


def as_typed(value: Any, typed: Any) -> Any:
    """A configuration in which what `--config` sets in braces is what it would be outside them.

    There Snakemake takes all for text. Lists stay, for a range of seeds is text.

    Args:
        value: as Snakemake merged it.
        typed: what `--config` sets of it, or of the configuration of a workflow that imports this one.
    """
    if isinstance(typed, Mapping) and isinstance(value, Mapping):
        return {**value, **{key: as_typed(value[key], part) for key, part in typed.items() if key in value}}
    if isinstance(typed, str) and typed == value:
        for number in (int, float):
            with suppress(ValueError):
                return number(typed)
        return {"true": True, "false": False}.get(typed.lower(), typed)
    return value


@for_snakemake
def own_sources(config: dict[str, Any], known_datasets: Collection[str]) -> dict[str, Any]:
    """What a configuration declares of datasets of its own, as it is written, once it is known to be sound.

    Raises:
        WorkflowError: says which dataset, which key, and the nearest valid name; that it is declared already, or that
            the file of its function is not there.
    """
    own = check_configuration(config).sources
    for name, entry in own.items():
        if function := load_source(name, entry, f"{WHERE}, sources").function:
            content(split_function(function)[0])
        if name in known_datasets:
            raise UserError(f"{name} stands in config/datasets.yaml already ({WHERE}, sources). Leave it out there.")
    return dict(own)


@for_snakemake
def validated(
    config: dict[str, Any], known_datasets: Sequence[str], files: Iterable[str | Path] = ()
) -> dict[str, Any]:
    """The configuration with its defaults, its stand-ins, and the methods of its grids written out.

    Args:
        config: as Snakemake merged it.
        known_datasets: what the sources declare.
        files: the overlays that Snakemake read, to be read again for what it does not see: of two equal keys it keeps
            the last.

    Raises:
        WorkflowError: says what is wrong, where, and the nearest valid name.
    """
    for file in map(Path, files):
        (read_json if file.suffix == ".json" else read_yaml)(file)
    filled = expanded(placed(plain(check_configuration(config))))
    _check_seeds(filled["seeds"], [(known_datasets, "a dataset"), (filled["methods"], "a method")])
    for name, other in filled["instead"].items():
        for dataset in (name, *([other] if other else [])):
            _check(dataset, known_datasets, f"{WHERE}, instead", "a dataset")
    _check_tables(filled, known_datasets)
    _check_artifacts(filled, known_datasets)
    _check_style(filled)
    for dataset, method in all_cells(filled):
        _check_cell(filled, dataset, method)
    return filled


@for_snakemake
def check_inputs(config: dict[str, Any], known_datasets: Sequence[str], project: Path) -> Claims:
    """What decides each claim, once it agrees with the configuration, as the paper's numbers and the chapters do.

    Args:
        config: validated.
        known_datasets: what the sources declare.
        project: the folder of config/ and report/.

    Raises:
        WorkflowError: says what is wrong, in which file and where, and the nearest valid name.
    """
    claims_file, numbers_file = project / "config" / "claims.yaml", project / "config" / "published.yaml"
    claims, numbers = read_claims(claims_file), read_published(numbers_file)
    check_agreement(claims, [claim.id for claim in numbers.claims], claims_file, numbers_file)
    # Claims are the paper's: a configuration without some of its methods leaves them not run.
    paper = merged([project / "config" / "paper.yaml"])
    known = {"a method": {*config["methods"], *paper["methods"]}, "a dataset": known_datasets}
    for file, names in ((claims_file, claims.named()), (numbers_file, numbers.named())):
        for what, name, where in names:
            _check(name, known[what], f"{file}, {where}", what)
    _check_margins(config, claims, claims_file)
    chapters = project / "report" / "captions" / "chapters.yaml"
    placed = {name for chapter in read_chapters(chapters) for name in chapter.artifacts}
    if lost := [name for name in artifacts(config) if name not in placed]:
        raise UserError(f"{', '.join(lost)} stands in no chapter of {chapters}. Name it in one.")
    return claims


def _check_seeds(seeds: Any, named: Sequence[tuple[Collection[str], str]], where: str = f"{WHERE}, seeds") -> None:
    """Seeds are ranges that do not overlap, and those of their own are of what is there: `named`, level by level."""
    if not isinstance(seeds, dict):
        ranges(seeds)
        return
    (known, what), *below = named
    for name, own in seeds.items():
        if name != DEFAULT:
            _check(name, known, where, what)
        _check_seeds(own, below, f"{where}.{name}")


def _check_tables(config: dict[str, Any], known_datasets: Sequence[str]) -> None:
    """The tables of hyper-parameters that methods name are there, and their rows are datasets."""
    tables = config["hyperparameters"]
    for name, method in config["methods"].items():
        _check(method["hyperparameters"], tables, f"{WHERE}, methods.{name}.hyperparameters", "a table")
    for name, table in tables.items():
        for dataset in table:
            _check(dataset, known_datasets, f"{WHERE}, hyperparameters.{name}", "a dataset")


def _check_artifacts(config: dict[str, Any], known_datasets: Sequence[str]) -> None:
    """Datasets, methods and pairs of the artifacts are there, and as many as their kind needs."""
    for name, artifact in config["artifacts"].items():
        where = f"{WHERE}, artifacts.{name}"
        for position, dataset in enumerate(artifact["datasets"]):
            _check(dataset, known_datasets, f"{where}.datasets[{position}]", "a dataset")
        if artifact["datasets"] and not artifact["methods"] and kinds.needs(kind(name)).methods:
            raise UserError(f"{where} has datasets and no methods. Name methods, or leave datasets empty.")
        for position, method in enumerate(artifact["methods"]):
            _check(method, config["methods"], f"{where}.methods[{position}]", "a method")
        for position, pair in enumerate(artifact["pairs"]):
            for method in split_pair(pair):
                _check(method, artifact["methods"], f"{where}.pairs[{position}]", f"a method of {name}")
        if artifact["datasets"] and "sizes" in kinds.needs(kind(name)).inputs:
            _check_compared(config, name)


def _check_compared(config: dict[str, Any], artifact: str) -> None:
    """A figure of gaps compares the first two methods of a grid."""
    grid = config["artifacts"][artifact]["grid"]
    if grid is None:
        raise UserError(
            f"{WHERE}, artifacts.{artifact} lacks grid: it compares the first two methods of one. "
            f"Known: {', '.join(config['grids'])}."
        )
    if len(config["grids"][grid]["methods"]) < 2:
        raise UserError(
            f"{WHERE}, grids.{grid}.methods: {artifact} compares two methods, and here is one. Name another one, or "
            f"leave artifacts.{artifact}.datasets empty."
        )


def _check_style(config: dict[str, Any]) -> None:
    """Colours are of methods of the configuration, or of the paper's that it leaves out."""
    for method in config["style"]["palette"]:
        _check(method, {*config["methods"], *METHOD_LABELS}, f"{WHERE}, style.palette", "a method")


def _check_cell(config: dict[str, Any], dataset: str, method: str) -> None:
    """A cell has a row in its table of hyper-parameters, and a spec that its family can train."""
    settings = config["methods"][method]
    table = config["hyperparameters"][settings["hyperparameters"]]
    if dataset not in table:
        raise UserError(
            f"{dataset} has no row in hyperparameters.{settings['hyperparameters']}, which methods.{method} needs "
            f"({WHERE}). Add one; rows: {', '.join(table)}."
        )
    family = config["families"].get(settings["family"], {})
    lacking = {*MODEL_OPTIONS[settings["family"]], "batch"} - {*settings, *table[dataset], *family}
    if lacking:
        raise UserError(f"methods.{method} lacks {', '.join(sorted(lacking))} for {dataset} ({WHERE}).")
    checked(Spec, spec(config, dataset, method), f"{WHERE}, methods.{method} for {dataset}")


def _check_margins(config: dict[str, Any], claims: Claims, file: Path) -> None:
    """Scores have margins, and what the configured artifacts hold against one."""
    held = [margin for name in artifacts(config) for margin in kinds.needs(kind(name)).margins]
    if lacking := [name for name in dict.fromkeys((*METRICS, *held)) if name not in claims.margins]:
        raise UserError(f"{file}, margins lacks {', '.join(lacking)}.")


def _check(name: str, known: Collection[str], where: str, what: str) -> None:
    if name not in known:
        raise UserError(f"{name} is not {what} ({where}). {nearest(name, known)}")
