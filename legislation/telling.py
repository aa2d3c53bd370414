"""Who is told of drafts and of what became of an opinion, and whether it is still true when it is sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from deputies import reach
from deputies.models import Deputy
from legislation.models import TAKEN_UP, DraftLaw, DraftState, Giver, Opinion
from messaging import outbox
from messaging.models import Channel
from receptions.arrangements import staff_near
from stations.models import Kind, Station


def _hub(county_id: int) -> Station | None:
    return Station.objects.filter(county=county_id, kind=Kind.HUB).first()


def published(draft: DraftLaw) -> None:
    """In the application and by e-mail, deputies with a log-in: an SMS to hundreds would be more than it is worth."""
    if outbox.is_muted():
        return
    deputies = Deputy.objects.serving().filter(county=draft.county_id, user__is_active=True).select_related("user")
    hub = _hub(draft.county_id)
    outbox.tell_all(
        [
            outbox.Message(
                key=f"draft_law:{draft.pk}:published:{draft.published_at:%Y%m%d%H%M%S}",
                recipients=[reach.recipient(deputy) for deputy in deputies],
                subject=f"征求意见：{draft.title}",
                body=f"{draft.opens_on:%Y-%m-%d} 至 {draft.closes_on:%Y-%m-%d}，点开逐条看，对哪一条有意见就在哪一条写。",
                link=reverse("legislation:draft", args=[draft.pk]),
                relevance=f"legislation.telling.takes_opinions:{draft.pk}",
                scope=hub.path if hub else "",
            )
        ]
    )


def marked(main: Opinion) -> None:
    """Of an adopted opinion everybody who gave it, or one equal to it; of others nobody."""
    if outbox.is_muted() or main.outcome not in TAKEN_UP:
        return
    words = f"{main.draft.title}{main.where}：{main.get_outcome_display()}"
    hub = _hub(main.draft.county_id)
    everybody = [main, *main.merged.select_related("deputy__user", "entered_by")]
    outbox.tell_all(
        outbox.Message(
            key=f"opinion:{one.pk}:{main.outcome}",
            recipients=list(_recipients(one)),
            subject="您提的立法意见被采纳" if main.outcome == "adopted" else "您提的立法意见被部分采纳",
            body=f"{words}。\n通过后的条文：{main.adopted_text}",
            link=reverse("legislation:opinion", args=[one.pk]),
            relevance=f"legislation.telling.is_marked:{main.pk}:{main.outcome}",
            scope=hub.path if hub else "",
            sms={"template": "opinion_adopted", "params": [main.draft.title, main.where, main.get_outcome_display()]},
        )
        for one in everybody
    )


def _recipients(one: Opinion) -> Iterator[outbox.Recipient]:
    if one.deputy is not None:
        yield reach.recipient(one.deputy)
    elif one.entered_by is not None:
        yield outbox.user_recipient(one.entered_by)
    elif Giver.objects.filter(opinion=one, erased_at__isnull=True).exclude(phone="").exists():
        source = f"legislation.telling.contact:{one.pk}"
        yield outbox.Recipient(f"opinion:{one.pk}", "提意见的群众", (Channel.SMS,), source)


def contact(opinion: str) -> outbox.Contact | None:
    """The telephone of somebody of the public, who may have had it erased since."""
    person = Giver.objects.filter(opinion=int(opinion), erased_at__isnull=True).first()
    return outbox.Contact(phone=person.phone) if person and person.phone else None


def remind(today: dt.date | None = None) -> int:
    """Tell the county office of drafts whose period is over and which are not sent up; once each. Returns how many."""
    today = today or timezone.localdate()
    late = DraftLaw.objects.filter(state=DraftState.PUBLISHED, closes_on__lt=today, reminded_on__isnull=True)
    return sum(_remind(draft, today) for draft in late)


@transaction.atomic
def _remind(draft: DraftLaw, today: dt.date) -> bool:
    """Claimed by compare-and-set: a second run at the same time tells nothing, and one that fails has claimed nothing."""
    claimed = DraftLaw.objects.filter(pk=draft.pk, reminded_on__isnull=True).update(reminded_on=today)
    hub = _hub(draft.county_id)
    if claimed and hub:
        outbox.tell(
            key=f"draft_law:{draft.pk}:closed:{draft.closes_on:%Y%m%d}",
            people=staff_near(hub),
            subject=f"征集期已结束，请整理上报：{draft.title}",
            body=f"{draft.closes_on:%Y-%m-%d} 截止，共收到 {draft.opinions.counted().count()} 条意见。",
            link=reverse("legislation:draft", args=[draft.pk]),
            relevance=f"legislation.telling.waits:{draft.pk}",
            scope=hub.path,
        )
    return bool(claimed)


# --- asked when it is sent ----------------------------------------------------------------


def takes_opinions(draft: str) -> bool:
    today = timezone.localdate()
    return DraftLaw.objects.filter(pk=int(draft), state=DraftState.PUBLISHED, closes_on__gte=today).exists()


def is_marked(opinion: str, outcome: str) -> bool:
    return Opinion.objects.filter(pk=int(opinion), outcome=outcome).exists()


def waits(draft: str) -> bool:
    return DraftLaw.objects.filter(pk=int(draft), state=DraftState.PUBLISHED).exists()
