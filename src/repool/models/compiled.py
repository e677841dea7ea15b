"""Where numba keeps what it compiles of this package.

Numba goes by a function's own file: by its path, so that a copied, moved or remounted checkout would compile all of it
again, and by its text, so that it would go on running what it once took from a file that has changed since. Here a
folder is named by the text of `kernels.inlined`, whose functions those of other files take in, and in it one by the
text of each file.
"""

import atexit
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import UserProvidedCacheLocator
from platformdirs import user_cache_path

PACKAGE = Path(__file__).parents[1]
INLINED = PACKAGE / "models" / "kernels" / "inlined"
# What others bring is kept as numba keeps it.
LOCATORS = (f"{__name__}.ByText", "UserProvidedCacheLocator", "UserWideCacheLocator", "IPythonCacheLocator")


class ByText(UserProvidedCacheLocator):
    """The place of a function of this package: the same for the same text, wherever that lies."""

    def __init__(self, function: Callable[..., Any], file: str):
        super().__init__(function, file)
        path = Path(file)
        self._cache_path = str(Path(numba.config.CACHE_DIR) / f"{path.stem}-{_digest([path])}")  # type: ignore[attr-defined]

    @classmethod
    def from_function(cls, function: Callable[..., Any], file: str) -> "ByText | None":
        """None for what is no file of this package."""
        if not Path(file).absolute().is_relative_to(PACKAGE.absolute()):
            return None
        return super().from_function(function, file)  # type: ignore[no-any-return]


def _kept_in() -> Path:
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    beside_the_code = INLINED / "__pycache__" if os.access(INLINED, os.W_OK) else _of_the_user()
    return Path(chosen or beside_the_code) / _digest(sorted(INLINED.glob("*.py")))


def _digest(files: Iterable[Path]) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


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
numba.config.CACHE_LOCATOR_CLASSES = ",".join(LOCATORS)  # type: ignore[attr-defined]
