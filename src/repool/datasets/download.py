"""Downloads that survive cuts: retried, resumed where they stopped, verified, and put in place in one step."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import filelock
import requests
import tenacity
import urllib3
from tqdm import tqdm

from repool.datasets.verify import mismatch, verify, ways
from repool.digests import sha256_of
from repool.errors import UserError
from repool.schemas.sources import Dataset, SourceFile

ATTEMPTS = 4  # per address
TIMEOUT = (10, 30)  # seconds to connect, seconds without a byte
CHUNK = 1 << 16
TRANSIENT = {408, 429, 500, 502, 503, 504}


class TransientError(Exception):
    """A failure after which the same address may be asked again."""


class RefusedError(Exception):
    """A failure of one address that asking again will not mend."""


def download(file: SourceFile, path: Path, dataset: Dataset, backoff: float = 0.5) -> None:
    """Download a raw file to a path, verified; every address is tried in order.

    What was received is kept beside it as `<name>.part`, and the next call goes on from there. Two processes do not
    download one file at once: the second waits and finds it. Raises UserError when no address gave the right file.

    Args:
        file: the file, with at least one address.
        path: its final name.
        dataset: whose file it is.
        backoff: seconds before the second attempt, doubled for each further one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(path.with_name(path.name + ".lock")):
        if path.is_file():
            return
        failures = []
        for url in file.urls:
            try:
                _from(url, file, path, dataset, backoff)
                return
            except (RefusedError, TransientError) as error:
                failures.append(f"{urlsplit(url).netloc}: {error}")
    part = _part(path)
    kept = f" What was received so far ({part.stat().st_size:,} bytes) is kept." if part.is_file() else ""
    raise UserError(f"{file.name} could not be downloaded ({'; '.join(failures)}).{kept} {ways(file)}")


def _from(url: str, file: SourceFile, path: Path, dataset: Dataset, backoff: float) -> None:
    """Receive the whole file from one address and verify it; a wrong file that was resumed is fetched once more."""
    part = _part(path)
    resumed = part.is_file()
    retry = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(TransientError),
        stop=tenacity.stop_after_attempt(ATTEMPTS),
        wait=tenacity.wait_exponential(multiplier=backoff),
        reraise=True,
    )
    retry(_receive, url, file, part)
    try:
        verify(part, file, dataset)
    except UserError as error:
        reason = mismatch(part, file, sha256_of(part))
        part.unlink()
        if not resumed:
            raise RefusedError(f"not the right file, {reason}") from error
        _from(url, file, path, dataset, backoff)
    else:
        part.replace(path)


def _receive(url: str, file: SourceFile, part: Path) -> None:
    """Append what is missing to the part; returns when the server has no more."""
    offset = part.stat().st_size if part.is_file() else 0
    # Compressed transfer would make offsets meaningless.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={offset}-"} if offset else {})
    try:
        with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT) as response:
            if response.status_code == 416:  # nothing beyond what is here: complete, or not this file
                return
            _check_status(response)
            if response.status_code != 206:
                offset = 0
            with part.open("ab" if offset else "wb") as stream, _progress(file, response, offset) as advance:
                for chunk in response.raw.stream(CHUNK, decode_content=False):
                    stream.write(chunk)
                    advance(len(chunk))
    except (requests.ConnectionError, requests.Timeout, urllib3.exceptions.HTTPError) as error:
        raise TransientError(_reason(error)) from error
    except requests.RequestException as error:
        raise RefusedError(_reason(error)) from error


def _check_status(response: requests.Response) -> None:
    if response.status_code in TRANSIENT:
        raise TransientError(f"HTTP {response.status_code} {response.reason}")
    if not response.ok:
        raise RefusedError(f"HTTP {response.status_code} {response.reason}")


@contextmanager
def _progress(file: SourceFile, response: requests.Response, offset: int) -> Iterator[Callable[[int], object]]:
    """A bar on a terminal; elsewhere one line when a download begins."""
    rest = response.headers.get("Content-Length", "")
    total = offset + int(rest) if rest.isdigit() else None
    terminal = sys.stderr.isatty()
    if not terminal:
        size = f"{total:,} bytes" if total else "of unknown size"
        begun = f", {offset:,} already here" if offset else ""
        print(f"downloading {file.name} ({size}{begun}) from {urlsplit(response.url).netloc}", file=sys.stderr)
    with tqdm(
        desc=file.name, total=total, initial=offset, unit="B", unit_scale=True, leave=False, disable=not terminal
    ) as bar:
        yield bar.update


def _part(path: Path) -> Path:
    return path.with_name(path.name + ".part")


def _reason(error: Exception) -> str:
    text = str(error)
    if "NameResolutionError" in text or "Failed to resolve" in text:
        return "no network, or no such host (its name is not known)"
    if "Connection refused" in text or "unreachable" in text:
        return "no connection"
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError):
        return "no answer in time"
    return f"the connection was cut ({type(error).__name__})"
