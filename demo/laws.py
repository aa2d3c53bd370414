"""The demo counties' legislative contact point: 禹州市 as the report tells it (征集立法修改建议 130 余条，被吸收采纳 10 条)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, cycle

from django.utils import timezone

from demo.law_texts import CRAFT, DOGS, PROPERTY, WASTE, LawText
from demo.network import Network
from demo.people import FEMALE, SURNAMES
from deputies.models import Deputy, Level
from legislation import splitting
from legislation.models import Article, DraftLaw, DraftState, Giver, GiverKind, Opinion, Outcome
from stations.models import Kind, Station, StationStaff

# An equal opinion in somebody else's words.
AGAIN = ("同意前面的意见：{}", "我们村也有人这样说：{}", "开座谈会时大家也提到：{}", "{}")
NOT_ADOPTED = "有关法律、行政法规已有规定，本条例不再重复。"


@dataclass(frozen=True)
class Wanted:
    """``ago``: days before the anchor on which the period began; it lasts ``lasts`` days."""

    law: LawText
    state: DraftState
    ago: int
    lasts: int
    collected: int
    adopted: int


# Sums: 130 collected, 10 adopted.
YUZHOU = (
    Wanted(DOGS, DraftState.CONCLUDED, 700, 40, 46, 4),
    Wanted(PROPERTY, DraftState.CONCLUDED, 430, 40, 38, 4),
    Wanted(WASTE, DraftState.SENT, 150, 45, 31, 2),
    Wanted(CRAFT, DraftState.PUBLISHED, 12, 40, 15, 0),
)
BOAI = (
    Wanted(PROPERTY, DraftState.CONCLUDED, 400, 40, 24, 3),
    Wanted(WASTE, DraftState.PUBLISHED, 60, 50, 17, 0),
    Wanted(DOGS, DraftState.PUBLISHED, 8, 40, 12, 0),
)


def add_laws(network: Network, anchor: dt.date, wanted: tuple[Wanted, ...]) -> None:
    stations = _stations(network)
    for number, one in enumerate(wanted):
        draft = _draft(network, one, anchor)
        articles = _articles(draft, one.law)
        mains = _mains(draft, one, articles, stations, number)
        _equal_ones(draft, one, mains, stations)


def _stations(network: Network) -> list[Station]:
    """Where opinions are collected: the townships with staff or deputies, and the hub."""
    return list(Station.objects.filter(county=network.county, kind__in=(Kind.HUB, Kind.TOWNSHIP)).order_by("path"))


def _draft(network: Network, one: Wanted, anchor: dt.date) -> DraftLaw:
    opens = anchor - dt.timedelta(days=one.ago)
    at = timezone.make_aware(dt.datetime.combine(opens, dt.time(9)))
    closed = at + dt.timedelta(days=one.lasts + 3)
    sent = closed if one.state in (DraftState.SENT, DraftState.CONCLUDED) else None
    return DraftLaw.objects.create(
        county=network.county,
        title=one.law.title.format(市=network.county.city),
        asked_by=f"{network.county.city}人大常委会法制工作委员会",
        about=one.law.about,
        opens_on=opens,
        closes_on=opens + dt.timedelta(days=one.lasts),
        state=one.state,
        published_at=at,
        sent_at=sent,
        concluded_at=closed + dt.timedelta(days=90) if one.state == DraftState.CONCLUDED else None,
    )


def _articles(draft: DraftLaw, law: LawText) -> dict[str, Article]:
    pieces = splitting.split(law.text)
    rows = [
        Article(draft=draft, place=place, chapter=one.chapter, label=one.label, text=one.text)
        for place, one in enumerate(pieces, start=1)
    ]
    return {row.label: row for row in Article.objects.bulk_create(rows)}


def _mains(
    draft: DraftLaw, one: Wanted, articles: dict[str, Article], stations: list[Station], seed: int
) -> list[Opinion]:
    """Each thing that is said, once; the first ones are adopted."""
    givers = _givers(draft, stations, seed)
    rows = []
    for number, (label, text, wording) in enumerate(one.law.said):
        row = next(givers)
        row.article, row.text, row.wording = articles.get(label), text, wording
        row.given_at = _when(draft, number, one)
        if number < one.adopted:
            row.outcome = Outcome.PARTLY if number == 2 else Outcome.ADOPTED
            row.adopted_text = wording
            row.outcome_reason = "原则采纳，文字作了调整。" if number == 2 else ""
        elif one.state == DraftState.CONCLUDED or (one.state == DraftState.SENT and number < 6):
            row.outcome, row.outcome_reason = Outcome.NOT, NOT_ADOPTED
        if row.outcome:
            row.outcome_at = (draft.sent_at or row.given_at) + dt.timedelta(days=60)
        rows.append(row)
    rows = rows[: one.collected]
    made = Opinion.objects.bulk_create(rows)
    _contacts(made)
    return made


def _equal_ones(draft: DraftLaw, one: Wanted, mains: list[Opinion], stations: list[Station]) -> None:
    """As many more as were collected: merged where the office has put them in order, which it has not yet where opinions
    are still coming in."""
    sorted_already = one.state != DraftState.PUBLISHED
    givers = _givers(draft, stations, 7)
    rows = []
    for number, main in zip(range(one.collected - len(mains)), cycle(mains), strict=False):
        row = next(givers)
        row.article, row.text = main.article, AGAIN[number % len(AGAIN)].format(main.text)
        row.given_at = _when(draft, number + 5, one)
        row.main = main if sorted_already else None
        rows.append(row)
    _contacts(Opinion.objects.bulk_create(rows))


def _when(draft: DraftLaw, number: int, one: Wanted) -> dt.datetime:
    """Spread over the period, as far as it has come."""
    lasts = min(one.lasts, one.ago) or 1
    day = draft.opens_on + dt.timedelta(days=number * 5 % lasts)
    return timezone.make_aware(dt.datetime.combine(day, dt.time(9 + number % 8, number * 7 % 60)))


def _givers(draft: DraftLaw, stations: list[Station], seed: int) -> Iterator[Opinion]:
    """Deputies, the public and staff in turn, at one station after the other."""
    deputies = cycle(
        Deputy.objects.filter(county=draft.county, level=Level.COUNTY)
        .order_by("pk")
        .select_related("home_station")[seed : seed + 60]
    )
    staff = {
        one.station_id: one.user for one in StationStaff.objects.filter(station__in=stations).select_related("user")
    }
    for number in count(seed):
        station = stations[number % len(stations)]
        row = Opinion(draft=draft, station=station, kind=GiverKind.PUBLIC)
        if number % 3 == 0:
            deputy = next(deputies)
            row.kind, row.deputy, row.station = GiverKind.DEPUTY, deputy, deputy.home_station or station
        elif number % 7 == 0 and station.pk in staff:
            row.kind, row.entered_by = GiverKind.STAFF, staff[station.pk]
        yield row


def _contacts(rows: list[Opinion]) -> None:
    """Every second one of the public left a name or a telephone."""
    public = [row for row in rows if row.kind == GiverKind.PUBLIC][::2]
    people = [
        Giver(
            opinion=row,
            name=SURNAMES[row.pk * 7 % len(SURNAMES)] + FEMALE[row.pk * 5 % len(FEMALE)],
            phone=f"1390001{row.pk % 10000:04d}",
        )
        for row in public
    ]
    for one in people:
        one.index_phone()
    Giver.objects.bulk_create(people)
