"""The result becomes known: to the committee's members, and to each department its own. What is under the line at year
end, or again at the re-vote, opens a rectification in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from deputies.models import CommitteeMember
from messaging import outbox
from messaging.outbox import Message, user_recipient
from stations.staff import clerks
from supervision import rectifying, rounds
from supervision.models import Choice, Round, RoundState
from supervision.results import percent_words
from supervision.rounds import RoundError
from supervision.sealing import is_intact

if TYPE_CHECKING:
    from collections.abc import Iterator


def publish(pk: int, *, by: User) -> Round:
    with rounds.step(pk, "publish", by=by) as now:
        one = now.round
        if not is_intact(one):
            raise RoundError("票数和封存时不一致，不能公布。请联系技术管理员核对数据库和操作记录。")
        one.state, one.published_at = RoundState.PUBLISHED, timezone.now()
        opened = rectifying.follow(one, by=by)
        now.after = {"rectifications": [each.pk for each in opened]}
        outbox.tell_all(_messages(one))
    return one


def _messages(one: Round) -> Iterator[Message]:
    link = reverse("supervision:round", args=[one.pk])
    seats = {"until__isnull": True, "deputy__county": one.county_id}
    members = User.objects.filter(deputies__committee_seats__in=CommitteeMember.objects.filter(**seats), is_active=True)
    yield _message(f"{one.chain}:published", members.distinct(), f"测评结果已公布：{one.title}", "", link)
    for subject in one.subjects.select_related("department"):
        counts = "，".join(f"{choice.label} {subject.counts[choice]} 票" for choice in Choice)
        title = f"{subject}满意率 {percent_words(subject.content, subject.votes)}"
        people = clerks([subject.department])
        yield _message(f"{one.chain}:result:{subject.pk}", people, title, f"{one.title}：{counts}。", link)


def _message(key: str, people: Iterable[User], subject: str, body: str, link: str) -> Message:
    recipients = [user_recipient(person) for person in people]
    return Message(key=key, recipients=recipients, subject=subject, body=body, link=link)
