import hashlib
import os
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from repool.datasets import card
from repool.datasets.sources import load_sources
from repool.schemas.sources import Accepted, Dataset, SourceFile

sys.modules["outdated"] = None  # through it ogb would ask the network, on import, for a newer version of itself

CONFIG = Path(__file__).parents[2] / "config"


@pytest.fixture(scope="session")
def declared() -> dict[str, Dataset]:
    return load_sources(CONFIG / "datasets.yaml")


@pytest.fixture(scope="session")
def real_archives() -> Path:
    """The folder of real raw archives."""
    if not os.environ.get("REPOOL_MIRROR"):
        pytest.skip("needs the real archives: set REPOOL_MIRROR to a folder that holds them")
    return Path(os.environ["REPOOL_MIRROR"])


@pytest.fixture
def declare():
    """A function that declares a file by its right content."""

    def make(content: bytes, *urls: str, **options: object) -> SourceFile:
        accepted = Accepted(sha256=hashlib.sha256(content).hexdigest(), status="exact", bytes=len(content))
        return SourceFile(name="TOY.zip", accepted=[accepted], mirror="tu/TOY.zip", urls=urls, **options)

    return make


@pytest.fixture
def toy():
    """A function that declares a TU dataset of the given files."""

    def make(*files: SourceFile, **options: object) -> Dataset:
        anything = SourceFile(name="TOY.zip", mirror="tu/TOY.zip")
        values = {"features": {"kind": "labels"}, "licence": "none", "files": files or [anything]} | options
        return Dataset(**{"name": "TOY", "format": "tu", "task": "classification"} | values)

    return make


@pytest.fixture
def any_number_of_graphs(monkeypatch):
    """Datasets too small to be split can be prepared."""
    monkeypatch.setattr(card, "check_parts", lambda *_: None)


class Server:
    """Serves one content at any path; `replies` says how the next requests are answered, afterwards normally.

    An integer is a status; ("cut", n) breaks the connection after n bytes; "ignore range" sends everything with 200.
    """

    def __init__(self, content: bytes) -> None:
        self.content, self.replies, self.ranges = content, [], []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner.answer(self)

            def log_message(self, *_: object) -> None:
                """Nothing on stderr."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/TOY.zip"
        self.thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def at(self, place: str) -> str:
        """The address of the content at another place."""
        return self.url.replace("TOY.zip", place)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        reply = self.replies.pop(0) if self.replies else "whole"
        self.ranges.append(request.headers.get("Range"))
        if isinstance(reply, int):
            request.send_error(reply)
            return
        asked = re.fullmatch(r"bytes=(\d+)-", self.ranges[-1] or "")
        start = int(asked[1]) if asked and reply != "ignore range" else 0
        if asked and start >= len(self.content):
            request.send_error(416)
            return
        rest = self.content[start:]
        request.send_response(206 if start else 200)
        request.send_header("Content-Length", str(len(rest)))
        request.end_headers()
        request.wfile.write(rest[: reply[1]] if isinstance(reply, tuple) else rest)

    def stop(self) -> None:
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()


@pytest.fixture
def serve():
    """A function that starts a server of a content on this machine."""
    servers = []

    def start(content: bytes) -> Server:
        servers.append(Server(content))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()
