"""What README says to do after `kill -9` of Snakemake."""

import json
import os
import re
import signal
import subprocess
import sys

from project import ROOT, Project

CARD = "results/tiny/data/MUTAG/card.json"
# The job writes half a file, then kills all that runs with it, Snakemake too.
MURDER = """    import os, signal
    if "MURDER" in os.environ:
        (options.out / "card.json").write_text("{")
        os.killpg(os.getpgrp(), signal.SIGKILL)
"""


def test_after_kill_9_unlock_and_the_same_command_go_on(tmp_path):
    project = Project(tmp_path)
    command = project.folder / "src" / "repool" / "datasets" / "command.py"
    start = re.search(r"^def _prepare\(.*\n(?:    \"\"\".*\"\"\"\n)?", command.read_text(), re.MULTILINE)[0]
    with project.edited("src/repool/datasets/command.py", start, start + MURDER):
        killed = subprocess.run(
            [sys.executable, "-m", "snakemake", CARD, "--cores", "2", "--configfile", "config/tiny.yaml"],
            cwd=project.folder,
            env={**os.environ, "MURDER": "now"},
            start_new_session=True,
            capture_output=True,
        )
        assert killed.returncode == -signal.SIGKILL
        assert (project.folder / CARD).read_text() == "{"

        locked = project.snakemake(CARD, "--cores", "2")
        assert locked.returncode != 0
        assert "--unlock" in locked.stdout + locked.stderr

        assert "`snakemake --unlock`" in (ROOT / "README.md").read_text()
        unlock = [sys.executable, "-m", "snakemake", "--unlock"]
        unlocked = subprocess.run(unlock, cwd=project.folder, capture_output=True, text=True)
        assert unlocked.returncode == 0, unlocked.stdout + unlocked.stderr

        again = project.snakemake(CARD, "--cores", "2")
        assert again.returncode == 0, again.stdout + again.stderr
    assert json.loads((project.folder / CARD).read_text())["dataset"] == "MUTAG"
