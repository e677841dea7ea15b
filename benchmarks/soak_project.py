"""A copy of the project with tiny runs of every family: what the soak starts, and what it looks at afterwards."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import yaml
from filelock import FileLock, Timeout

ROOT = Path(__file__).parents[1]
# The first eight are one of each family.
METHODS = [
    *("graclus", "global-mean", "graphsage", "gin", "diffpool", "diffpool-v2", "gmn", "mincut"),
    *("complement", "diffpool-uniform", "diffpool-normal", "diffpool-invariant"),
    *("diffpool-v2-normal", "gmn-distance", "gmn-random", "mincut-random"),
]
CONFIGURATION = "config/soak.yaml"
# In the copy: a checkpoint ten times a second instead of every minute, and of some seeds a loss that is no number from
# the second epoch on.
EDITS = {
    "src/repool/training/run.py": ("SECONDS_BETWEEN_CHECKPOINTS = 60.0", "SECONDS_BETWEEN_CHECKPOINTS = 0.1"),
    "src/repool/training/block.py": (
        "        penalty = torch.zeros_like(loss)",
        "        poison = [float('nan') if run.seed % 9 == 4 and self.epoch else 1.0 for run in self.live]\n"
        "        loss = loss * loss.new_tensor(poison)\n"
        "        penalty = torch.zeros_like(loss)",
    ),
}
IN_ONE_GO = """
import json, sys
from repool.cli import main
for arguments in json.load(sys.stdin):
    assert main(arguments) == 0, arguments
"""


class SoakProject:
    """The copy, with `seeds` runs of so many methods in blocks of `seeds_per_job`."""

    def __init__(self, folder: Path, methods: int, seeds: int, seeds_per_job: int):
        self.folder, self.methods = folder, METHODS[:methods]
        self.runs = folder / "results" / "soak" / "runs" / "MUTAG"
        self.whole = folder / "whole" / "MUTAG"
        self.log = folder / "said"
        self.seeds, self.seeds_per_job = seeds, seeds_per_job
        for part in ("workflow", "config", "src", "report", "envs", "docs"):
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", "*.html"))
        shutil.copy(ROOT / "Snakefile", folder)
        (folder / "profiles").symlink_to("workflow/profiles")
        for path, (old, new) in EDITS.items():
            text = (folder / path).read_text()
            assert text.count(old) == 1, f"{path} does not hold {old!r} once"
            (folder / path).write_text(text.replace(old, new))
        (folder / CONFIGURATION).write_text(yaml.safe_dump(self._configuration()))

    def _configuration(self) -> dict:
        paper = yaml.safe_load((self.folder / "config" / "paper.yaml").read_text())
        shown = {"datasets": ["MUTAG"], "methods": self.methods, "pairs": ["graclus:gin"]}
        return {
            "name": "soak",
            "seeds": self.seeds,
            "seeds_per_job": self.seeds_per_job,
            "training": {"max_epochs": 3},
            "artifacts": {**{name: {"datasets": []} for name in paper["artifacts"]}, "table_1": shown},
        }

    def start(self) -> subprocess.Popen:
        """The command that a person gives, in a session of its own."""
        command = self._snakemake("table_1", "--cores", "2", "--keep-going")
        with self.log.open("w") as log:
            return subprocess.Popen(
                command, cwd=self.folder, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )

    def locked(self) -> bool:
        """Whether the last call said that the folder is locked."""
        return "--unlock" in self.said()

    def unlock(self) -> None:
        """What README says to do then."""
        subprocess.run(self._snakemake("--unlock"), cwd=self.folder, check=True, capture_output=True)

    def said(self) -> str:
        """What the last call said."""
        return self.log.read_text()[-6000:]

    def written(self) -> dict[str, tuple[int, int]]:
        """Every record with what changes when it is written again."""
        stats = {str(path.relative_to(self.runs)): path.stat() for path in self.runs.glob("*/seed-*.json")}
        return {name: (stat.st_mtime_ns, stat.st_ino) for name, stat in stats.items() if "timing" not in name}

    def failed(self) -> int:
        """How many records say that their seed failed."""
        records = [json.loads((self.runs / name).read_text()) for name in self.written()]
        return sum(record["outcome"] == "failed" for record in records)

    def blocks(self) -> int:
        """How many blocks there are."""
        return len(list(self.runs.glob("*/seeds-*.json")))

    def resumed(self) -> dict[str, int]:
        """Blocks that went on from a checkpoint, and those that found records of an earlier training."""
        timings = [(path.parent, json.loads(path.read_text())) for path in self.runs.glob("*/seed-*.timing.json")]
        logs = (self.runs.parents[1] / "logs" / "train_block").glob("*/*/*.log")
        return {
            "resumed_blocks": len({(folder, *timing["block"]) for folder, timing in timings if timing["resumed"]}),
            "blocks_that_found_records": sum("are there already" in path.read_text() for path in logs),
        }

    def wrongs(self) -> list[str]:
        """A sentence for everything that is not as it should be."""
        self._train_in_one_go()
        return [*self._compared(), *self._left(), *self._planned()]

    def _train_in_one_go(self) -> None:
        """Every block once more, by the command of the rule, in one process that nobody kills."""
        calls = []
        for method in self.methods:
            command = [sys.executable, "-m", "repool", "spec", "MUTAG", method, "--configfile", CONFIGURATION]
            spec = subprocess.run(
                command, cwd=self.folder, env=self._environment(), check=True, capture_output=True, text=True
            ).stdout
            for first in range(0, self.seeds, self.seeds_per_job):
                last = min(first + self.seeds_per_job, self.seeds) - 1
                out = ["--out", str(self.whole / method), "--data", str(self.runs.parents[1] / "data" / "MUTAG")]
                calls.append(["train", "--spec", spec, "--seeds", f"{first}-{last}", *out])
        subprocess.run(
            [sys.executable, "-c", IN_ONE_GO],
            input=json.dumps(calls),
            cwd=self.folder,
            env=self._environment(),
            check=True,
            capture_output=True,
            text=True,
        )

    def _compared(self) -> Iterable[str]:
        for method in self.methods:
            for seed in range(self.seeds):
                name = f"{method}/seed-{seed:02d}.json"
                if not (self.runs / name).is_file():
                    yield f"{name} is not there"
                elif (self.runs / name).read_bytes() != (self.whole / name).read_bytes():
                    yield f"{name} is not that of an uninterrupted training"

    def _left(self) -> Iterable[str]:
        """What only a killed process leaves."""
        for pattern in ("results/**/.*.part", "results/**/*.pt", ".snakemake/locks/*", ".snakemake/incomplete/*"):
            for path in self.folder.glob(pattern):
                yield f"{path.relative_to(self.folder)} was left"
        for path in self.runs.glob("*/checkpoints/*.lock"):
            try:
                with FileLock(path, timeout=0):
                    pass
            except Timeout:
                yield f"{path.relative_to(self.folder)} is held"

    def _planned(self) -> Iterable[str]:
        plan = subprocess.run(
            self._snakemake("table_1", "--cores", "2", "--dry-run"), cwd=self.folder, capture_output=True, text=True
        )
        if "Nothing to be done" not in (said := plan.stdout + plan.stderr):
            rules = sorted(set(re.findall(r"^(?:local)?rule (\w+):", said, re.MULTILINE)))
            yield f"Snakemake would go on with {', '.join(rules) or said}"

    def _snakemake(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "snakemake", *arguments, "--configfile", CONFIGURATION]

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(self.folder / "src"), "REPOOL_PROJECT": str(self.folder)}
