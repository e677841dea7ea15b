import socket
from pathlib import Path

import pytest

from repool.datasets.download import ATTEMPTS, download
from repool.errors import UserError
from repool.schemas.sources import SourceFile

CONTENT = bytes(range(256)) * 4000


@pytest.fixture
def get(toy):
    """A function that downloads a file of the toy dataset, without waiting between attempts."""

    def run(file: SourceFile, path: Path) -> None:
        download(file, path, toy(file), backoff=0)

    return run


def test_a_server_error_is_retried(get, serve, declare, tmp_path):
    server = serve(CONTENT)
    server.replies = [500, 503]
    get(declare(CONTENT, server.url), tmp_path / "TOY.zip")
    assert (tmp_path / "TOY.zip").read_bytes() == CONTENT
    assert len(server.ranges) == 3


def test_a_cut_download_goes_on_where_it_stopped(get, serve, declare, tmp_path):
    server = serve(CONTENT)
    server.replies = [("cut", 300_000)]
    get(declare(CONTENT, server.url), tmp_path / "TOY.zip")
    assert (tmp_path / "TOY.zip").read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=300000-"]


def test_the_same_command_goes_on_after_giving_up(get, serve, declare, tmp_path):
    server, path = serve(CONTENT), tmp_path / "TOY.zip"
    server.replies = [("cut", 100_000), *[500] * (ATTEMPTS - 1)]
    with pytest.raises(UserError, match=r"HTTP 500.*100,000 bytes\) is kept.*REPOOL_MIRROR"):
        get(declare(CONTENT, server.url), path)
    assert not path.exists()
    server.ranges.clear()
    get(declare(CONTENT, server.url), path)
    assert path.read_bytes() == CONTENT
    assert server.ranges == ["bytes=100000-"]
    assert not path.with_name("TOY.zip.part").exists()


def test_a_server_without_ranges_sends_all_again(get, serve, declare, tmp_path):
    server = serve(CONTENT)
    server.replies = [("cut", 1000), "ignore range"]
    get(declare(CONTENT, server.url), tmp_path / "TOY.zip")
    assert (tmp_path / "TOY.zip").read_bytes() == CONTENT


@pytest.mark.parametrize("rest", [b"of another file", CONTENT + b"and more"])
def test_a_wrong_rest_is_thrown_away_once(get, serve, declare, tmp_path, rest):
    server = serve(CONTENT)
    (tmp_path / "TOY.zip.part").write_bytes(rest)
    get(declare(CONTENT, server.url), tmp_path / "TOY.zip")
    assert (tmp_path / "TOY.zip").read_bytes() == CONTENT
    assert server.ranges == [f"bytes={len(rest)}-", None]


def test_a_complete_rest_is_taken(get, serve, declare, tmp_path):
    server = serve(CONTENT)
    (tmp_path / "TOY.zip.part").write_bytes(CONTENT)
    get(declare(CONTENT, server.url), tmp_path / "TOY.zip")
    assert server.ranges == [f"bytes={len(CONTENT)}-"]
    assert (tmp_path / "TOY.zip").read_bytes() == CONTENT


def test_a_wrong_checksum_is_said_with_both(get, serve, declare, tmp_path):
    server = serve(b"changed")
    with pytest.raises(UserError, match=r"expected [0-9a-f]{12}\.\.\., found [0-9a-f]{12}\.\.\.; 7 of 1,024,000 bytes"):
        get(declare(CONTENT, server.url), tmp_path / "TOY.zip")
    assert [path.name for path in tmp_path.iterdir() if not path.name.endswith(".lock")] == []


@pytest.mark.parametrize("reply", [404, 403, "wrong file"])
def test_the_second_address_helps(get, serve, declare, tmp_path, reply):
    first, second = serve(b"not the file"), serve(CONTENT)
    first.replies = [reply] if isinstance(reply, int) else []
    get(declare(CONTENT, first.url, second.url), tmp_path / "TOY.zip")
    assert (tmp_path / "TOY.zip").read_bytes() == CONTENT
    assert len(first.ranges) == len(second.ranges) == 1  # what asking again cannot mend is not asked again


def test_without_a_network_the_message_names_both_ways(get, declare, tmp_path):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/TOY.zip"
        file = declare(CONTENT, url)
        with pytest.raises(UserError) as caught:
            get(file, tmp_path / "TOY.zip")
    message = str(caught.value)
    assert "no connection" in message
    assert "With a network" in message
    assert "tu/TOY.zip" in message
    assert file.accepted[0].sha256 in message


def test_a_file_that_another_process_brought_is_not_asked_for(get, serve, declare, tmp_path):
    server = serve(CONTENT)
    (tmp_path / "TOY.zip").write_bytes(CONTENT)
    get(declare(CONTENT, server.url), tmp_path / "TOY.zip")
    assert server.ranges == []
