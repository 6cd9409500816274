"""Many visitors who send a byte a second hold nothing that others need."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.faults.running import Running, asking, running
from tests.faults.test_database_dies import taken_again

SLOW = 120
"""Several times as many as there are threads that answer."""
FOR = 25.0
"""Seconds: more than twice as long as a body may take to come."""
SOON = 5.0


def test_slow_posts_and_uploads_keep_no_customer_waiting(tmp_path: Path) -> None:
    """X5: pages and orders are answered at once all the while, and the slow are told so, each in their language."""
    with running(tmp_path / "data") as at, asking(at) as heard:
        taken_again(heard, 60)
        with dripping(at) as answers:
            took, end, known = [], time.monotonic() + FOR, len(heard.taken)
            while time.monotonic() < end:
                began = time.monotonic()
                assert at.page()[0] == 200
                took.append(time.monotonic() - began)
                time.sleep(0.1)
            assert len(heard.taken) > known + 10
    assert max(took) < SOON, f"a page took {max(took):.1f} s"
    assert not heard.refused
    assert not heard.wrong, heard.wrong[:3]
    assert answers == {"HTTP/1.1 408": SLOW}


@contextmanager
def dripping(at: Running) -> Iterator[Counter[str]]:
    """Many who post meanwhile, forms, uploads and orders, a byte a second; how their answers begin."""
    requests = [
        "POST /sign-in/ HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n",
        f"POST /help/{at.shop}/ HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=b\r\n",
        f"POST /api/v1/orders HTTP/1.1\r\nContent-Type: application/json\r\nAuthorization: Bearer {at.key}\r\n",
    ]
    answers, stop = Counter[str](), threading.Event()
    slow = []
    for number in range(SLOW):
        one = socket.create_connection(("127.0.0.1", at.port), 10)
        one.sendall(f"{requests[number % 3]}Host: localhost:{at.port}\r\nContent-Length: 100000\r\n\r\n".encode())
        slow.append(one)

    def drip() -> None:
        waiting = set(slow)
        while waiting and not stop.wait(1):
            for one in waiting:
                with suppress(OSError):
                    one.send(b"-")
            for one in select.select(list(waiting), [], [], 0)[0]:
                said = b""
                with suppress(OSError):
                    said = one.recv(65_536)
                answers[said[:12].decode()] += 1
                waiting.discard(one)

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield answers
    finally:
        stop.set()
        thread.join()
        for one in slow:
            one.close()
