"""The ledger: which cases a person asked for, in which order, said in words. The page and the export both read this."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.urls import reverse

from deputies.models import Deputy
from liaison.lib import paging
from stations.models import Department, Kind, Station
from suggestions.faces import Faces
from suggestions.ledger_filter import LedgerFilter
from suggestions.models import Suggestion, SuggestionQuerySet
from suggestions.standing import TONES

if TYPE_CHECKING:
    from accounts.models import User

PER_PAGE = 50
# What each order is called, and its columns; cases without a limit come last.
SORTS = {
    "": ("最新登记在前", ("-id",)),
    "due": ("时限最近在前", ("due_on", "id")),
    "number": ("按编号", ("number",)),
}
LONG_TEXTS = ("content", "demand", "opinion", "result", "reply", "assessment", "refuse_note", "search", "query_code")


@dataclass(frozen=True)
class Chip:
    """One active filter: what it says, and the parameters of the ledger without it."""

    label: str
    text: str
    without: str


@dataclass(frozen=True)
class Row:
    case: Suggestion
    url: str
    station: str
    desk: str  # empty where it is the station
    tone: str
    state: str
    field: str
    words: str  # of the limit; empty where none runs
    warn_from: dt.date


def short(station: Station) -> str:
    """许良镇人大代表联络站 → 许良镇联络站: what every station is called says nothing in a column."""
    return station.name.replace("人大代表", "") or station.name


@dataclass(frozen=True)
class Select:
    """One drop-down; rendered by the template, because widgets cost more than the rest of the page."""

    name: str
    label: str
    choices: Sequence[tuple[str, str]]
    value: str


class Ledger:
    """What ``user`` asks for with ``data``, the parameters of the address."""

    def __init__(self, user: User, data: QueryDict) -> None:
        self.user, self.data = user, data
        self.faces = Faces(user.seats.counties)
        seen = Suggestion.objects.visible_to(user)
        self.filter = LedgerFilter(data, seen, user=user, faces=self.faces, stations=self.stations)
        self.sort = data.get("sort", "") if data.get("sort", "") in SORTS else ""

    @property
    def order(self) -> tuple[str, ...]:
        return SORTS[self.sort][1]

    @cached_property
    def cases(self) -> SuggestionQuerySet:
        """All that was asked for, unordered."""
        return self.filter.qs

    @cached_property
    def asked(self) -> dict[str, Any]:
        """The filters that are set and could be read."""
        assert self.cases is not None  # reading them is the filter's work
        return {name: value for name, value in self.filter.form.cleaned_data.items() if value not in (None, "")}

    @property
    def unread(self) -> list[str]:
        """The labels of filters that could not be read, and were left out."""
        return [str(self.filter.form.fields[name].label) for name in self.filter.form.errors]

    # --- one page -------------------------------------------------------------------------

    def page(self) -> paging.Page:
        """Found by the columns of the order alone, which the index holds; what is shown is fetched after that."""
        found = self.cases.only(*{"id", *(name.lstrip("-") for name in self.order)})
        cursor = {"after": self.data.get("after", ""), "before": self.data.get("before", "")}
        try:
            page = paging.paginate(found, order=self.order, size=PER_PAGE, **cursor)
        except (ValueError, TypeError, ValidationError):  # a cursor of another order, or made up
            page = paging.paginate(found, order=self.order, size=PER_PAGE)
        rows = Suggestion.objects.select_related("station", "desk", "lead", "deputy").defer(*LONG_TEXTS)
        full = rows.in_bulk([row.pk for row in page.rows])
        page.rows = [full[row.pk] for row in page.rows if row.pk in full]
        return page

    def rows(self, page: paging.Page) -> list[Row]:
        return [
            Row(
                case=case,
                url=reverse("suggestions:case", args=[case.pk]),
                station=short(case.station),
                desk=short(case.desk) if case.desk_id != case.station_id else "",
                tone=TONES.get(case.state, "end"),
                state=case.get_state_display(),
                field=case.get_field_display(),
                words=self.faces.words(case.due_on) if case.due_on and case.is_open else "",
                warn_from=self.faces.warning(case.county_id),
            )
            for case in page.rows
        ]

    def count(self, page: paging.Page) -> str:
        """How many in all, "1000+" beyond a thousand; no query where the one page shows them all."""
        if page.next_cursor is None and page.previous_cursor is None:
            return str(len(page.rows))
        return paging.capped_count(self.cases)

    # --- what can be chosen ---------------------------------------------------------------

    @cached_property
    def stations(self) -> dict[int, Station]:
        """Stations to filter by: one's own subtree, else the county's offices and studios; and the chosen one."""
        chosen = self.data.get("station", "")
        pk = int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0
        below = {station.pk: station for station in self.user.seats.below}
        if below and (not pk or pk in below) and not self.user.seats.is_county_office:
            return below
        offered = Q(kind__in=(Kind.HUB, Kind.TOWNSHIP, Kind.STUDIO), is_active=True) | Q(pk=pk)
        found = Station.objects.visible_to(self.user).filter(offered)
        return {station.pk: station for station in found.only("name", "kind", "path", "county_id").order_by("path")}

    @cached_property
    def departments(self) -> dict[int, Department]:
        """Departments to filter by, for station staff: those of the hub and of one's own subtree; and the chosen one."""
        seats = self.user.seats
        offered = Q(station__county_id__in=seats.office_county_ids) | Q(station_id__in=seats.subtree_ids)
        offered |= Q(station__county_id__in={station.county_id for station in seats.stations}, station__kind=Kind.HUB)
        chosen = Q(pk=self.asked.get("lead", 0), station__county_id__in=seats.county_ids)
        found = Department.objects.filter(offered & Q(is_active=True) | chosen).select_related("station")
        found = found.only("name", "station__name", "station__kind").order_by("station__path", "name")
        return {department.pk: department for department in found}

    def selects(self, *names: str) -> list[Select]:
        filters = self.filter.base_filters
        return [
            Select(name, str(filters[name].label), filters[name].extra["choices"], self.data.get(name, ""))
            for name in names
        ]

    # --- in words -------------------------------------------------------------------------

    def text_of(self, name: str, rows: Sequence[Suggestion] = ()) -> str:
        value = self.asked[name]
        match name:
            case "station":
                return self.stations[value].name if value in self.stations else "没有这个站点"
            case "lead":
                return self.departments[value].name if value in self.departments else "没有这个单位"
            case "deputy" if value.isdecimal():
                return rows[0].deputy.name if rows and rows[0].deputy else self._deputy(int(value))
            case "since" | "until":
                return f"{value:%Y-%m-%d}"
        choices = dict(getattr(self.filter.form.fields[name], "choices", ()))
        return str(choices.get(value, value))

    def _deputy(self, pk: int) -> str:
        found = Deputy.objects.filter(pk=pk, county_id__in=self.user.seats.county_ids)
        return found.values_list("name", flat=True).first() or "没有这名代表"

    def chips(self, rows: Sequence[Suggestion]) -> list[Chip]:
        """The active filters; ``rows`` are those of the page."""
        return [
            Chip(str(self.filter.form.fields[name].label), self.text_of(name, rows), self.parameters(without=name))
            for name in self.asked
        ]

    def in_words(self) -> str:
        """状态：办理中；领域：交通运输；时限最近在前."""
        said = [f"{self.filter.form.fields[name].label}：{self.text_of(name)}" for name in self.asked]
        return "；".join([*(said or ["全部"]), SORTS[self.sort][0]])

    def parameters(self, *, without: str = "") -> str:
        """The address of what was asked for, as ``?state=open&sort=due`` (``?`` where nothing was): no empty values and
        no place in the list."""
        data = QueryDict(mutable=True)
        for name in self.asked:
            if name != without:
                data[name] = self.data.get(name, "")
        if self.sort:
            data["sort"] = self.sort
        return f"?{data.urlencode()}"
