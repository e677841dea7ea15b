"""Compiled functions that compiled functions of other files call.

Numba goes by the time of a function's own file, and would go on running what it once took from here. So what it keeps
of this package lies in a folder named by this one's text.
"""

import atexit
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

import numba
from platformdirs import user_cache_path


def _kept_in() -> Path:
    here = Path(__file__).parent
    text = b"".join(file.read_bytes() for file in sorted(here.glob("*.py")))
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    beside_the_code = here / "__pycache__" if os.access(here, os.W_OK) else _of_the_user()
    return Path(chosen or beside_the_code) / hashlib.sha256(text).hexdigest()[:16]


def _of_the_user() -> Path:
    """The user's cache; without a home folder one that goes with the process, for what lies there is run as it is."""
    try:
        folder = user_cache_path("repool")
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except (OSError, RuntimeError):
        pass
    folder = Path(tempfile.mkdtemp(prefix="repool-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


numba.config.CACHE_DIR = str(_kept_in())  # type: ignore[attr-defined]
