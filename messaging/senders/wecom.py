"""A WeCom group robot (企业微信群机器人): JSON to its webhook address, which is a secret.

As its documentation says (developer.work.weixin.qq.com/document/path/91770): ``msgtype`` markdown with at most 4096
bytes or text with at most 2048, UTF-8; 20 messages a minute per robot (``messaging/pace.py`` keeps to it).
"""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import parse_qs, urljoin, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

from messaging.models import OutboxRow
from messaging.outbox import Contact
from messaging.senders import http
from messaging.senders.errors import Never, TryLater

HOST = "qyapi.weixin.qq.com"
PATH = "/cgi-bin/webhook/send"
MOST_BYTES = {"markdown": 4096, "text": 2048}
WHO = "企业微信"
LESS_OFTEN = {45009, 45033}  # over the rate, over the number at once
NEVER = {
    40008: "企业微信不认这种消息类型（40008）。",
    40058: "企业微信说消息的参数不对（40058）。",
    44004: "消息没有内容（44004）。",
    93000: "机器人地址无效，可能已从群里移除（93000），请到工作群页面换上新地址。",
    93004: "机器人已被停用（93004）。",
    93008: "机器人不在群里（93008）。",
    301019: "消息太长，企业微信不收（301019）。",
}


def send(row: OutboxRow, contact: Contact) -> None:
    try:
        check_address(contact.webhook)
    except ValidationError as error:
        raise Never(f"机器人地址不能用：{error.message}") from error
    body = json.dumps(payload(row), ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    answer = http.request("POST", contact.webhook, headers=headers, body=body, who=WHO)
    if answer.status != 200:
        raise http.failure(answer.status, WHO)
    code = answer.json().get("errcode")
    if code == 0:
        return
    if code in LESS_OFTEN:
        raise TryLater(f"这个群一分钟内的消息太多（{code}），过一分钟再发。", wait=timedelta(minutes=1))
    if code in NEVER:
        raise Never(NEVER[code])
    # Others are made up neither by us nor known to us; only a number is shown, whatever was sent.
    raise TryLater(f"企业微信没有收下（{code if isinstance(code, int) else '没有错误码'}）。")


def payload(row: OutboxRow) -> dict[str, object]:
    kind = settings.WECOM_FORMAT if settings.WECOM_FORMAT in MOST_BYTES else "markdown"
    address = urljoin(settings.SITE_URL, row.link) if row.link else ""
    if kind == "markdown":
        head, tail = f"**{_plain(row.subject)}**", f"\n[查看详情]({address})" if address else ""
    else:
        head, tail = _plain(row.subject), f"\n{address}" if address else ""
    body = f"\n{_plain(row.body)}" if row.body else ""
    room = MOST_BYTES[kind] - len((head + tail).encode())
    return {"msgtype": kind, kind: {"content": head + cut(body, room) + tail}}


def cut(text: str, most: int) -> str:
    """As much of ``text`` as ``most`` bytes of UTF-8 hold, never half a character; what is cut ends in an ellipsis."""
    raw = text.encode()
    if len(raw) <= most:
        return text
    mark = "…"
    kept = raw[: max(0, most - len(mark.encode()))].decode(errors="ignore")
    return kept + mark if kept else ""


def _plain(text: str) -> str:
    """``<@all>`` would call everybody of the group, ``<font>`` dress the text up: what somebody typed does neither."""
    return text.replace("<", "＜")


def check_address(address: str) -> None:
    """ValidationError, with words for whoever types it in, unless it is the address of a WeCom robot: anything else
    would let an office make this server call addresses of its own network."""
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise ValidationError("这不是一个网址。") from None
    extra = host in settings.WEBHOOK_EXTRA_HOSTS
    if parts.scheme != "https" and not (extra and parts.scheme == "http"):
        raise ValidationError("地址要以 https:// 开头。")
    if not extra and (host != HOST or port not in (None, 443)):
        raise ValidationError(f"只接受企业微信群机器人的地址（https://{HOST}{PATH}?key=…）。")
    if parts.username is not None or parts.password is not None or parts.fragment or not address.isascii():
        raise ValidationError("地址里有多余的内容，请从企业微信里重新复制。")
    if any(ord(sign) <= 32 for sign in address) or parts.path != PATH or len(key_of(address)) < 6:
        raise ValidationError(f"地址不完整，应为 https://{HOST}{PATH}?key=…，请从企业微信里重新复制。")


def key_of(address: str) -> str:
    """The secret part of a robot's address."""
    return (parse_qs(urlsplit(address).query).get("key") or [""])[0]
