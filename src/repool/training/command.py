"""The training floor on the command line."""

import argparse
import json
import os
import re
from pathlib import Path
from typing import Any

from repool.errors import UserError, nearest
from repool.places import project_file
from repool.training import lease
from repool.training.memory import explained


def add_commands(commands: Any) -> None:
    """Add `train`, `probe`, `retry` and `spec`."""
    train = commands.add_parser(
        "train", help="train the seeds of one block", description="Train the seeds of one block."
    )
    train.add_argument(
        "--spec", required=True, help="what trains: JSON text, or a file that holds it (`repool spec` prints one)"
    )
    train.add_argument(
        "--seeds", required=True, type=seeds, metavar="A-B", help="first and last seed, such as 0-9, or one"
    )
    train.add_argument("--out", required=True, type=Path, help="folder of the records, .../runs/DATASET/METHOD")
    train.add_argument(
        "--data", type=Path, help="prepared dataset (default: data/DATASET beside the folder runs of --out)"
    )
    train.add_argument(
        "--activations",
        type=int,
        metavar="SEED",
        help="keep this seed's embeddings of three test graphs beside its record",
    )
    train.add_argument(
        "--device",
        default=os.environ.get("REPOOL_DEVICE", "auto"),
        help="auto (CUDA where there is one), cpu or cuda; default: REPOOL_DEVICE, or auto",
    )
    train.set_defaults(run=_train)

    costs = commands.add_parser("probe", help="measure what an epoch of a block takes, as `plan --probe` does")
    costs.add_argument("--spec", required=True, help="what trains: JSON text, or a file that holds it")
    costs.add_argument("--seeds", required=True, type=seeds, metavar="A-B", help="that train together")
    costs.add_argument("--data", required=True, type=Path, metavar="DIR", help="the prepared dataset")
    costs.add_argument("--out", required=True, type=Path, metavar="FILE", help="what was measured, JSON")
    costs.add_argument(
        "--seconds", type=float, default=20.0, metavar="S", help="of training, after which an epoch is cut short"
    )
    costs.add_argument("--device", default=os.environ.get("REPOOL_DEVICE", "auto"), help="as of train")
    costs.set_defaults(run=_probe)

    again = commands.add_parser("retry", help="remove the records of failed seeds, so that the next call trains them")
    again.add_argument("dataset", metavar="DATASET")
    again.add_argument("method", metavar="METHOD")
    again.add_argument("--seeds", type=seeds, metavar="A-B", help="of these seeds only")
    again.add_argument("--configuration", metavar="NAME", help="in results/NAME (default: the only one that has them)")
    again.set_defaults(run=_retry)

    show = commands.add_parser("spec", help="print the spec of a method on a dataset, for `train --spec`")
    show.add_argument("dataset", metavar="DATASET")
    show.add_argument("method", metavar="METHOD")
    show.add_argument("--configfile", type=Path, help="overlay over config/paper.yaml, such as config/cpu.yaml")
    show.set_defaults(run=_show_spec)


def seeds(text: str) -> list[int]:
    """The seeds of `A-B` or `A`; argparse shows the message of a wrong one."""
    match = re.fullmatch(r"(\d+)(?:-(\d+))?", text)
    if not match:
        raise argparse.ArgumentTypeError(f"{text} is not a range of seeds, such as 0-9 or 3")
    first = int(match[1])
    last = int(match[2] or first)
    if last < first:
        raise argparse.ArgumentTypeError(f"{text} ends before it begins; write {last}-{first}")
    return list(range(first, last + 1))


def read_spec(text: str) -> dict[str, Any]:
    """The spec in JSON text or in a file; raises UserError where it is neither, or no family trains it."""
    from repool.schemas.checked import checked
    from repool.schemas.reading import read_text
    from repool.schemas.spec import Spec

    where = "--spec"
    if not text.lstrip().startswith(("{", "[", '"')):
        where = f"--spec {text}"
        if not Path(text).is_file():
            raise UserError(f"--spec: there is no file {text}, and it is no JSON either. `repool spec` prints one.")
        text = read_text(Path(text))
    try:
        spec = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{where} is not valid JSON: {error}. `repool spec` prints a spec.") from None
    checked(Spec, spec, where)
    return dict(spec)


def _train(options: argparse.Namespace) -> int:
    spec = read_spec(options.spec)
    if options.activations is not None and options.activations not in options.seeds:
        raise UserError(
            f"--activations {options.activations} is none of the seeds {options.seeds[0]}-{options.seeds[-1]}. "
            "Name one of --seeds."
        )
    from repool.training.kept import Place

    data = options.data or options.out.parent.parent.parent / "data" / spec["dataset"]
    place = Place(options.out, options.seeds, options.activations)
    with place.alone(), place.telling(spec), explained(spec, options.seeds, data):
        lacking = place.lacking(spec, data, options.device)
        if len(lacking) < len(options.seeds):
            there = [seed for seed in options.seeds if seed not in lacking]
            print(f"the records of seeds {there} are there already, of this spec, code and data", flush=True)
        stopped = _train_seeds(options, spec, lacking, data) if lacking else 0
        if not stopped:
            place.conclude(spec)
        return stopped


def _train_seeds(options: argparse.Namespace, spec: dict[str, Any], lacking: list[int], data: Path) -> int:
    # Before torch is imported, which counts the devices it may use.
    with lease.held(options.device):
        from repool.training.run import train

        activations = options.activations if options.activations in lacking else None
        return train(spec, options.seeds, options.out, data, options.device, activations, lacking)


def _probe(options: argparse.Namespace) -> None:
    spec = read_spec(options.spec)
    with explained(spec, options.seeds, options.data), lease.held(options.device):
        from repool.schemas.probe import write_probe
        from repool.training.probe import probe

        write_probe(options.out, probe(spec, options.seeds, options.data, options.seconds, options.device))


def _retry(options: argparse.Namespace) -> None:
    from repool.training.retry import retry

    cell = f"{options.dataset}/{options.method}"
    removed = retry(cell, options.seeds, options.configuration, Path("results"))
    for path in removed:
        print(f"removed {path}")
    print(
        "The next call of snakemake trains them again." if removed else f"{cell} has no failed record: nothing to do."
    )


def _show_spec(options: argparse.Namespace) -> None:
    from repool.overlays import merged
    from repool.spec import spec_text

    config = merged([project_file("config/paper.yaml"), *([options.configfile] if options.configfile else [])])
    methods = config["methods"]
    if options.method not in methods:
        raise UserError(f"{options.method} is not a method. {nearest(options.method, methods)}")
    rows = config["hyperparameters"][methods[options.method]["hyperparameters"]]
    if options.dataset not in rows:
        raise UserError(
            f"{options.dataset} has no hyper-parameters for {options.method}. {nearest(options.dataset, rows)}"
        )
    print(spec_text(config, options.dataset, options.method))
