"""What the deputies of a station, and of all below it, did in a period: cases received, duties, contacts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse

from deputies import contacts
from deputies.models import Deputy
from receptions.models import Duty
from reports import counting, scopes
from reports.contacting import deputies_of
from reports.periods import Period
from reports.receiving import HELD
from reports.scopes import DEPUTY, Scope
from reports.tables import Cell, Table, asked
from suggestions.figures import Rate, Tally, grouped

if TYPE_CHECKING:
    from accounts.models import User

HEADS = ("联络站", "接待意见", "已答复", "值班", "签到", "应联系群众", "已联系（按名额）", "联系次数")


def table(scope: Scope, period: Period, reader: User, today: dt.date) -> Table:
    """A row for each deputy in office, in the order of the tree and of their names, below a row of the sums. Cases are
    those that ``reader`` may see."""
    people = list(
        deputies_of(scope).serving().select_related("home_station").order_by("home_station__path", "pinyin", "pk")
    )
    whole = scope.county.pk in reader.seats.office_county_ids
    cases = scopes.seen(None if whole else reader).filter(
        counting.within(period.first, period.last), county_id=scope.county.pk, deputy_id__in=[one.pk for one in people]
    )
    received = grouped(cases, "deputy_id", today)
    duties = _duties(people, period)
    talks = contacts.tally(contacts.with_quota(deputies_of(scope)), period.first, period.last, today=today)
    none = contacts.Tally()
    rows = [
        _row(one, period, received.get(one.pk, Tally()), duties.get(one.pk, (0, 0)), talks.get(one.pk, none))
        for one in people
    ]
    total = _total(rows) if rows else []
    note = (
        "在任代表，按所属站点和姓名排列，不是排名。应联系：每月名额 × 月数；同一个月联系同一人计一次，超出名额的不计。"
    )
    return Table("deputies", "各代表", "代表", HEADS, [*total, *rows], note, ("联络站",))


def _duties(people: list[Deputy], period: Period) -> dict[int, tuple[int, int]]:
    """Duties on days that were held, and of these signed in."""
    held = Duty.objects.filter(
        deputy_id__in=[one.pk for one in people],
        day__state__in=HELD,
        day__date__gte=period.first,
        day__date__lte=period.last,
    )
    present = Count("pk", filter=Q(signed_in_at__isnull=False))
    counts = held.order_by().values_list("deputy_id").annotate(placed=Count("pk"), present=present)
    return {pk: (placed, there) for pk, placed, there in counts}


def _row(
    deputy: Deputy, period: Period, tally: Tally, duties: tuple[int, int], talks: contacts.Tally
) -> tuple[Cell, ...]:
    span = {"since": period.first.isoformat(), "until": period.last.isoformat()}
    cases = {"deputy": str(deputy.pk), **span}
    page = reverse("reports:statistics", args=[DEPUTY, deputy.pk])
    days = f"{reverse('reports:statistics_days', args=[DEPUTY, deputy.pk])}?{urlencode(span)}&show="
    log = f"{reverse('deputies:deputy_contacts', args=[deputy.pk])}?{urlencode(span)}"
    placed, present = duties
    return (
        Cell(text=deputy.name, url=f"{page}?{urlencode(asked(period))}"),
        Cell(text=deputy.home_station.name if deputy.home_station else "未编入站点"),
        Cell(tally.received, params={**cases, "counted": "received"}),
        Cell(tally.answered, params={**cases, "counted": "answered"}),
        Cell(placed, url=f"{days}held"),
        Cell(present, url=f"{days}there"),
        Cell(talks.owed, url=log),
        Cell(talks.credited, url=log, rate=Rate(talks.credited, talks.owed)),
        Cell(talks.contacts, url=log),
    )


def _total(rows: list[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
    sums = [Cell(sum(row[place].number or 0 for row in rows)) for place in range(2, len(HEADS) + 1)]
    return [(Cell(text="合计"), Cell(text=f"{len(rows)} 名"), *sums)]
