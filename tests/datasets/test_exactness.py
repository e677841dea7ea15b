"""What is called exact: the published bytes, of an archive or of every member that is read, and nothing else."""

import hashlib
import zipfile

import pytest
from raw_files import with_members, zipped_texts

from repool.datasets.fetch import fetch
from repool.datasets.formats import NAMES
from repool.datasets.loading import load
from repool.datasets.prepare import prepare
from repool.errors import UserError
from repool.schemas.sources import Accepted, Member, SourceFile

GRAPHS = 20
TEXTS = {
    "A": "".join(f"{2 * i + 1}, {2 * i + 2}\n{2 * i + 2}, {2 * i + 1}\n" for i in range(GRAPHS)),
    "graph_indicator": "".join(f"{i + 1}\n" * 2 for i in range(GRAPHS)),
    "graph_labels": "".join(f"{i % 2}\n" for i in range(GRAPHS)),
    "node_labels": "".join(f"{i % 3}\n" for i in range(2 * GRAPHS)),
}
AGAIN = zipped_texts(TEXTS, "TOY", zipfile.ZIP_STORED)
ADDRESS = "http://example.invalid/TOY.zip"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def declared_file(*known: str, unknown: tuple[str, ...] = ("A",)) -> SourceFile:
    """Of the published archive some members are known; a rebuilt one is listed."""
    members = [Member(name=f"TOY_{name}.txt") for name in unknown]
    members += [
        Member(name=f"TOY_{name}.txt", sha256=sha256(TEXTS[name].encode()), otherwise="unverified") for name in known
    ]
    accepted = [Accepted(sha256=sha256(zipped_texts(TEXTS, "TOY")), status="rebuilt")]
    place = {"name": "TOY.zip", "mirror": "tu/TOY.zip", "urls": [ADDRESS]}
    return SourceFile(**place, unlisted_upstream=True, accepted=accepted, members=members)


ALL = ("A", "graph_indicator", "graph_labels", "node_labels")


@pytest.fixture
def found(toy, tmp_path):
    """A function that puts an archive into a mirror, prepares the toy from it, and returns its card."""

    def run(content: bytes, file: SourceFile) -> dict:
        (tmp_path / "tu").mkdir(exist_ok=True)
        (tmp_path / "tu" / "TOY.zip").write_bytes(content)
        dataset = toy(file, expected={"graphs": GRAPHS, "classes": 2, "node_labels": 3})
        prepare(dataset, tmp_path / "TOY", mirror=tmp_path, processes=1)
        return load(tmp_path / "TOY").card

    return run


SHUFFLED = TEXTS | {"graph_labels": "".join(sorted(TEXTS["graph_labels"].splitlines(keepends=True)))}


@pytest.mark.parametrize(
    ("content", "file"),
    [
        (AGAIN, declared_file("graph_indicator", "graph_labels", "node_labels")),
        (zipped_texts(SHUFFLED, "TOY"), declared_file("graph_indicator", "graph_labels", "node_labels")),
        (zipped_texts(SHUFFLED, "TOY"), declared_file(*ALL, unknown=())),
        (zipped_texts(SHUFFLED, "TOY"), declared_file(unknown=())),
        (AGAIN, declared_file(unknown=())),
        (AGAIN, declared_file("graph_labels", unknown=())),
        (zipped_texts(TEXTS | {"node_attributes": "1\n" * 2 * GRAPHS}, "TOY"), declared_file(*ALL, unknown=())),
    ],
    ids=["zipped again", "shuffled", "all known", "nothing known", "nothing known, same", "one known", "one more"],
)
def test_an_archive_whose_members_are_not_all_known_is_unverified(found, content, file):
    card = found(content, file)
    assert card["status"] == "unverified"
    assert card["source"][0]["origin"] == "mirror folder, tu/TOY.zip"
    assert f"taken as it came (sha256 {sha256(content)})" in card["note"]


@pytest.mark.parametrize("extra", [{}, {"TOY/README.txt": b"x", "__MACOSX/TOY/._TOY_A.txt": b"\0\5"}])
def test_an_archive_whose_members_are_all_known_is_exact(found, extra):
    card = found(with_members(zipped_texts(TEXTS, "TOY", zipfile.ZIP_STORED), extra), declared_file(*ALL, unknown=()))
    assert (card["status"], card["source"][0]["origin"]) == ("exact", ADDRESS)


def test_the_listed_archive_keeps_its_status(found):
    card = found(zipped_texts(TEXTS, "TOY"), declared_file("graph_indicator", "graph_labels", "node_labels"))
    assert (card["status"], card["source"][0]["origin"]) == ("rebuilt", "mirror folder, tu/TOY.zip")
    assert card["source"][0]["verified"] == ["TOY_graph_indicator.txt", "TOY_graph_labels.txt", "TOY_node_labels.txt"]
    assert "whose published bytes are not known here: TOY_A.txt." in card["note"]


def test_counts_of_what_should_be_the_published_archive_are_compared(found):
    fewer = TEXTS | {"graph_labels": TEXTS["graph_labels"].replace("1", "0")}
    with pytest.raises(UserError, match="TOY is not what was expected: classes: expected 2, found 1"):
        found(zipped_texts(fewer, "TOY"), declared_file(*ALL, unknown=()))


@pytest.fixture(scope="module")
def real_dd(real_archives) -> dict[str, bytes]:
    with zipfile.ZipFile(real_archives / "tu" / "DD.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("shuffled", [False, True])
def test_the_real_dd_zipped_again_is_unverified(declared, real_dd, tmp_path, shuffled):
    labels = real_dd["DD/DD_graph_labels.txt"]
    contents = real_dd | (
        {"DD/DD_graph_labels.txt": b"".join(sorted(labels.splitlines(True), reverse=True))} if shuffled else {}
    )
    (tmp_path / "tu").mkdir()
    with zipfile.ZipFile(tmp_path / "tu" / "DD.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    source = fetch(declared["DD"].files[0], declared["DD"], tmp_path)
    assert (source.status, source.origin) == ("unverified", "mirror folder, tu/DD.zip")
    assert ("DD_graph_labels.txt" in source.verified) != shuffled
    assert {"DD_graph_indicator.txt", "DD_node_labels.txt"} <= set(source.verified)
    assert ("In DD.zip, not the published bytes: DD_graph_labels.txt." in source.remark) == shuffled


def test_every_known_member_of_the_real_molhiv_is_read(declared):
    file = declared["MOLHIV"].files[0]
    assert {member.name for member in file.members} == set(NAMES["ogb"])
    assert all(member.sha256 for member in file.members)
    assert {member.otherwise for member in file.members} == {None, "unverified"}


def test_an_undeclared_file_of_a_mirror_came_from_the_mirror(toy, tmp_path):
    file = SourceFile(name="TOY.zip", mirror="tu/TOY.zip", urls=[ADDRESS])
    (tmp_path / "tu").mkdir()
    (tmp_path / "tu" / "TOY.zip").write_bytes(zipped_texts(TEXTS, "TOY"))
    source = fetch(file, toy(file), tmp_path)
    assert (source.status, source.origin) == ("unverified", "mirror folder, tu/TOY.zip")
