"""What ``manage.py check`` says about the channels."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

from messaging.senders import sms, wecom


@register()
def channels(**_: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = [Warning(words, id="messaging.W001") for words in sms.problems()]
    if settings.WECOM_FORMAT not in wecom.MOST_BYTES:
        found.append(Warning("WECOM_FORMAT 只能是 markdown 或 text", id="messaging.W002"))
    if settings.SMS_GATEWAY == "http" and settings.SMS_HTTP_URL.startswith("http://"):
        found.append(Warning("SMS_HTTP_URL 不是 https，手机号会明文经过网络", id="messaging.W003"))
    return found
