"""Every message counts once, whatever the platform sends again and however many of them arrive at the same moment."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from liaison.lib.encryption import blind_index, blind_indexes
from portal.models import WechatAccount, WechatMessage, WechatPerson
from portal.wechat.dialogue import answer_to
from portal.wechat.envelope import Incoming


@transaction.atomic
def receive(account: WechatAccount, message: Incoming) -> str:
    """What ``message`` is answered; empty: nothing. The platform waits five seconds and tries three times: a second try
    waits here for the first and gets the same words."""
    person = _locked(account, message.sender)
    keys = blind_indexes(f"{account.pk}:{message.identity}")
    if told := WechatMessage.objects.filter(account=account, key__in=keys).first():
        return told.answer
    answer = answer_to(account, person, message)
    WechatMessage.objects.create(account=account, key=keys[0], answer=answer, received_at=timezone.now())
    return answer


def _locked(account: WechatAccount, openid: str) -> WechatPerson:
    """The row of the sender, made at the first message; locked, so that two messages of one person follow each other."""
    rows = WechatPerson.objects.select_for_update(of=("self",)).filter(account=account)
    rows = rows.filter(openid_index__in=blind_indexes(openid)).select_related("station__county", "station__parent")
    found = rows.first()
    if found is None:
        new = WechatPerson(account=account, openid_index=blind_index(openid), seen_at=timezone.now())
        WechatPerson.objects.bulk_create([new], ignore_conflicts=True)
        found = rows.get()
    WechatPerson.objects.filter(pk=found.pk).update(seen_at=timezone.now())
    return found
