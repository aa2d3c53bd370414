"""Draft laws and opinions on them."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from legislation.models import Article, DraftLaw, DraftState, Giver, GiverKind, Material, Opinion


def draft_law(people: SimpleNamespace, **fields: Any) -> DraftLaw:
    """《养犬管理条例（草案）》 of two articles, open since yesterday for ten days more."""
    today = timezone.localdate()
    what = {
        "county": people.county,
        "title": "《养犬管理条例（草案）》",
        "asked_by": "市人大常委会法制工作委员会",
        "opens_on": today - dt.timedelta(days=1),
        "closes_on": today + dt.timedelta(days=10),
        "state": DraftState.PUBLISHED,
        "published_at": timezone.now(),
    }
    one = DraftLaw.objects.create(**{**what, **fields})
    for place, (label, text) in enumerate(
        (("第一条", "为了规范养犬行为，制定本条例。"), ("第二条", "携犬出户应当束犬链。")), start=1
    ):
        Article.objects.create(draft=one, place=place, chapter="第一章 总则", label=label, text=text)
    return one


def material(one: DraftLaw, name: str = "草案说明.pdf") -> Material:
    row = Material(draft=one, name=name, media_type="application/pdf")
    row.file.save("paper.pdf", ContentFile(b"%PDF-1.4"))
    return row


def opinion(people: SimpleNamespace, one: DraftLaw, **fields: Any) -> Opinion:
    """Of the public, on the second article, collected by 甲镇."""
    what = {
        "draft": one,
        "article": one.articles.last(),
        "text": "犬链的长度要写清楚。",
        "kind": GiverKind.PUBLIC,
        "station": people.town,
        "given_at": timezone.now(),
    }
    return Opinion.objects.create(**{**what, **fields})


def giver(row: Opinion, **fields: Any) -> Giver:
    """贺提议, whose telephone is known."""
    return Giver.objects.create(opinion=row, **{"name": "贺提议", "phone": "13500008888", **fields})
