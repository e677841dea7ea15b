import io
import zipfile
from pathlib import Path

import pytest

from repool.datasets.fetch import cache_folder, fetch
from repool.datasets.sources import mirror_folder
from repool.errors import UserError
from repool.schemas.sources import Accepted, SourceFile, Wheel


def archive(text: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("TOY/TOY_A.txt", text)
    return stream.getvalue()


def place(folder: Path, content: bytes) -> Path:
    path = folder / "tu" / "TOY.zip"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return folder


def test_a_mirror_gives_the_verified_file(declare, toy, tmp_path):
    file = declare(b"content", "http://example.invalid/TOY.zip")
    source = fetch(file, toy(file), place(tmp_path, b"content"))
    assert source.path.read_bytes() == b"content"
    assert (source.status, source.origin) == ("exact", "http://example.invalid/TOY.zip")


def test_a_mirror_without_the_file(declare, toy, tmp_path):
    file = declare(b"content", "http://example.invalid/TOY.zip")
    with pytest.raises(UserError, match=r"has no tu/TOY\.zip \(for TOY\).*without REPOOL_MIRROR.*7 bytes, sha256"):
        fetch(file, toy(file), tmp_path)


def test_a_mirror_with_a_wrong_file(declare, toy, tmp_path):
    file = declare(b"content")
    with pytest.raises(UserError, match=r"expected .*, found .*; 4 of 7 bytes"):
        fetch(file, toy(file), place(tmp_path, b"cont"))


def test_a_mirror_folder_that_does_not_exist(monkeypatch, tmp_path):
    monkeypatch.setenv("REPOOL_MIRROR", str(tmp_path / "nowhere"))
    with pytest.raises(UserError, match="does not exist"):
        mirror_folder(None)


def test_the_option_goes_before_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("REPOOL_MIRROR", str(tmp_path / "nowhere"))
    assert mirror_folder(tmp_path) == tmp_path


def test_the_cache_is_filled_once(serve, declare, toy, monkeypatch, tmp_path):
    monkeypatch.setenv("REPOOL_CACHE", str(tmp_path))
    server = serve(b"content")
    file = declare(b"content", server.url)
    assert fetch(file, toy(file), None).path == cache_folder() / "tu" / "TOY.zip"
    assert fetch(file, toy(file), None).path.read_bytes() == b"content"
    assert len(server.ranges) == 1


def test_a_damaged_file_in_the_cache_is_fetched_anew(serve, declare, toy, monkeypatch, tmp_path):
    monkeypatch.setenv("REPOOL_CACHE", str(place(tmp_path, b"damaged")))
    file = declare(b"content", serve(b"content").url)
    assert fetch(file, toy(file), None).path.read_bytes() == b"content"


def test_a_file_without_a_public_address(declare, toy, monkeypatch, tmp_path):
    monkeypatch.setenv("REPOOL_CACHE", str(tmp_path))
    file = declare(b"content")
    with pytest.raises(UserError, match=r"has no public address.*as tu/TOY\.zip"):
        fetch(file, toy(file), None)


def test_a_wheel_that_is_not_installed(toy):
    file = SourceFile(name="TOY.txt", wheel=Wheel(package="no_such_package", version="1.0", path="data/TOY.txt"))
    with pytest.raises(UserError, match=r"pip install no_such_package==1\.0"):
        fetch(file, toy(file), None)


def test_a_wheel_of_another_version(declared):
    right = declared["MUTAG"].files[0]
    other = SourceFile(name=right.name, accepted=[Accepted(sha256="0" * 64, status="embedded")], wheel=right.wheel)
    with pytest.raises(UserError, match=r"does not match its checksum.*pip install grakel==0\.1\.11"):
        fetch(other, declared["MUTAG"], None)
