"""Snakemake without its start: loaded once for each process of tests; every call is a fork of that.

Loading takes Snakemake as long as planning a small project takes the project. Nothing of the project is loaded here: a
fork has arguments, folder, environment and streams of its own, and imports the project's code from its folder.
"""

import atexit
import functools
import importlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

# What Snakemake and the project's workflow load, and is not the project's.
LIBRARIES = ("jsonschema", "numpy", "pandas", "pydantic", "yaml", "snakemake.common.git", "snakemake.dag")
LIBRARIES += ("snakemake.report", "snakemake.scheduling.job_scheduler")


def snakemake(arguments: list[str], folder: Path, **variables: str) -> subprocess.CompletedProcess:
    """What `snakemake ARGUMENTS` does in a folder, with what it prints; `variables` are of its environment."""
    with tempfile.TemporaryDirectory() as streams:
        out, err = Path(streams, "out"), Path(streams, "err")
        call = {"arguments": arguments, "folder": str(folder), "environment": {**os.environ, **variables}}
        server = _server()
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps({**call, "out": str(out), "err": str(err)}) + "\n")
        server.stdin.flush()
        code = json.loads(server.stdout.readline())
        return subprocess.CompletedProcess(["snakemake", *arguments], code, out.read_text(), err.read_text())


@functools.cache
def _server() -> subprocess.Popen:
    command = [sys.executable, "-P", __file__]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(server.communicate)
    return server


def serve() -> None:
    """Answer each line of the standard input, a call, by the exit status of a fork that made it."""
    from snakemake.cli import main

    for library in LIBRARIES:
        importlib.import_module(library)

    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        if child := os.fork():
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), file=answers, flush=True)
        else:
            call = json.loads(line)
            take(call)
            main(call["arguments"])


def take(call: dict) -> None:
    """Become the process that a shell would have started."""
    for stream, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, call["out"], os.O_WRONLY | os.O_CREAT),
        (2, call["err"], os.O_WRONLY | os.O_CREAT),
    ):
        os.dup2(os.open(path, flags), stream)
    os.chdir(call["folder"])
    os.environ.clear()
    os.environ.update(call["environment"])
    sys.argv = ["snakemake", *call["arguments"]]
    sys.path.insert(0, call["folder"])


if __name__ == "__main__":
    serve()
