import hashlib
import shutil

import pytest
import yaml
from raw_files import with_members, zipped_texts

from repool.cli import main

NCI1, ZINC, STAND_IN = b"the archive", b"the published molecules", b"other molecules"


def declared_file(place: str, content: bytes, status: str = "exact", *urls: str) -> dict:
    accepted = [{"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content), "status": status}]
    return {"name": place.rpartition("/")[2], "mirror": place, "urls": list(urls), "accepted": accepted}


@pytest.fixture
def mirror(serve, monkeypatch, tmp_path, capsys):
    """A function that runs `data mirror ...` on two datasets and one of a wheel; exit code, lines, errors."""
    monkeypatch.delenv("REPOOL_MIRROR", raising=False)
    monkeypatch.setenv("REPOOL_CACHE", str(tmp_path / "cache"))
    entry = {"format": "tu", "task": "classification"}
    declared = {
        "NCI1": entry | {"files": [declared_file("tu/NCI1.zip", NCI1, "exact", serve(NCI1).url)]},
        "ZINC": entry
        | {
            "files": [declared_file("zinc/molecules.zip", ZINC, "exact", serve(ZINC).url)],
            "alternatives": [{"files": [declared_file("zinc/arrays.zip", STAND_IN, "substitute")]}],
        },
        "MUTAG": entry | {"files": [{"name": "x", "wheel": {"package": "grakel", "version": "0", "path": "x"}}]},
    }
    sources = tmp_path / "datasets.yaml"
    sources.write_text(yaml.safe_dump(declared))

    def run(*arguments: object) -> tuple[int, list[str], str]:
        code = main(["data", "mirror", *map(str, arguments), "--sources", str(sources)])
        printed = capsys.readouterr()
        return code, printed.out.splitlines(), printed.err

    return run


def put(folder, place: str, content: bytes):
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_pack_downloads_every_declared_file_and_verify_accepts_them(mirror, tmp_path):
    folder = tmp_path / "mirror"
    code, lines, errors = mirror("pack", folder)
    assert code == 0
    assert lines == ["right   tu/NCI1.zip (NCI1): exact", "right   zinc/molecules.zip (ZINC): exact"]
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert found == {"tu/NCI1.zip": NCI1, "zinc/molecules.zip": ZINC}
    assert "all 2 files are right" in errors
    assert mirror("verify", folder)[:2] == (0, lines)


def test_a_packed_folder_serves_another_machine(mirror, monkeypatch, tmp_path):
    mirror("pack", tmp_path / "mirror")
    shutil.rmtree(tmp_path / "cache")
    monkeypatch.setenv("REPOOL_MIRROR", str(tmp_path / "mirror"))
    arguments = ["--sources", str(tmp_path / "datasets.yaml")]
    assert main(["data", "fetch", "NCI1", "ZINC", *arguments]) == 0
    assert not (tmp_path / "cache").exists()


def test_pack_keeps_what_is_right_and_replaces_what_is_not(mirror, tmp_path):
    kept = put(tmp_path / "mirror", "tu/NCI1.zip", NCI1)
    before = kept.stat().st_mtime_ns
    damaged = put(tmp_path / "mirror", "zinc/molecules.zip", b"damaged")
    assert mirror("pack", tmp_path / "mirror")[0] == 0
    assert kept.stat().st_mtime_ns == before
    assert damaged.read_bytes() == ZINC


def test_only_the_named_datasets(mirror, tmp_path):
    assert mirror("pack", tmp_path / "mirror", "NCI1")[0] == 0
    assert not (tmp_path / "mirror" / "zinc").exists()
    assert mirror("verify", tmp_path / "mirror", "NCI1")[0] == 0
    code, lines, errors = mirror("verify", tmp_path / "mirror")
    assert code == 1
    assert lines[1] == "missing zinc/molecules.zip (ZINC)"
    assert "1 of 2 files are missing or wrong (zinc/molecules.zip" in errors
    code, _, errors = mirror("pack", tmp_path / "mirror", "NCI-1")
    assert (code, "Did you mean NCI1?" in errors) == (1, True)


def test_a_wrong_file_is_named_with_both_checksums(mirror, tmp_path):
    mirror("pack", tmp_path / "mirror")
    put(tmp_path / "mirror", "tu/NCI1.zip", b"the archivE")
    code, lines, _ = mirror("verify", tmp_path / "mirror")
    assert code == 1
    expected, found = (hashlib.sha256(content).hexdigest()[:12] for content in (NCI1, b"the archivE"))
    assert lines[0].startswith("wrong   tu/NCI1.zip (NCI1): ")
    assert f"expected {expected}..., found {found}..." in lines[0]


def test_substitutes_are_right_but_named(mirror, tmp_path):
    put(tmp_path / "mirror", "tu/NCI1.zip", NCI1)
    put(tmp_path / "mirror", "zinc/arrays.zip", STAND_IN)
    code, lines, errors = mirror("verify", tmp_path / "mirror")
    assert (code, lines[1]) == (0, "right   zinc/arrays.zip (ZINC): substitute")
    assert "Substitutes, not the published data: ZINC." in errors


def test_pack_copies_from_another_mirror(mirror, tmp_path):
    put(tmp_path / "old", "tu/NCI1.zip", NCI1)
    put(tmp_path / "old", "zinc/arrays.zip", STAND_IN)
    assert mirror("pack", tmp_path / "new", "--mirror", tmp_path / "old")[0] == 0
    assert (tmp_path / "new" / "zinc" / "arrays.zip").read_bytes() == STAND_IN
    assert not (tmp_path / "cache").exists()


def test_one_failure_does_not_stop_the_others(mirror, tmp_path):
    put(tmp_path / "old", "zinc/molecules.zip", ZINC)
    code, lines, errors = mirror("pack", tmp_path / "new", "--mirror", tmp_path / "old")
    assert code == 1
    assert lines[0].startswith("missing tu/NCI1.zip (NCI1): The mirror folder")
    assert (tmp_path / "new" / "zinc" / "molecules.zip").read_bytes() == ZINC
    assert "1 of 2 files are missing or wrong" in errors


def test_a_folder_that_is_not_there(mirror, tmp_path):
    code, _, errors = mirror("verify", tmp_path / "nowhere")
    assert (code, "nowhere does not exist" in errors) == (1, True)


def test_list_names_every_form_with_its_address(mirror):
    code, lines, _ = mirror("list")
    assert code == 0
    rows = {line.split()[0]: line for line in lines[1:]}
    assert list(rows) == ["tu/NCI1.zip", "zinc/molecules.zip", "zinc/arrays.zip"]
    assert "11     exact       NCI1     http://127.0.0.1" in rows["tu/NCI1.zip"]
    assert rows["zinc/arrays.zip"].endswith("substitute  ZINC     none in this form")


TEXTS = {"A": "1, 2\n2, 1\n", "graph_indicator": "1\n" * 2 + "2\n", "graph_labels": "0\n1\n"}


ARCHIVE = zipped_texts(TEXTS, "U")


@pytest.mark.parametrize(
    ("content", "right"),
    [
        (ARCHIVE, True),
        (with_members(ARCHIVE, {"__MACOSX/U/._U_A.txt": "x", "U/._U_A.txt": "x", "__MACOSX/U/U_A.txt": "x"}), True),
        (with_members(ARCHIVE, {"a/README.txt": "x", "b/README.txt": "x"}), True),
        (with_members(ARCHIVE, {"older/U_A.txt": "1, 2\n"}), False),
        (with_members(ARCHIVE, {"V_A.txt": "1, 2\n"}), False),
        (with_members(ARCHIVE, {"../U_B.txt": "x"}), False),
        (ARCHIVE[:-4], False),
        (zipped_texts({"A": "1, 2\n"}, "U"), False),
        (b"<html>Sign in</html>", False),
        (b"", False),
    ],
)
@pytest.mark.usefixtures("any_number_of_graphs")
def test_what_verify_calls_right_is_prepared_and_nothing_else(tmp_path, capsys, content, right):
    put(tmp_path, "tu/U.zip", content)
    sources = tmp_path / "datasets.yaml"
    sources.write_text("U: {format: tu, task: classification, url: 'http://example.invalid/files/1'}")
    verified = main(["data", "mirror", "verify", str(tmp_path), "--sources", str(sources)])
    arguments = ["--mirror", str(tmp_path), "--out", str(tmp_path / "U"), "--sources", str(sources)]
    prepared = main(["data", "prepare", "U", *arguments])
    assert (verified, prepared) == ((0, 0) if right else (1, 1)), capsys.readouterr().err
