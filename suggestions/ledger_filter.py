"""What can be asked of the ledger: the filters, each a parameter of the address."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, ClassVar

import django_filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import DurationField, ExpressionWrapper, Q, QuerySet
from django.db.models.functions import TruncDate
from django.http import QueryDict
from django.utils import timezone

from deputies.models import Deputy
from liaison.lib.encryption import blind_indexes
from liaison.lib.phones import tidy
from liaison.lib.querycodes import normalise_number
from stations.models import Kind as StationKind
from stations.models import Station
from suggestions.choices import END_STATES, Channel, Field, Kind, ResultKind, Satisfaction, State
from suggestions.faces import Faces
from suggestions.figures import conditions
from suggestions.limits import Phase
from suggestions.models import Suggestion, SuggestionQuerySet, Voter
from suggestions.my_work import SIGHTS, TITLES, piles
from suggestions.search import matching, newest_hint

if TYPE_CHECKING:
    from accounts.models import User
    from stations.seats import Seats

OPEN, ENDED = "open", "ended"
STATES = [(OPEN, "在办（全部）"), (ENDED, "已结束（全部）"), *State.choices]
PHASES = [(Phase.OVERDUE, "已逾期"), (Phase.DUE_SOON, "快到期"), (Phase.AWAITING, "未到期")]
YES = [("1", "是")]
COUNTED = [
    ("received", "收到（不含撤回）"),
    ("replied", "收到并已答复"),
    ("waiting", "收到、尚未答复"),
    ("due", "应答复"),
    ("in_time", "按时答复"),
    ("late", "超期未答复"),
    ("answered", "已答复"),
    ("solved", "已答复且已解决"),
    ("votes", "已评价"),
    ("content", "满意或基本满意"),
]
LONGEST = 36_500  # days that an answer may have taken
WAITING = [(key, title) for key, title in TITLES.items() if key not in SIGHTS]
PHONE = re.compile(r"1[3-9]\d{9}|0\d{9,11}")
NUMBER = re.compile(r"[A-Z]{1,4}\d{4}-\d{5,}")


def midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def may_search_phones(seats: Seats) -> bool:
    return bool(seats.stations or seats.deputies)


def by_phone(cases: QuerySet[Suggestion], phone: str, seats: Seats) -> QuerySet[Suggestion]:
    """Those brought by the owner of ``phone``, among what came to the person's stations or to the person as a deputy:
    who sees a case as its department has no business with its voter's number."""
    found = Voter.objects.filter(phone_index__in=blind_indexes(phone)).values("suggestion_id")
    reach = Q(county_id__in=seats.office_county_ids) | Q(deputy_id__in=seats.deputy_ids)
    reach |= Q(station_id__in=seats.subtree_ids) | Q(desk_id__in=seats.subtree_ids)
    return cases.filter(reach, pk__in=found)


class IdFilter(django_filters.Filter):
    field_class = forms.IntegerField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1, **kwargs)


class DayFilter(django_filters.DateFilter):
    """A day that people mean; beyond it, midnight in another time zone may not exist."""

    def __init__(self, **kwargs: Any) -> None:
        sensible = [MinValueValidator(dt.date(1990, 1, 1)), MaxValueValidator(dt.date(2100, 12, 31))]
        super().__init__(validators=sensible, **kwargs)


class DaysFilter(django_filters.Filter):
    field_class = forms.IntegerField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=LONGEST, **kwargs)


def days_to_reply() -> ExpressionWrapper:
    """Calendar days from the day a case came in to the day its voter was answered, as a duration."""
    return ExpressionWrapper(TruncDate("replied_at") - TruncDate("created_at"), output_field=DurationField())


class LedgerFilter(django_filters.FilterSet):
    """What cannot be read is left out; the page says so."""

    q = django_filters.CharFilter(method="search", label="查找", max_length=60)
    state = django_filters.ChoiceFilter(method="in_state", label="状态", choices=STATES)
    phase = django_filters.ChoiceFilter(method="in_phase", label="时限", choices=PHASES)
    field = django_filters.ChoiceFilter(label="领域", choices=[*Field.choices, ("none", "未分类")], method="in_field")
    channel = django_filters.ChoiceFilter(label="渠道", choices=Channel.choices)
    kind = django_filters.ChoiceFilter(label="类别", choices=Kind.choices)
    station = IdFilter(method="within", label="站点")
    origin = IdFilter(method="came_in_below", label="来源站点（含下属）")
    at = IdFilter(method="came_in_at", label="来源站点（仅本站）")
    counted = django_filters.ChoiceFilter(method="as_counted", label="统计口径", choices=COUNTED)
    escalated = django_filters.ChoiceFilter(method="if_escalated", label="上报过", choices=YES)
    took_from = DaysFilter(method="took_at_least", label="答复用时不少于（天）")
    took_to = DaysFilter(method="took_at_most", label="答复用时不超过（天）")
    level = django_filters.ChoiceFilter(method="on_level", label="当前层级", choices=StationKind.choices)
    lead = IdFilter(field_name="lead_id", label="主办单位")
    day = IdFilter(field_name="reception_day_id", label="接待日")
    deputy = django_filters.CharFilter(method="of_deputy", label="代表", max_length=20)
    since = DayFilter(method="from_day", label="登记日期从")
    until = DayFilter(method="to_day", label="登记日期到")
    rating = django_filters.ChoiceFilter(field_name="satisfaction", label="满意度", choices=Satisfaction.choices)
    result = django_filters.ChoiceFilter(
        method="with_result", label="办理结果", choices=[*ResultKind.choices, ("none", "未注明")]
    )
    supervised = django_filters.ChoiceFilter(method="if_supervised", label="督办", choices=YES)
    mine = django_filters.ChoiceFilter(method="if_mine", label="我登记的", choices=YES)
    held = django_filters.ChoiceFilter(method="if_held", label="待审", choices=YES)
    waiting = django_filters.ChoiceFilter(method="in_pile", label="等我办", choices=WAITING)

    class Meta:
        model = Suggestion
        fields: ClassVar[list[str]] = []

    def __init__(
        self, data: QueryDict, queryset: SuggestionQuerySet, *, user: User, faces: Faces, stations: dict[int, Station]
    ) -> None:
        """``stations``: those that can be chosen, and the chosen one, if the person may know it."""
        super().__init__(data, queryset)
        self.user, self.faces, self.stations = user, faces, stations
        self.page_hint = Q()  # set by the search, which ``qs`` runs

    def search(self, cases: SuggestionQuerySet, name: str, text: str) -> QuerySet[Suggestion]:
        phone, number = tidy(text), normalise_number(text)
        if PHONE.fullmatch(phone) and may_search_phones(self.user.seats):
            return by_phone(cases, phone, self.user.seats)
        if NUMBER.fullmatch(number):
            return cases.filter(number=number)
        self.page_hint = newest_hint(text)
        return matching(cases, text)

    def in_state(self, cases: SuggestionQuerySet, name: str, state: str) -> SuggestionQuerySet:
        if state == OPEN:
            return cases.open()
        return cases.filter(state__in=END_STATES) if state == ENDED else cases.filter(state=state)

    def in_phase(self, cases: SuggestionQuerySet, name: str, phase: str) -> SuggestionQuerySet:
        return cases.filter(self.faces.is_in(Phase(phase)))

    def in_field(self, cases: SuggestionQuerySet, name: str, field: str) -> SuggestionQuerySet:
        return cases.filter(field="" if field == "none" else field)

    def within(self, cases: SuggestionQuerySet, name: str, pk: int) -> SuggestionQuerySet:
        """Came in at, or lies on the desk of, the station or one below it."""
        top = self.stations.get(pk)
        if top is None:
            return cases.none()
        subtree = Station.objects.within(top).values_list("pk", flat=True)
        return cases.filter(Q(station_id__in=subtree) | Q(desk_id__in=subtree))

    def came_in_below(self, cases: SuggestionQuerySet, name: str, pk: int) -> SuggestionQuerySet:
        """Came in at the station or at one below it."""
        top = Station.objects.visible_to(self.user).filter(pk=pk).first()
        if top is None:
            return cases.none()
        if top.is_hub:  # the whole county: no list of stations is needed for it
            return cases.filter(county_id=top.county_id)
        return cases.filter(station_id__in=Station.objects.within(top).values("pk"))

    def came_in_at(self, cases: SuggestionQuerySet, name: str, pk: int) -> SuggestionQuerySet:
        return cases.filter(station_id=pk)

    def as_counted(self, cases: SuggestionQuerySet, name: str, number: str) -> SuggestionQuerySet:
        return cases.filter(conditions(self.faces.today)[number])

    def if_escalated(self, cases: SuggestionQuerySet, name: str, yes: str) -> SuggestionQuerySet:
        return cases.filter(escalated_at__isnull=False)

    def took_at_least(self, cases: SuggestionQuerySet, name: str, days: int) -> SuggestionQuerySet:
        took = cases.filter(replied_at__isnull=False).annotate(took_least=days_to_reply())
        return took.filter(took_least__gte=dt.timedelta(days=days))

    def took_at_most(self, cases: SuggestionQuerySet, name: str, days: int) -> SuggestionQuerySet:
        took = cases.filter(replied_at__isnull=False).annotate(took_most=days_to_reply())
        return took.filter(took_most__lte=dt.timedelta(days=days))

    def with_result(self, cases: SuggestionQuerySet, name: str, kind: str) -> SuggestionQuerySet:
        return cases.filter(result_kind="" if kind == "none" else kind)

    def on_level(self, cases: SuggestionQuerySet, name: str, kind: str) -> SuggestionQuerySet:
        desks = Station.objects.filter(county_id__in=self.user.seats.county_ids, kind=kind)
        return cases.filter(desk_id__in=desks.values("pk"))

    def of_deputy(self, cases: SuggestionQuerySet, name: str, text: str) -> SuggestionQuerySet:
        """By id (links from a deputy's page), else by a part of the name or the first letters of its pinyin."""
        text = text.strip()
        if text.isdecimal() and len(text) < 19:
            return cases.filter(deputy_id=int(text))
        named = Q(name__contains=text) | Q(initials__startswith=text.lower()) | Q(pinyin__startswith=text.lower())
        deputies = Deputy.objects.filter(named, county_id__in=self.user.seats.county_ids).order_by()
        return cases.filter(deputy_id__in=deputies.values("pk"))

    def from_day(self, cases: SuggestionQuerySet, name: str, day: dt.date) -> SuggestionQuerySet:
        return cases.filter(created_at__gte=midnight(day))

    def to_day(self, cases: SuggestionQuerySet, name: str, day: dt.date) -> SuggestionQuerySet:
        return cases.filter(created_at__lt=midnight(day + dt.timedelta(days=1)))

    def if_supervised(self, cases: SuggestionQuerySet, name: str, yes: str) -> SuggestionQuerySet:
        return cases.filter(supervised_at__isnull=False)

    def if_mine(self, cases: SuggestionQuerySet, name: str, yes: str) -> SuggestionQuerySet:
        return cases.filter(registered_by=self.user)

    def if_held(self, cases: SuggestionQuerySet, name: str, yes: str) -> SuggestionQuerySet:
        return cases.held()

    def in_pile(self, cases: SuggestionQuerySet, name: str, key: str) -> SuggestionQuerySet:
        pks = [found for pile in piles(self.user, self.faces) if (found := pile.pks(key)) is not None]
        return cases.filter(pk__in=pks[0]) if pks else cases.none()
