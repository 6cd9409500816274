"""Speaking to providers: what is no answer is never taken for one, and no log carries what was sent."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tartib.shops import providers
from tartib.shops.providers import Unreachable


@pytest.fixture
def url() -> Iterator[str]:
    """A server that answers as its address says: /200, /500, /302, /slow, /cut, /long."""
    done = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            what = self.path.split("?")[0].strip("/")
            if what == "slow":
                done.wait(10)
                return
            self.send_response(int(what) if what.isdigit() else 200)
            if what == "302":
                self.send_header("Location", "/200")
            self.send_header(
                "Content-Length", "50" if what == "cut" else str(providers.LARGEST * 2 if what == "long" else 2)
            )
            self.end_headers()
            self.wfile.write(b"x" * (providers.LARGEST + 100_000) if what == "long" else b"{}")

        def log_message(self, *_line: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    done.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("status", [200, 302, 400, 404, 422])
def test_an_answer_below_500_is_one(url: str, status: int) -> None:
    reply = providers.call("POST", f"{url}/{status}", json={})
    assert (reply.status, reply.fine, reply.text) == (status, status < 400, "{}")


@pytest.mark.parametrize("what", ["500", "503", "429", "cut", "long"])
def test_what_says_nothing_is_no_answer(url: str, what: str, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Unreachable):
        providers.call("POST", f"{url}/{what}?token=s3cret", form={"key": "s3cret"}, auth=("s3cret", ""))
    assert "127.0.0.1" in caplog.text
    assert "s3cret" not in caplog.text


def test_an_answer_that_does_not_come_in_time_is_none(url: str) -> None:
    began = time.monotonic()
    with pytest.raises(Unreachable):
        providers.call("POST", f"{url}/slow", json={}, within=0.2)
    assert time.monotonic() - began < 5


def test_nobody_there_is_no_answer() -> None:
    with pytest.raises(Unreachable):
        providers.call("POST", "http://127.0.0.1:1/", json={})
