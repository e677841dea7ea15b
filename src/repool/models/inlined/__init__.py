"""Compiled functions that compiled functions of other files call.

Numba goes by the time of a function's own file, and would go on running what it once took from here. So what it keeps
of this package lies in a folder named by this one's text.
"""

import hashlib
import os
from pathlib import Path

import numba
from platformdirs import user_cache_path


def _kept_in() -> Path:
    here = Path(__file__).parent
    text = b"".join(file.read_bytes() for file in sorted(here.glob("*.py")))
    beside_the_code = here / "__pycache__" if os.access(here, os.W_OK) else user_cache_path("repool")
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    return Path(chosen or beside_the_code) / hashlib.sha256(text).hexdigest()[:16]


numba.config.CACHE_DIR = str(_kept_in())  # type: ignore[attr-defined]
