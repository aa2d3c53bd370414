"""Any gateway that takes an SMS by one HTTP request: address, headers and body come from the settings, with {phone}
and {text} (and {template}, the gateway's code for our template) where the values go."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from urllib.parse import quote, quote_plus, urlsplit

from django.conf import settings

from messaging.models import OutboxRow
from messaging.senders import http
from messaging.senders.errors import TryLater
from messaging.senders.sms_templates import templates

NAME = "短信平台（HTTP 接口）"
WHO = "短信平台"
PLACE = re.compile(r"\{(phone|text|template)\}")
MOST = 300  # characters: more than that is no SMS


def send(row: OutboxRow, phone: str) -> None:
    template = templates().get((row.sms or {}).get("template", ""))
    values = {"phone": phone, "text": text_of(row), "template": template.code if template else ""}
    headers, body = _headers(), b""
    if settings.SMS_HTTP_BODY and settings.SMS_HTTP_METHOD != "GET":
        kind = headers.setdefault("Content-Type", _kind(settings.SMS_HTTP_BODY))
        body = filled(settings.SMS_HTTP_BODY, values, _in_json if "json" in kind else quote_plus).encode()
    url = filled(settings.SMS_HTTP_URL, values, _in_query)
    answer = http.request(settings.SMS_HTTP_METHOD, url, headers=headers, body=body, who=WHO)
    if not 200 <= answer.status < 300:
        raise http.failure(answer.status, WHO)
    if settings.SMS_HTTP_SUCCESS and not re.search(settings.SMS_HTTP_SUCCESS, answer.text):
        raise TryLater("短信平台没有收下（应答里没有成功的标志）。")


def text_of(row: OutboxRow) -> str:
    """The signature that the law on SMS asks for, then what the mail would say, on one line."""
    words = " ".join(f"{row.subject}。{row.body}".split())
    sign = f"【{settings.SMS_SIGN_NAME}】" if settings.SMS_SIGN_NAME else ""
    return (sign + words)[:MOST]


def filled(template: str, values: dict[str, str], escape: Callable[[str], str]) -> str:
    """``template`` with the values in their places, each escaped, in one go: a text that says {phone} stays a text."""
    return PLACE.sub(lambda place: escape(values[place[1]]), template)


def _in_json(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)[1:-1]


def _in_query(value: str) -> str:
    return quote(value, safe="")


def _kind(body: str) -> str:
    looks_like_json = body.lstrip().startswith(("{", "["))
    return "application/json; charset=utf-8" if looks_like_json else "application/x-www-form-urlencoded"


def _headers() -> dict[str, str]:
    """The setting, a JSON object; ValueError if it is none. Names in the form that the standard writes them."""
    found = json.loads(settings.SMS_HTTP_HEADERS or "{}")
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise ValueError("not an object of texts")
    return {name.title(): value for name, value in found.items()}


def problems() -> list[str]:
    found = []
    if urlsplit(settings.SMS_HTTP_URL).scheme not in ("http", "https"):
        found.append("SMS_HTTP_URL 要以 https:// 或 http:// 开头")
    if "{phone}" not in settings.SMS_HTTP_URL + settings.SMS_HTTP_BODY:
        found.append("SMS_HTTP_URL 和 SMS_HTTP_BODY 里没有 {phone}")
    if settings.SMS_HTTP_METHOD not in ("GET", "POST", "PUT"):
        found.append("SMS_HTTP_METHOD 只能是 GET、POST、PUT")
    try:
        _headers()
    except ValueError:
        found.append("SMS_HTTP_HEADERS 不是 JSON 对象")
    try:
        re.compile(settings.SMS_HTTP_SUCCESS)
    except re.error:
        found.append("SMS_HTTP_SUCCESS 不是正则表达式")
    try:
        templates()
    except ValueError:
        found.append("SMS_TEMPLATES 的格式应为 名称=模板代码:变量,变量;…")
    return found
