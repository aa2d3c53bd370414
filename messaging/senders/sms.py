"""SMS through the gateway that ``SMS_GATEWAY`` names."""

from __future__ import annotations

import re
from types import ModuleType

from django.conf import settings

from liaison.lib.phones import tidy
from messaging.models import OutboxRow
from messaging.outbox import Contact
from messaging.senders import sms_aliyun, sms_http
from messaging.senders.errors import Never

GATEWAYS: dict[str, ModuleType] = {"aliyun": sms_aliyun, "http": sms_http}
MOBILE = re.compile(r"(?:(?:\+|00)?86)?(1[3-9]\d{9})")


def send(row: OutboxRow, contact: Contact) -> None:
    gateway = GATEWAYS.get(settings.SMS_GATEWAY)
    if gateway is None or gateway.problems():
        raise Never(f"{state()[1]}。")
    if not contact.phone:
        raise Never("收件人没有填写手机号。")
    mobile = MOBILE.fullmatch(tidy(contact.phone))
    if mobile is None:
        raise Never("收件人的号码不是手机号，收不了短信。")
    gateway.send(row, mobile[1])


def problems() -> list[str]:
    """What is wrong with the settings, in words; empty where nothing is set up or all is well."""
    if not settings.SMS_GATEWAY:
        return []
    gateway = GATEWAYS.get(settings.SMS_GATEWAY)
    if gateway is None:
        return [f"SMS_GATEWAY 只能是 {'、'.join(GATEWAYS)}"]
    found: list[str] = gateway.problems()
    return found


def state() -> tuple[bool, str]:
    """Whether it is set up, and how, without any secret."""
    if not settings.SMS_GATEWAY:
        return False, "没有配置短信平台，请系统管理员设置"
    if wrong := problems():
        return False, f"短信平台的设置有误：{'；'.join(wrong)}"
    return True, f"已配置{GATEWAYS[settings.SMS_GATEWAY].NAME}"
