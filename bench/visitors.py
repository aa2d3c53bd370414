"""Visitors of a web server, so many at a time, each request on a connection of its own: that is how people come, and how
nginx passes them on (docs/deploy.md). Plain sockets, so that little of what is measured is the client's."""

from __future__ import annotations

import selectors
import socket
import time

REQUEST = (
    "GET {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    "User-Agent: Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 Mobile MicroMessenger/8.0\r\n"
    "Accept: text/html,application/xhtml+xml\r\nAccept-Encoding: gzip, deflate\r\nAccept-Language: zh-CN\r\n\r\n"
)
WAIT = 60.0  # seconds


def get(port: int, url: str) -> bytes:
    """The body; RuntimeError for any answer but 200."""
    return rate(port, url, requests=1, at_once=1)[1]


def rate(port: int, url: str, *, requests: int, at_once: int) -> tuple[float, bytes]:
    """Answered requests a second, and the last body."""
    asked, answered, body = 0, 0, b""
    request = REQUEST.format(url).encode()
    read: dict[socket.socket, bytearray] = {}
    started = time.perf_counter()
    with selectors.DefaultSelector() as waiting:
        while answered < requests:
            while asked < requests and len(read) < at_once:
                one = socket.create_connection(("127.0.0.1", port), timeout=WAIT)
                one.sendall(request)
                waiting.register(one, selectors.EVENT_READ)
                read[one] = bytearray()
                asked += 1
            ready = waiting.select(WAIT)
            if not ready:
                raise RuntimeError(f"{url} is not answered")
            for key, _ in ready:
                one = key.fileobj  # type: ignore[assignment]
                if chunk := one.recv(1 << 18):
                    read[one] += chunk
                    continue
                waiting.unregister(one)  # the server has closed it: this is all
                one.close()
                body = _body(url, bytes(read.pop(one)))
                answered += 1
    return requests / (time.perf_counter() - started), body


def _body(url: str, answer: bytes) -> bytes:
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *headers = head.decode("latin-1").split("\r\n")
    length = next((int(line[15:]) for line in headers if line.lower().startswith("content-length:")), -1)
    if status.split(" ")[1:2] != ["200"] or length != len(body):
        raise RuntimeError(f"{url} answered {status}, {len(body)} bytes")
    return body
