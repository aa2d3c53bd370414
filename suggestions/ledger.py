"""The ledger: which cases a person asked for, in which order, said in words. The page and the export both read this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils.safestring import SafeString

from deputies.models import Deputy
from liaison.lib import paging
from liaison.lib.quick_fields import options
from receptions.models import ReceptionDay
from stations.models import Department, Kind, Station
from suggestions.choices import Field, State
from suggestions.faces import Faces
from suggestions.ledger_filter import LedgerFilter
from suggestions.links import case_url
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
# What a row shows: 50 whole cases would cost more than all the rest of the page.
SHOWN = (
    "id",
    "number",
    "title",
    "field",
    "state",
    "supervised_at",
    "due_on",
    "county_id",
    "station_id",
    "desk_id",
    "station__name",
    "desk__name",
    "lead__name",
    "deputy__name",
)
COUNTED_BY = ("origin", "at", "counted", "escalated", "took_from", "took_to")
STATE_LABELS, FIELD_LABELS = dict(State.choices), dict(Field.choices)


@dataclass(frozen=True)
class Chip:
    """One active filter: what it says, and the parameters of the ledger without it."""

    label: str
    text: str
    without: str


@dataclass(frozen=True)
class Row:
    number: str
    title: str
    url: str
    field: str
    station: str
    desk: str  # empty where it is the station
    lead: str
    deputy: str
    tone: str
    state: str
    due: str
    supervised: bool


def short(name: str) -> str:
    """许良镇人大代表联络站 → 许良镇联络站: what every station is called says nothing in a column."""
    return name.replace("人大代表", "") or name


@dataclass(frozen=True)
class Select:
    name: str
    label: str
    options: SafeString


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

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Filters that statistics ask for and the form has no field for: they stay when another is chosen."""
        return [(name, str(self.data[name])) for name in COUNTED_BY if name in self.asked]

    # --- one page -------------------------------------------------------------------------

    def page(self) -> paging.Page:
        """Found by the columns of the order alone, which the index holds; what is shown is fetched after that."""
        found = self.cases.filter(self.filter.page_hint).values_list(
            *{"id": 0, **{name.lstrip("-"): 0 for name in self.order}}, named=True
        )
        cursor = {"after": self.data.get("after", ""), "before": self.data.get("before", "")}
        try:
            page = paging.paginate(found, order=self.order, size=PER_PAGE, **cursor)
        except (ValueError, TypeError, ValidationError):  # a cursor of another order, or made up
            page = paging.paginate(found, order=self.order, size=PER_PAGE)
        shown = Suggestion.objects.filter(pk__in=[row.id for row in page.rows]).order_by()
        rows = {row.id: row for row in shown.values_list(*SHOWN, named=True)}
        page.rows = [self._row(rows[row.id], case_url(row.id)) for row in page.rows if row.id in rows]
        return page

    def _row(self, case: Any, url: str) -> Row:
        return Row(
            number=case.number,
            title=case.title,
            url=url,
            field=FIELD_LABELS.get(case.field, ""),
            station=short(case.station__name),
            desk=short(case.desk__name) if case.desk_id != case.station_id else "",
            lead=case.lead__name or "",
            deputy=case.deputy__name or "",
            tone=TONES[case.state],
            state=STATE_LABELS[case.state],
            due=self.faces.chip(case.county_id, case.due_on),
            supervised=case.supervised_at is not None,
        )

    def count(self, page: paging.Page) -> str:
        """How many in all, "1000+" beyond a thousand; no query where the one page shows them all."""
        if page.next_cursor is None and page.previous_cursor is None:
            return str(len(page.rows))
        return paging.capped_count(self.cases)

    # --- what can be chosen ---------------------------------------------------------------

    @cached_property
    def stations(self) -> dict[int, Station]:
        """Stations to filter by: one's own subtree, else the county's offices and studios; and the chosen one."""
        seats, chosen = self.user.seats, self.data.get("station", "")
        pk = int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0
        if seats.below and not seats.is_county_office and (not pk or pk in seats.subtree_ids):
            return {station.pk: station for station in seats.below}
        offered = Q(kind__in=(Kind.HUB, Kind.TOWNSHIP, Kind.STUDIO), is_active=True) | Q(pk=pk)
        found = Station.objects.visible_to(self.user).filter(offered)
        return {station.pk: station for station in found.only("name", "kind", "path", "county_id").order_by("path")}

    @cached_property
    def departments(self) -> dict[str, list[tuple[str, str]]]:
        """Departments to filter by, under the name of their station: those of the hub and of one's own subtree, for
        station staff; and the chosen one."""
        seats = self.user.seats
        offered = Q(station__county_id__in=seats.office_county_ids) | Q(station_id__in=seats.subtree_ids)
        offered |= Q(station__county_id__in={station.county_id for station in seats.stations}, station__kind=Kind.HUB)
        chosen = Q(pk=self.asked.get("lead", 0), station__county_id__in=seats.county_ids)
        found = Department.objects.filter(offered & Q(is_active=True) | chosen).order_by("station__path", "name")
        groups: dict[str, list[tuple[str, str]]] = {}
        for pk, name, station in found.values_list("pk", "name", "station__name"):
            groups.setdefault(station, []).append((str(pk), name))
        return groups

    def selects(self, *names: str) -> list[Select]:
        filters = self.filter.base_filters
        return [
            Select(
                name, str(filters[name].label), options(tuple(filters[name].extra["choices"]), self.data.get(name, ""))
            )
            for name in names
        ]

    def station_options(self) -> SafeString:
        rows = tuple(
            (str(pk), f"\u3000{station.name}" if station.kind == Kind.POINT else station.name)
            for pk, station in self.stations.items()
        )
        return options(rows, str(self.asked.get("station", "")))

    def department_options(self) -> SafeString:
        chosen = str(self.asked.get("lead", ""))
        return options(tuple((station, tuple(rows)) for station, rows in self.departments.items()), chosen)

    def sort_options(self) -> SafeString:
        return options(tuple((key, label) for key, (label, _) in SORTS.items()), self.sort)

    # --- in words -------------------------------------------------------------------------

    def text_of(self, name: str, rows: Sequence[Row] = ()) -> str:
        value = self.asked[name]
        match name:
            case "station":
                return self.stations[value].name if value in self.stations else "没有这个站点"
            case "origin" | "at":
                found = Station.objects.visible_to(self.user).filter(pk=value).values_list("name", flat=True)
                return found.first() or "没有这个站点"
            case "lead":
                names = {pk: text for group in self.departments.values() for pk, text in group}
                return names.get(str(value), "没有这个单位")
            case "day":
                day = ReceptionDay.objects.visible_to(self.user).select_related("station").filter(pk=value).first()
                return f"{short(day.station.name)} {day.date:%Y-%m-%d}" if day else "没有这个接待日"
            case "deputy" if value.isdecimal():
                return rows[0].deputy if rows else self._deputy(int(value))
            case "since" | "until":
                return f"{value:%Y-%m-%d}"
        choices = dict(getattr(self.filter.form.fields[name], "choices", ()))
        return str(choices.get(value, value))

    def _deputy(self, pk: int) -> str:
        found = Deputy.objects.filter(pk=pk, county_id__in=self.user.seats.county_ids)
        return found.values_list("name", flat=True).first() or "没有这名代表"

    def chips(self, rows: Sequence[Row]) -> list[Chip]:
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
