"""Snakemake's plan for `repool plan`: its jobs as it tells them to any logger, as lines of JSON on stdout.

A plugin of Snakemake's documented interface for loggers, found because this folder is on the path (`--logger repool`).
"""

import json
import logging
import sys
from pathlib import Path
from typing import Any

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent


class LogHandler(LogHandlerBase):
    """Writes a line for the folder of the workflow, for each job that would run, and for each mistake."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write what a record says, where it is of that."""
        event = getattr(record, "event", None)
        if event == LogEvent.WORKFLOW_STARTED:
            _write(folder=str(Path.cwd()))
        elif event == LogEvent.JOB_INFO:
            _write(job=_job(vars(record)))
        elif record.levelno >= logging.ERROR:
            _write(mistake=record.getMessage())

    @property
    def writes_to_stream(self) -> bool:
        """So that Snakemake writes nothing between the lines."""
        return True

    @property
    def writes_to_file(self) -> bool:
        """Not into a file."""
        return False

    @property
    def has_filter(self) -> bool:
        """Everything passes, whatever `--quiet` a profile sets."""
        return True

    @property
    def has_formatter(self) -> bool:
        """Lines are made here."""
        return True

    @property
    def needs_rulegraph(self) -> bool:
        """The graph of the rules is not asked for."""
        return False


def _job(said: dict[str, Any]) -> dict[str, Any]:
    resources = {name: value for name, value in said["resources"].items() if isinstance(value, int | float | str)}
    return {
        "rule": said["rule_name"],
        "wildcards": dict(said["wildcards"] or {}),
        "reason": said["reason"],
        "output": [str(path) for path in said["output"]],
        "benchmark": said["benchmark"] and str(said["benchmark"]),
        "threads": said["threads"],
        "resources": {name: value for name, value in resources.items() if not name.startswith("_")},
        "command": said["shellcmd"],
    }


def _write(**line: Any) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
