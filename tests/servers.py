"""Real servers on loopback that stand for the world outside: a mail server, and an HTTP server that plays a WeCom
robot or an SMS gateway. The fixtures ``mailbox`` and ``robot`` (tests/conftest.py) start and stop them.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.controller import Controller


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


# --- mail ---------------------------------------------------------------------------------


class Mailbox:
    """Keeps what it gets. ``answer`` is what it says to a message, ``refused`` to the recipients named there."""

    def __init__(self) -> None:
        self.received: list[Any] = []
        self.answer = "250 OK"
        self.refused: dict[str, str] = {}  # {"gone@example.test": "550 no such user"}
        self.host, self.port = "127.0.0.1", free_port()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer.startswith("2"):
            self.received.append(envelope)
        return self.answer

    def to(self, address: str) -> list[Any]:
        """The messages that ``address`` got."""
        return [envelope for envelope in self.received if address in envelope.rcpt_tos]


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    server = Controller(box, hostname=box.host, port=box.port)
    server.start()
    try:
        yield box
    finally:
        server.stop()


# --- HTTP ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]  # names in lower case
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode(), keep_blank_values=True)


@dataclass
class Answer:
    """What the robot says. ``hang``: nothing at all, until the client gives up or the server stops."""

    body: Any = field(default_factory=lambda: {"errcode": 0, "errmsg": "ok"})
    status: int = 200
    hang: bool = False
    headers: dict[str, str] = field(default_factory=dict)


class Robot:
    """Keeps what it gets and gives ``answer``; those in ``answers`` first, each once.

    ``robot.say(errcode=45009)``, ``robot.say(status=500)``, ``robot.say(body="<html>")``, ``robot.say(hang=True)`` set
    what is said from now on. ``answer`` may also be a function of what was received.
    """

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: list[Answer] = []
        self.answer: Answer | Callable[[Received], Answer] = Answer()
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.address = ""  # http://127.0.0.1:port

    @property
    def webhook(self) -> str:
        return self.webhook_of("0123456789abcdef")

    def webhook_of(self, key: str) -> str:
        """The address of one more robot on the same server."""
        return f"{self.address}/cgi-bin/webhook/send?key={key}"

    def say(self, *, errcode: int | None = None, errmsg: str = "", **fields: Any) -> None:
        if errcode is not None:
            fields["body"] = {"errcode": errcode, "errmsg": errmsg or ("ok" if errcode == 0 else "error")}
        self.answer = Answer(**fields)

    def texts(self, key: str = "") -> list[str]:
        """The contents of the robot's messages in order; with ``key`` those of that robot alone."""
        mine = [one for one in self.received if not key or one.query.get("key") == [key]]
        return [one.json[one.json["msgtype"]]["content"] for one in mine]

    def answer_to(self, received: Received) -> Answer:
        with self.lock:
            self.received.append(received)
            if self.answers:
                return self.answers.pop(0)
        return self.answer(received) if callable(self.answer) else self.answer


class _Handler(BaseHTTPRequestHandler):
    robot: Robot

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        parts = urlsplit(self.path)
        received = Received(
            method=self.command,
            path=parts.path,
            query=parse_qs(parts.query, keep_blank_values=True),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        answer = self.robot.answer_to(received)
        if answer.hang:
            self.robot.stopping.wait()
            self.close_connection = True
            return
        body = answer.body if isinstance(answer.body, (bytes, str)) else json.dumps(answer.body, ensure_ascii=False)
        body = body.encode() if isinstance(body, str) else body
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json; charset=utf-8", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = do_POST

    def log_message(self, *_: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a hanging request would keep the test from ending

    def handle_error(self, *_: Any) -> None:
        pass  # a client that gave up is what some tests are about


@contextmanager
def robot() -> Iterator[Robot]:
    one = Robot()
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"robot": one}))
    one.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield one
    finally:
        one.stopping.set()
        server.shutdown()
        server.server_close()
