"""`repool archive`: what is kept of real runs. Only `replay` needs torch, and imports it when it trains."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from repool.places import project_file
from repool.training.command import read_spec, seeds

if TYPE_CHECKING:
    from repool.archive.replay import Places
    from repool.archive.store import Archive


def add_commands(commands: Any) -> None:
    """Register the actions of `archive`."""
    archive = commands.add_parser("archive", help="keep records of real runs, and bring them back")
    actions = archive.add_subparsers(title="actions", metavar="ACTION", required=True)
    adding = actions.add_parser("add", help="keep the records below some folders; exit code 1 if one was refused")
    adding.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="such as results/cpu")
    adding.add_argument(
        "--data", type=Path, metavar="DIR", help="the prepared datasets (default: data beside the folder runs)"
    )
    adding.set_defaults(run=_add)
    restoring = actions.add_parser(
        "restore", help="bring back what a configuration asks for; exit code 1 if some of it does not count"
    )
    restoring.add_argument(
        "--configfile", nargs="+", type=Path, default=[], metavar="FILE", help="overlays, as Snakemake takes them"
    )
    restoring.add_argument("--seeds", type=int, metavar="N", help="of the seeds 0 to N - 1, as --config seeds=N")
    restoring.set_defaults(run=_restore)
    replaying = actions.add_parser(
        "replay", help="train a sample of earlier code's runs again, and adopt the others where it agrees"
    )
    replaying.add_argument(
        "--share", type=share, default=0.02, metavar="SHARE", help="of the runs, such as 5%% (default: 2%%)"
    )
    replaying.add_argument("--family", nargs="+", default=[], metavar="NAME", help="of models (default: every one)")
    replaying.add_argument(
        "--data", type=Path, metavar="DIR", help="the prepared datasets (default: those in results/*/data)"
    )
    replaying.add_argument(
        "--again", action="store_true", help="today's code's runs instead: does this machine give the same? adopts none"
    )
    replaying.set_defaults(run=_replay)
    card = actions.add_parser("take-card", help="the card of a dataset, as the workflow takes it")
    card.add_argument("dataset", metavar="DATASET")
    card.add_argument("--content", required=True, metavar="SHA256", help="of the data")
    card.add_argument("--out", required=True, type=Path, metavar="FILE")
    card.set_defaults(run=_take_card)
    block = actions.add_parser("take-block", help="the runs of one block, as the workflow takes them")
    block.add_argument("--spec", required=True, help="JSON text, or a file that holds it")
    block.add_argument("--seeds", required=True, type=seeds, metavar="A-B")
    block.add_argument("--card", required=True, type=Path, metavar="FILE", help="the card of the data")
    block.add_argument("--out", required=True, type=Path, metavar="DIR", help=".../runs/DATASET/METHOD")
    block.add_argument("--activations", type=int, metavar="SEED", help="take those of this seed too")
    block.set_defaults(run=_take_block)
    listing = actions.add_parser("list", help="what it holds, and what of it counts for today's code")
    listing.set_defaults(run=_list)
    verifying = actions.add_parser("verify", help="check every file of it; exit code 1 if anything is wrong")
    verifying.set_defaults(run=_verify)
    depositing = actions.add_parser("crate", help="a folder to deposit: an RO-Crate of the archive and its workflow")
    depositing.add_argument("--out", required=True, type=Path, metavar="DIR", help="a new folder")
    depositing.set_defaults(run=_crate)
    for action in (adding, depositing, restoring, replaying, card, block, listing, verifying):
        action.add_argument(
            "--archive",
            type=Path,
            default=project_file("results/archive"),
            metavar="DIR",
            help="default: this project's",
        )


def share(text: str) -> float:
    """The share of `2%` or `0.02`; argparse shows the message of a wrong one."""
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is no share of the runs, such as 2%")
    return value


def _add(options: argparse.Namespace) -> int:
    from repool.archive.add import add
    from repool.archive.store import Archive

    added = add(Archive(options.archive), options.folders, options.data)
    for sentence in added.refused:
        print(sentence)
    print(f"{added.new:,} runs are new, {added.known:,} were there, {len(added.refused):,} were refused")
    return 1 if added.refused else 0


def _restore(options: argparse.Namespace) -> int:
    from repool.archive.restore import restore
    from repool.archive.store import Archive
    from repool.overlays import configured

    config = configured([project_file("config/paper.yaml"), *options.configfile], options.seeds)
    restored = restore(Archive(options.archive), config, Path("results") / config["name"])
    for sentence in restored.refused:
        print(sentence)
    print(
        f"{restored.runs:,} runs restored into results/{config['name']}, {restored.there:,} were there, "
        f"{restored.lacking:,} are to be trained"
    )
    return 1 if restored.refused else 0


def _replay(options: argparse.Namespace) -> int:
    from repool.archive.replay import Places, replay, sentences, waiting
    from repool.archive.store import Archive
    from repool.errors import UserError, nearest
    from repool.spec import MODEL_OPTIONS

    for family in options.family:
        if family not in MODEL_OPTIONS:
            raise UserError(f"{family} is not a family of models (--family). {nearest(family, MODEL_OPTIONS)}")
    archive, places = Archive(options.archive), Places(options.data, Path("results"))
    if options.again:
        return _repeat(options, archive, places)
    kinds, agrees = waiting(archive, options.family), True
    for kind, runs in kinds.items():
        result = replay(archive, kind, runs, options.share, places)
        if result is None:
            return 130
        for sentence in sentences(result):
            print(sentence, flush=True)
        agrees = agrees and result.agrees
    if not kinds:
        print("Every archived run is by today's code, or adopted: there is nothing to replay.")
    return 0 if agrees else 1


def _repeat(options: argparse.Namespace, archive: "Archive", places: "Places") -> int:
    from repool.archive.repeat import by_today, repeat

    runs = [run for kind in by_today(archive, options.family, options.share).values() for run in kind]
    verdicts = []
    for run, comparison in repeat(runs, places):
        known = run.entry.identity
        print(f"{run.cell.dataset}, {known.method}, seed {known.seed}: {comparison.words}", flush=True)
        verdicts.append(comparison.verdict)
    if len(verdicts) < len(runs):
        return 130
    near, differ = (verdicts.count(verdict) for verdict in ("near", "differs"))
    print(
        f"{len(runs):,} runs by today's code trained again: {len(runs) - near - differ:,} equal to the last bit, "
        f"{near:,} as near as another processor or other packages give, {differ:,} differ"
    )
    return 1 if differ else 0


def _take_card(options: argparse.Namespace) -> None:
    from repool.archive.restore import write_card
    from repool.archive.store import Archive

    write_card(Archive(options.archive), options.dataset, options.content, options.out)


def _take_block(options: argparse.Namespace) -> None:
    from repool.archive.restore import take
    from repool.archive.store import Archive
    from repool.training.kept import Place

    place = Place(options.out, options.seeds, options.activations)
    take(Archive(options.archive), read_spec(options.spec), place, options.card)


def _list(options: argparse.Namespace) -> None:
    from repool.archive.listing import lines
    from repool.archive.store import Archive

    for line in lines(Archive(options.archive)):
        print(line)


def _verify(options: argparse.Namespace) -> int:
    from repool.archive.check import check
    from repool.archive.store import Archive

    found = check(Archive(options.archive))
    for sentence in found.wrong:
        print(sentence)
    right = ", ".join(f"{what} {number:,}" for what, number in found.right.items())
    print(f"right: {right}; wrong: {len(found.wrong):,}")
    return 1 if found.wrong else 0


def _crate(options: argparse.Namespace) -> None:
    from repool.archive.crate import write_crate
    from repool.archive.store import Archive
    from repool.places import project

    runs = write_crate(Archive(options.archive), project(), options.out)
    print(f"{runs:,} runs and their workflow are in {options.out}")
