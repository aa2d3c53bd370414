"""Outbox rows as the rooms above write them, for tests of sending."""

from __future__ import annotations

from typing import Any

from messaging.models import Channel, OutboxRow
from noticeboard.models import WorkGroup


def group(people: Any, webhook: str, **fields: Any) -> WorkGroup:
    values = {"station": people.town, "name": "甲镇代表工作群", "webhook": webhook, **fields}
    return WorkGroup.objects.create(**values)


def to_group(one: WorkGroup, number: int = 0, **fields: Any) -> OutboxRow:
    return OutboxRow.objects.create(
        **{
            "key": f"day:1:{number}",
            "recipient": f"group:{one.pk}",
            "name": one.name,
            "channel": Channel.WECOM,
            "contact": f"noticeboard.reach.contact:{one.pk}",
            "scope": one.station.path,
            "subject": f"接待日安排{number}",
            "body": "11月25日上午，张为民代表接待选民。",
            "link": "/receptions/1/",
            **fields,
        }
    )


def to_deputy(deputy: Any, channel: str = Channel.SMS, **fields: Any) -> OutboxRow:
    return OutboxRow.objects.create(
        **{
            "key": "day:1",
            "recipient": f"deputy:{deputy.pk}",
            "name": deputy.name,
            "channel": channel,
            "contact": f"deputies.reach.contact:{deputy.pk}",
            "scope": deputy.home_station.path,
            "subject": "接待日值班通知",
            "body": "请于11月25日上午到联络站接待选民。",
            "sms": {"template": "reception", "params": ["博爱县", "11月25日"]},
            **fields,
        }
    )
