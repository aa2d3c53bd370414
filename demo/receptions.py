"""Reception days of the demo counties: the rule, this year's days with those held, the next months', themes, duties."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from django.utils import timezone

from demo.network import Network
from deputies.models import Deputy
from receptions import planning, rosters
from receptions.models import DayState, Duty, QuarterTheme, ReceptionDay, ReceptionRule

AHEAD = 12  # months
THEMES = ("春耕备播和安全生产", "优化营商环境", "教育医疗和汛期安全", "人居环境和温暖过冬")
ACTIVITIES = (
    "走访慰问困难群众",
    "春节后复工复产走访",
    "春耕备播和农资质量视察",
    "清明防火、校园周边安全视察",
    "走访企业，听取营商环境意见",
    "“三夏”生产和防汛准备视察",
    "法治宣传进村（社区）",
    "教育医疗惠民政策宣讲",
    "农村饮水和道路管护视察",
    "秋收秋种走访",
    "人居环境整治“回头看”",
    "冬季供暖和年度述职",
)
SUMMARIES = (
    "接待群众反映的事项已逐件登记，能当场答复的当场答复，其余转交有关单位办理。",
    "群众主要反映道路、排水和路灯问题，已登记交办，代表将跟踪到底。",
    "围绕本月活动听取群众意见，现场解释政策，登记的意见按程序交办。",
)


def add_reception_days(network: Network, anchor: dt.date, *, day: int, on_duty: int) -> None:
    """The year of ``anchor`` and twelve months more: what is past was held, by ``on_duty`` deputies a day in turn; what is
    to come is planned, its roster filled as an office fills it."""
    ReceptionRule.objects.create(station=network.hub, day=day, on_duty=on_duty)
    stations = [network.hub, *network.townships.values()]
    planning.generate(dt.date(anchor.year, 1, 1), stations, ahead=anchor.month - 1 + AHEAD)
    for year in (anchor.year, anchor.year + 1):
        QuarterTheme.objects.bulk_create(
            QuarterTheme(station=network.hub, year=year, quarter=number, theme=theme)
            for number, theme in enumerate(THEMES, start=1)
        )
    of_county = ReceptionDay.objects.filter(county=network.county)
    for month, activity in enumerate(ACTIVITIES, start=1):
        of_county.filter(date__month=month).update(activity=activity)
    days = list(of_county.order_by("station", "date"))
    held = [day for day in days if day.date < anchor]
    for number, one in enumerate(held):
        _hold(one, number)
    names = ("state", "visitors", "summary", "opened_at", "closed_at", "to_tell", "told_at", "told_revision")
    ReceptionDay.objects.bulk_update(held, names, batch_size=100)
    today = max(anchor, timezone.localdate())
    _put_on_duty([day for day in days if day.date < today], anchor, on_duty)
    for station in stations:
        coming = [day.date for day in days if day.station_id == station.pk and day.date >= today]
        if coming:
            period = rosters.Period(station, min(coming), max(coming))
            rosters.save(period, by=network.staff[station.pk], seen=None)


def _hold(day: ReceptionDay, number: int) -> None:
    day.state, day.to_tell = DayState.CLOSED, False
    day.visitors, day.summary = 4 + number * 7 % 13, SUMMARIES[number % len(SUMMARIES)]
    day.opened_at, day.closed_at = _at(day.date, day.starts_at), _at(day.date, day.ends_at)
    day.told_at, day.told_revision = day.opened_at - dt.timedelta(days=5), day.revision


def _at(date: dt.date, time: dt.time) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(date, time))


def _put_on_duty(days: list[ReceptionDay], anchor: dt.date, on_duty: int) -> None:
    homes: dict[int, list[int]] = defaultdict(list)
    serving = Deputy.objects.serving().filter(home_station__in={day.station_id for day in days}).order_by("pk")
    for pk, home in serving.values_list("pk", "home_station"):
        homes[home].append(pk)
    turn: dict[int, int] = defaultdict(int)
    duties = []
    for day in days:
        own = homes[day.station_id]
        for _ in range(min(on_duty, len(own))):
            duty = Duty(day=day, deputy_id=own[turn[day.station_id] % len(own)])
            turn[day.station_id] += 1
            if day.date < anchor:
                duty.acknowledged_at, duty.acknowledged_revision = day.told_at, day.revision
                duty.signed_in_at, duty.badge_worn = day.opened_at, True
            duties.append(duty)
    Duty.objects.bulk_create(duties, batch_size=500)
