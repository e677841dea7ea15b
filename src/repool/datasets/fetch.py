"""Raw files, verified: from an installed wheel, a mirror folder, or the network by way of a cache folder."""

import hashlib
import importlib.util
import os
from pathlib import Path

from repool.datasets.archive import check_archive
from repool.datasets.card import Source
from repool.datasets.sources import Accepted, Dataset, SourceFile
from repool.errors import UserError

UNLISTED = (
    "The checksum of the public {name} is not known to this project: "
    "the file was taken as it came (sha256 {sha256}), its own checksums and its counts were verified."
)


def fetch(file: SourceFile, dataset: Dataset, mirror: Path | None) -> Source:
    """A verified local copy of a raw file.

    A file of a wheel is read where it is installed; with a mirror folder nothing else is asked; otherwise the cache
    folder is used, and what it lacks is downloaded. Raises UserError that names the file and both ways to get it.
    """
    if file.wheel is not None:
        return _from_wheel(file, dataset)
    if mirror is not None:
        path = mirror / file.mirror
        if not path.is_file():
            raise UserError(f"The mirror folder {mirror} has no {file.mirror} (for {dataset.name}). {ways(file)}")
        return verify(path, file)
    return _from_cache(file)


def cache_folder() -> Path:
    """Where downloads are kept: REPOOL_CACHE, else the user's cache folder. It has the layout of a mirror folder."""
    if named := os.environ.get("REPOOL_CACHE"):
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_cache_dir("repool"))


def verify(path: Path, file: SourceFile) -> Source:
    """Compare a file with its declared checksums; raises UserError with expected and found.

    The origin of a source follows from its bytes, not from how they came here: the same file gives the same card.
    """
    sha256 = sha256_of(path)
    public = file.urls[0] if file.urls else f"mirror folder, {file.mirror}"
    for accepted in file.accepted:
        if accepted.sha256 == sha256:
            origin = public if accepted.status == "exact" else f"mirror folder, {file.mirror}"
            return Source(path, file.name, sha256, accepted.status, origin)
    if file.unlisted_upstream:
        try:
            check_archive(path)
        except UserError as error:
            raise UserError(f"{error} {ways(file)}") from error
        return Source(path, file.name, sha256, "exact", public, UNLISTED.format(name=file.name, sha256=sha256))
    raise UserError(f"{path} does not match its checksum ({mismatch(path, file, sha256)}). {ways(file)}")


def mismatch(path: Path, file: SourceFile, sha256: str) -> str:
    """Expected and found checksum and size, for a message."""
    expected = " or ".join(accepted.sha256[:12] + "..." for accepted in file.accepted)
    sizes = " or ".join(f"{accepted.bytes:,}" for accepted in file.accepted)
    return f"expected {expected}, found {sha256[:12]}...; {path.stat().st_size:,} of {sizes} bytes"


def sha256_of(path: Path) -> str:
    """The sha256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def ways(file: SourceFile) -> str:
    """Both ways to get a file, for the end of a message."""
    network = (
        "With a network: run the same command without REPOOL_MIRROR, the file is downloaded. "
        if file.urls
        else "It has no public address in this form. "
    )
    return (
        f"{network}Offline: put the file ({_described(file.accepted)}) into a mirror folder as {file.mirror} "
        "and name that folder with REPOOL_MIRROR or --mirror."
    )


def wheel_path(file: SourceFile) -> Path | None:
    """Where a file of a wheel is installed, without importing the package; None when the package is not."""
    assert file.wheel is not None
    spec = importlib.util.find_spec(file.wheel.package)
    locations = spec.submodule_search_locations if spec else None
    return Path(next(iter(locations))) / file.wheel.path if locations else None


def _described(accepted: tuple[Accepted, ...]) -> str:
    return " or ".join(f"{form.bytes:,} bytes, sha256 {form.sha256}" for form in accepted)


def _from_wheel(file: SourceFile, dataset: Dataset) -> Source:
    wheel, path = file.wheel, wheel_path(file)
    assert wheel is not None
    requirement = f"{wheel.package}=={wheel.version}"
    if path is None or not path.is_file():
        raise UserError(
            f"{dataset.name} comes with the package {wheel.package}, "
            f"whose {wheel.path} is not installed here: pip install {requirement}"
        )
    sha256 = sha256_of(path)
    for accepted in file.accepted:
        if accepted.sha256 == sha256:
            return Source(path, file.name, sha256, accepted.status, f"{requirement}, {wheel.path}")
    raise UserError(
        f"{path} does not match its checksum ({mismatch(path, file, sha256)}): another version of {wheel.package} "
        f"is installed, or the file was changed. Install the one that was checked: pip install {requirement}"
    )


def _from_cache(file: SourceFile) -> Source:
    path = cache_folder() / file.mirror
    if not file.urls:
        if not path.is_file():
            raise UserError(f"{file.name} is not in the cache folder {cache_folder()}. {ways(file)}")
        return verify(path, file)
    if path.is_file():
        try:
            return verify(path, file)
        except UserError:  # only right files are put there: it was damaged since, or is declared anew
            path.unlink()
    from repool.datasets.download import download

    download(file, path)
    return verify(path, file)
