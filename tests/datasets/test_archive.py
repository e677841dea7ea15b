import stat
import zipfile
from pathlib import Path

import pytest

from repool.datasets.archive import check_archive, read_members
from repool.errors import UserError


def make(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def test_members_are_found_by_base_name(tmp_path):
    path = make(tmp_path / "a.zip", **{"X//X_A.txt": "double", "deep/er/X_b.txt": "nested", "X/README.txt": "no"})
    assert read_members(path, lambda name: name.startswith("X_")) == {"X_A.txt": b"double", "X_b.txt": b"nested"}


@pytest.mark.parametrize("name", ["../X_A.txt", "X/../../X_A.txt", "/etc/X_A.txt", "C:\\X_A.txt", "..\\X_A.txt"])
@pytest.mark.parametrize("wanted", [True, False])
def test_a_member_outside_of_the_archive_is_refused(tmp_path, name, wanted):
    path = make(tmp_path / "a.zip", **{"X/X_A.txt": "1, 2", name: "evil"})
    with pytest.raises(UserError, match=r"a\.zip is refused.*outside of the archive"):
        read_members(path, lambda _: wanted)
    assert list(tmp_path.iterdir()) == [path]


def test_a_symbolic_link_is_refused(tmp_path):
    path = tmp_path / "a.zip"
    link = zipfile.ZipInfo("X/X_A.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(UserError, match="symbolic link"):
        read_members(path, lambda _: True)


def test_an_absurd_expansion_is_refused(tmp_path):
    path = make(tmp_path / "a.zip", **{"X_A.txt": "0" * 50_000_000})
    with pytest.raises(UserError, match=r"would expand to 50,000,000"):
        read_members(path, lambda _: True)
    with pytest.raises(UserError, match=r"would expand to 50,000,000"):
        check_archive(path, lambda _: True)


def test_two_members_of_one_name_are_refused(tmp_path):
    path = make(tmp_path / "a.zip", **{"old/X_A.txt": "1, 2", "new/X_A.txt": "2, 1"})
    with pytest.raises(UserError, match=r"X_A\.txt more than once"):
        read_members(path, lambda _: True)


@pytest.mark.parametrize("keep", [0, 10, 150, -5])
def test_a_cut_archive(tmp_path, keep):
    path = make(tmp_path / "a.zip", **{"X_A.txt": " ".join(map(str, range(1000)))})
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(UserError, match=r"a\.zip is not a whole zip archive.*run the same command"):
        read_members(path, lambda _: True)


def test_a_flipped_byte(tmp_path):
    path = make(tmp_path / "a.zip", **{"X_A.txt": " ".join(map(str, range(1000)))})
    content = bytearray(path.read_bytes())
    content[200] ^= 255
    path.write_bytes(content)
    for read in (check_archive, read_members):
        with pytest.raises(UserError, match="not a whole zip archive"):
            read(path, lambda _: True)
