"""The platform's side of an official account: signs, encrypts and posts as WeChat does."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator
from typing import Any

import lxml.etree
from django.test import Client
from django.urls import reverse

from portal.models import Mode, WechatAccount
from portal.wechat import crypto

TOKEN, APP_ID = "liaison2026", "wx0123456789abcdef"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OURS, OPENID = "gh_0123456789ab", "oVoter000000000000000000001"
_ids: Iterator[int] = itertools.count(6054768590064713728)


def account_of(people: Any, **fields: Any) -> WechatAccount:
    return WechatAccount.objects.create(
        **{"county": people.county, "app_id": APP_ID, "token": TOKEN, "aes_key": AES_KEY, **fields}
    )


class Platform:
    """``platform.say("路灯坏了")`` is one message of one person; the answer's text comes back."""

    def __init__(self, account: WechatAccount, openid: str = OPENID, client: Client | None = None) -> None:
        self.account, self.openid = account, openid
        # As the platform comes: without cookies, and no form of ours in hand.
        self.client = client or Client(enforce_csrf_checks=True)
        self.address = reverse("portal:wechat_callback", args=[account.county_id])

    def say(self, text: str, **fields: Any) -> str:
        return self.text_of(self.send(self.xml(MsgType="text", Content=text, **fields)))

    def show(self, media_id: str, picture: str = "http://mmbiz.qpic.cn/mmbiz_jpg/abc/0") -> str:
        return self.text_of(self.send(self.xml(MsgType="image", PicUrl=picture, MediaId=media_id)))

    def happen(self, event: str) -> str:
        return self.text_of(self.send(self.xml(MsgType="event", Event=event, MsgId="")))

    def xml(self, **fields: Any) -> str:
        values = {
            "ToUserName": OURS,
            "FromUserName": self.openid,
            "CreateTime": str(int(time.time())),
            "MsgId": str(next(_ids)),
            **fields,
        }
        parts = (f"<{name}><![CDATA[{value}]]></{name}>" for name, value in values.items() if value != "")
        return f"<xml>{''.join(parts)}</xml>"

    def send(self, xml: str, *, sealed: bool | None = None, at: int | None = None, **changes: str) -> Any:
        """POST ``xml`` as the account's mode has it; ``changes`` are parameters that are not as they should be."""
        sealed = self.account.mode != Mode.PLAIN if sealed is None else sealed
        stamp = {"timestamp": str(at or int(time.time())), "nonce": "1320562132"}
        query = {**stamp, "signature": crypto.signature(TOKEN, *stamp.values()), "openid": self.openid}
        if sealed:
            key = crypto.key_of(AES_KEY)
            secret = crypto.encrypt(xml, key=key, app_id=APP_ID)
            visible = xml[len("<xml>") : -len("</xml>")] if self.account.mode == Mode.COMPATIBLE else ""
            xml = f"<xml>{visible}<Encrypt><![CDATA[{secret}]]></Encrypt></xml>"
            query |= {"encrypt_type": "aes", "msg_signature": crypto.signature(TOKEN, *stamp.values(), secret)}
        return self.client.post(self.address, xml.encode(), content_type="text/xml", query_params={**query, **changes})

    def text_of(self, response: Any) -> str:
        assert response.status_code == 200, response.content
        if response.content == b"success":
            return ""
        found = fields_of(response.content)
        if "Encrypt" in found:
            parts = (TOKEN, found["TimeStamp"], found["Nonce"], found["Encrypt"])
            assert found["MsgSignature"] == crypto.signature(*parts)
            found = fields_of(crypto.decrypt(found["Encrypt"], key=crypto.key_of(AES_KEY), app_id=APP_ID).encode())
        assert found["FromUserName"] == OURS and found["ToUserName"] == self.openid and found["MsgType"] == "text"
        return found["Content"]

    def knock(self, *, token: str = TOKEN, at: int | None = None) -> Any:
        """The GET by which an address is verified."""
        stamp = {"timestamp": str(at or int(time.time())), "nonce": "1514711492"}
        query = {**stamp, "signature": crypto.signature(token, *stamp.values()), "echostr": "4375120948345356249"}
        return self.client.get(self.address, query)


def fields_of(content: bytes) -> dict[str, str]:
    return {child.tag: child.text or "" for child in lxml.etree.fromstring(content)}


def number_and_code(answer: str) -> tuple[str, str]:
    number, code = re.search(r"编号：(\S+)", answer), re.search(r"查询码：(\S+)", answer)
    assert number and code, answer
    return number[1], code[1]
