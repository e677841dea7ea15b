"""Raw files against what is declared of them: checksums, members of archives, and what to do where one is not right."""

import hashlib
from dataclasses import replace
from pathlib import Path

from repool.datasets.archive import check_archive, gunzip, read_members
from repool.datasets.card import Source
from repool.datasets.formats import is_read, lacking
from repool.digests import sha256_of
from repool.errors import UserError
from repool.schemas.sources import STATUSES, Accepted, Dataset, SourceFile, Status

UNLISTED = (
    "The checksum of the public {name} is not known to this project: "
    "the file was taken as it came (sha256 {sha256}), whole by its own checksums."
)
UNDECLARED = (
    "No checksum of {name} is declared: the file was taken as it came, unverified (sha256 {sha256}). "
    "Add this sha256 to its declaration if the file is right."
)


def verify(path: Path, file: SourceFile, dataset: Dataset, downloaded: bool = False) -> Source:
    """Compare a file, and what is known of its members, with its declared checksums.

    Raises UserError with expected and found. A file whose bytes nobody here knows must be whole, and is unverified. The
    public address is named as the origin of the published bytes, and of what was downloaded from there.
    """
    sha256 = sha256_of(path)
    here = f"mirror folder, {file.mirror}"
    for accepted in file.accepted:
        if accepted.sha256 == sha256:
            origin = file.urls[0] if file.urls and accepted.status == "exact" else here
            return _with_members(Source(path, file.name, sha256, accepted.status, origin, accepted.note), file)
    if file.accepted and not file.unlisted_upstream:
        raise UserError(f"{path} does not match its checksum ({mismatch(path, file, sha256)}). {ways(file)}")
    try:
        names = _check_whole(path, file, dataset)
    except UserError as error:
        raise UserError(f"{error} {ways(file)}") from error
    remark = (UNLISTED if file.unlisted_upstream else UNDECLARED).format(name=file.name, sha256=sha256)
    origin = " or ".join(file.urls) if downloaded else here
    source = _with_members(Source(path, file.name, sha256, "unverified", origin, remark), file)
    if file.unlisted_upstream and names and set(names) <= set(source.verified):
        return replace(source, status="exact", origin=file.urls[0] if file.urls else here)
    return source


def _check_whole(path: Path, file: SourceFile, dataset: Dataset) -> tuple[str, ...]:
    """The names of what a reader takes out of an archive; raises UserError where the file cannot be what it should."""
    if is_page(path):
        raise UserError(f"{path} is a web page (HTML), not {file.name}: its address has moved, or asks to log in.")
    if file.packing == "gz":
        gunzip(path.name, path.read_bytes())
    if file.packing != "zip":
        return ()
    names = check_archive(path, lambda name: is_read(dataset.format, name), file.expanded)
    if file.mirror.lower().endswith(".zip") and (lacks := lacking(dataset, names)):
        raise UserError(f"{path} is no archive of format {dataset.format} for {dataset.name}: it lacks {lacks}.")
    return names


def is_page(path: Path) -> bool:
    """Whether a file is an HTML page: what a server sends in place of a file, with a status that says all is well."""
    with path.open("rb") as stream:
        start = stream.read(1024).removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return start.startswith((b"<!doctype", b"<html", b"<head", b"<?xml", b"<!--"))


def mismatch(path: Path, file: SourceFile, sha256: str) -> str:
    """Expected and found checksum and size, for a message."""
    expected = " or ".join(accepted.sha256[:12] + "..." for accepted in file.accepted) or "a whole archive"
    sizes = " or ".join(f"{accepted.bytes:,}" for accepted in file.accepted if accepted.bytes)
    page = "; it is a web page (HTML)" if is_page(path) else ""
    size = f"{path.stat().st_size:,}{f' of {sizes}' if sizes else ''} bytes"
    return f"expected {expected}, found {sha256[:12]}...; {size}{page}"


def _with_members(source: Source, file: SourceFile) -> Source:
    """What is known of the members of an archive, compared; raises UserError where one is missing or not right.

    An archive that is listed as a whole keeps its status; in another one a member that differs lowers it.
    """
    if not file.members:
        return source
    contents = read_members(source.path, lambda name: name in {member.name for member in file.members}, file.expanded)
    same, different, status = [], [], source.status
    for member in file.members:
        found = hashlib.sha256(contents.get(member.name, b"")).hexdigest()
        if member.name not in contents or (found != member.sha256 and member.sha256 and not member.otherwise):
            reason = "has another content" if member.name in contents else "is missing"
            known = f" (expected sha256 {member.sha256[:12]}...)" if member.sha256 else ""
            raise UserError(
                f"{source.path} is not the published archive: its {member.name} {reason}{known}. {ways(file)}"
            )
        if found == member.sha256:
            same.append(member.name)
        else:
            different.append(member.name)
            status = _worse(status, member.otherwise) if source.status == "unverified" else status
    remark = f"{source.remark} {_compared(file, same, different)}".strip()
    return replace(source, status=status, remark=remark, verified=tuple(same))


def _worse(one: Status, other: Status | None) -> Status:
    return max(one, other or one, key=STATUSES.index)


def _compared(file: SourceFile, same: list[str], different: list[str]) -> str:
    unknown = [member.name for member in file.members if member.sha256 is None]
    changed = [name for name in different if name not in unknown]
    sentences = {
        "verified as published byte by byte": same,
        "not the published bytes": changed,
        "whose published bytes are not known here": unknown,
    }
    return " ".join(f"In {file.name}, {words}: {', '.join(names)}." for words, names in sentences.items() if names)


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


def _described(accepted: tuple[Accepted, ...]) -> str:
    forms = [f"{f'{form.bytes:,} bytes, ' if form.bytes else ''}sha256 {form.sha256}" for form in accepted]
    return f" ({' or '.join(forms)})" if forms else ""
