"""One HTTP request to somebody else's server: bounded in time and size, no redirects, no address in any message."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from django.conf import settings

from messaging.senders.errors import Never, NotSent, TryLater

MOST_BYTES = 64 * 1024  # of an answer; what is longer is none of the interfaces we speak
BUSY = {408, 425, 429}


@dataclass(frozen=True)
class Answer:
    status: int
    content: bytes
    media_type: str = ""  # as the other side calls it, in lower case without parameters

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", errors="replace")

    def json(self) -> dict[str, Any]:
        """The object that was answered; TryLater for anything else, as proxies and maintenance pages send."""
        try:
            found = json.loads(self.text)
        except ValueError as error:
            raise TryLater("对方服务器的应答看不懂，不是约定的格式。") from error
        if not isinstance(found, dict):
            raise TryLater("对方服务器的应答看不懂，不是约定的格式。")
        return found


def request(
    method: str, url: str, *, headers: Mapping[str, str], body: bytes = b"", who: str, most: int = MOST_BYTES
) -> Answer:
    """``who`` is what the other side is called in errors ("短信平台"); ``most`` bytes of an answer are taken.

    The answer is given whatever its status. Errors of the network are TryLater; their own texts hold the whole address,
    which is secret, so they are never passed on.
    """
    connect, read = settings.HTTP_TIMEOUT
    ends = time.monotonic() + connect + read
    limits: dict[str, Any] = {"timeout": (connect, read), "allow_redirects": False, "stream": True}
    with (
        _said_in_words(who),
        requests.Session() as session,
        session.request(method, url, headers=dict(headers), data=body, auth=_unchanged, **limits) as answer,
    ):
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Answer(answer.status_code, _content(answer, ends, who, most), kind)


@contextmanager
def _said_in_words(who: str) -> Iterator[None]:
    try:
        yield
    except requests.exceptions.ConnectTimeout:
        raise TryLater(f"连不上{who}：连接超时。") from None
    except requests.exceptions.Timeout:
        raise TryLater(f"{who}没有及时应答。") from None
    except requests.exceptions.SSLError:
        raise TryLater(f"{who}的证书通不过检查。") from None
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, requests.exceptions.MissingSchema):
        raise Never(f"{who}的地址写得不对。") from None
    except (requests.exceptions.InvalidHeader, UnicodeError):
        raise Never(f"{who}的地址或请求头里有不能用的字符。") from None
    except requests.exceptions.RequestException:
        raise TryLater(f"连不上{who}，或连接中断。") from None


def failure(status: int, who: str) -> NotSent:
    """What an answer of this status means where it is not a success."""
    if status in (401, 403):
        return TryLater(f"{who}不认可我们的身份（{status}），请管理员检查设置。")
    if status >= 500 or status in BUSY:
        return TryLater(f"{who}暂时不能用（{status}）。")
    return Never(f"{who}不接受这个请求（{status}）。")


def _content(answer: requests.Response, ends: float, who: str, most: int) -> bytes:
    """A server that sends a byte now and then would hold a worker for ever: the whole answer has its time."""
    held = bytearray()
    for piece in answer.iter_content(16 * 1024 if most > MOST_BYTES else 4096):
        held += piece
        if len(held) > most:
            raise TryLater(f"{who}的应答太长。")
        if time.monotonic() > ends:
            raise TryLater(f"{who}没有及时应答。")
    return bytes(held)


def _unchanged(prepared: requests.PreparedRequest) -> requests.PreparedRequest:
    """Instead of log-ins that requests would look up in a .netrc."""
    return prepared
