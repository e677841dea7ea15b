import pytest

from repool.errors import UserError
from repool.schemas.reading import parse_yaml, read_json, read_yaml


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: 1\nb: 2\na: 3\n", r"x\.yaml, line 3: the key a stands twice"),
        (b"deep:\n  a: {b: 1, b: 2}\n", r"x\.yaml, line 2: the key b stands twice"),
        (b"a: [1, 2\nb: 3\n", r"x\.yaml, line 2: .*not valid YAML"),
        (b"a: \xe9\n", r"x\.yaml is not UTF-8 \(byte 3\)"),
        (b"!!python/object:os.system {}\n", r"x\.yaml, line 1: could not determine a constructor"),
    ],
)
def test_a_mistake_in_the_file_itself_is_named_with_its_line(tmp_path, content, message):
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    with pytest.raises(UserError, match=message):
        read_yaml(path)


def test_a_byte_order_mark_is_not_content(tmp_path):
    (tmp_path / "x.yaml").write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_yaml(tmp_path / "x.yaml") == {"a": 1}
    (tmp_path / "x.json").write_bytes(b'\xef\xbb\xbf{"a": 1}')
    assert read_json(tmp_path / "x.json") == {"a": 1}


def test_a_merged_mapping_may_say_otherwise():
    assert parse_yaml("base: &base {a: 1}\nmore: {<<: *base, a: 2}\n", "x")["more"] == {"a": 2}


def test_json_that_is_none_is_a_sentence(tmp_path):
    (tmp_path / "x.json").write_text("{")
    with pytest.raises(UserError, match=r"x\.json is not valid JSON"):
        read_json(tmp_path / "x.json")
    with pytest.raises(UserError, match=r"none\.json does not exist"):
        read_json(tmp_path / "none.json")
