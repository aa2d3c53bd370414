"""What the platform posts and what it is answered: XML, read without entities, written as the documents show it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from lxml import etree

from messaging.senders.wecom import cut
from portal.wechat import crypto
from portal.wechat.crypto import BadMessage

MOST_BYTES = 128 * 1024  # of a request: 8,000 characters in compatible mode are there twice
MOST_REPLY = 2047  # bytes of a text that WeChat shows whole


@dataclass(frozen=True)
class Incoming:
    """One message or event. ``sender`` is the OpenID: personal data, never stored as it is."""

    to: str
    sender: str
    created: str
    kind: str
    id: str = ""
    text: str = ""
    media_id: str = ""
    picture: str = ""
    event: str = ""

    @property
    def identity(self) -> str:
        """The same for every try of the platform: MsgId, or sender and time for events, as its documents say."""
        return f"id:{self.id}" if self.id else f"event:{self.sender}:{self.created}:{self.event}"


def fields_of(body: bytes | str) -> dict[str, str]:
    """The texts directly below the root; BadMessage for anything that is not small, plain XML."""
    raw = body.encode() if isinstance(body, str) else body
    if len(raw) > MOST_BYTES:
        raise BadMessage("too long")
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadMessage("not XML") from error
    if root.getroottree().docinfo.doctype:
        raise BadMessage("a DOCTYPE has no place here")
    return {str(child.tag): child.text or "" for child in root if isinstance(child.tag, str)}


def incoming(fields: dict[str, str]) -> Incoming:
    if missing := {"ToUserName", "FromUserName", "CreateTime", "MsgType"} - {name for name in fields if fields[name]}:
        raise BadMessage(f"without {', '.join(sorted(missing))}")
    return Incoming(
        to=fields["ToUserName"],
        sender=fields["FromUserName"],
        created=fields["CreateTime"],
        kind=fields["MsgType"],
        id=fields.get("MsgId", ""),
        text=fields.get("Content", ""),
        media_id=fields.get("MediaId", ""),
        picture=fields.get("PicUrl", ""),
        event=fields.get("Event", ""),
    )


def reply(message: Incoming, text: str) -> str:
    """The XML of a text to whoever wrote ``message``; what WeChat would not show any more ends in an ellipsis."""
    return _written(
        ToUserName=message.sender,
        FromUserName=message.to,
        CreateTime=str(int(time.time())),
        MsgType="text",
        Content=cut(text, MOST_REPLY),
    )


def sealed(xml: str, *, token: str, key: bytes, app_id: str, nonce: str) -> str:
    """``xml`` as the encrypted answer to a request with this nonce."""
    secret = crypto.encrypt(xml, key=key, app_id=app_id)
    now = str(int(time.time()))
    return _written(
        Encrypt=secret, MsgSignature=crypto.signature(token, now, nonce, secret), TimeStamp=now, Nonce=nonce
    )


def _written(**fields: str) -> str:
    root = etree.Element("xml")
    for name, value in fields.items():
        child = etree.SubElement(root, name)
        if name in ("CreateTime", "TimeStamp"):
            child.text = value
        else:
            child.text = etree.CDATA(value.replace("]]>", "]] >"))
    return str(etree.tostring(root, encoding="unicode"))
