"""Of what figures are shown: a county, a station with all below it, a department, a deputy, a field of a county; and who
sees them. A number counts the cases that its reader may see, so that the ledger behind it shows as many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.http import Http404
from django.urls import reverse

from deputies.models import Deputy
from reports.models import KeptKind
from stations.models import PATH_STEP, County, Department, Kind, Station
from suggestions.choices import Field
from suggestions.models import Suggestion, SuggestionQuerySet

if TYPE_CHECKING:
    from accounts.models import User

COUNTY, STATION, DEPARTMENT, DEPUTY, FIELD = "county", "station", "department", "deputy", "field"
FIELDS = {**dict(Field.choices), "none": "未分类"}


@dataclass(frozen=True)
class Scope:
    """``cases`` are all of its cases that the reader may see. ``kept`` names its kept daily figures, where there are any
    and the reader sees all of it; else everything is counted when it is asked for. ``ledger`` are the parameters of the
    ledger that shows its cases."""

    kind: str
    county: County
    key: str  # the last part of its address
    name: str
    cases: SuggestionQuerySet
    kept: tuple[str, str] | None = None
    station: Station | None = None  # of a county its hub; of a department or a deputy none
    department: Department | None = None
    deputy: Deputy | None = None
    ledger: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return reverse("reports:statistics", args=[self.kind, self.key])

    @property
    def has_receptions(self) -> bool:
        return self.kind in (COUNTY, STATION, DEPUTY)


def of_county(county: County) -> Scope:
    """All of a county, as its county office sees it."""
    hub = Station.objects.get(county=county, kind=Kind.HUB)
    return Scope(
        kind=COUNTY,
        county=county,
        key=county.code,
        name=county.name,
        cases=Suggestion.objects.filter(county_id=county.pk),
        kept=(KeptKind.COUNTY.value, ""),
        station=hub,
        ledger={"origin": str(hub.pk)},
    )


def of_station(station: Station) -> Scope:
    """What came in at a station and below it; of a hub: all of its county."""
    if station.is_hub:
        return of_county(station.county)
    subtree = Station.objects.within(station).values("pk")
    is_kept = len(station.path) == 2 * PATH_STEP
    return Scope(
        kind=STATION,
        county=station.county,
        key=str(station.pk),
        name=station.name,
        cases=Suggestion.objects.filter(county_id=station.county_id, station_id__in=subtree),
        kept=(KeptKind.STATION.value, str(station.pk)) if is_kept else None,
        station=station,
        ledger={"origin": str(station.pk)},
    )


def of_department(department: Department) -> Scope:
    """What a department leads: staff of its station, and above, see all of it, and so do its own people."""
    return Scope(
        kind=DEPARTMENT,
        county=department.station.county,
        key=str(department.pk),
        name=department.name,
        cases=Suggestion.objects.filter(county_id=department.station.county_id, lead_id=department.pk),
        kept=(KeptKind.DEPARTMENT.value, str(department.pk)),
        department=department,
        ledger={"lead": str(department.pk)},
    )


def of_deputy(deputy: Deputy, reader: User | None = None) -> Scope:
    """What a deputy received."""
    return Scope(
        kind=DEPUTY,
        county=deputy.county,
        key=str(deputy.pk),
        name=deputy.name,
        cases=seen(reader).filter(county_id=deputy.county_id, deputy_id=deputy.pk),
        deputy=deputy,
        ledger={"deputy": str(deputy.pk)},
    )


def of_field(county: County, name: str, reader: User | None = None) -> Scope:
    hub = Station.objects.get(county=county, kind=Kind.HUB)
    return Scope(
        kind=FIELD,
        county=county,
        key=f"{county.code}-{name}",
        name=FIELDS[name],
        cases=seen(reader).filter(county_id=county.pk, field="" if name == "none" else name),
        kept=None if reader else (KeptKind.FIELD.value, name),
        ledger={"origin": str(hub.pk), "field": name},
    )


def seen(reader: User | None) -> SuggestionQuerySet:
    """The cases that ``reader`` may see; all of them where no reader is given."""
    return Suggestion.objects.visible_to(reader) if reader else Suggestion.objects.all()


# --- who sees what ----------------------------------------------------------------------------


def scope_for(user: User, kind: str, key: str) -> Scope:
    """The scope at that address, as ``user`` sees it.

    Raises:
        Http404: there is none, or it is none of that person's: a county is the county office's, a station is seen by
            staff of it and of the stations above, a department also by its own people, a deputy by himself or herself
            and by staff of the home station, a field by staff of stations.
    """
    made = {COUNTY: _county, STATION: _station, DEPARTMENT: _department, DEPUTY: _deputy, FIELD: _field}.get(kind)
    scope = made(user, key) if made else None
    if scope is None:
        raise Http404
    return scope


def _county(user: User, key: str) -> Scope | None:
    county = County.objects.filter(code=key, pk__in=user.seats.office_county_ids).first()
    return of_county(county) if county else None


def _pk(key: str) -> int:
    return int(key) if key.isdecimal() and len(key) < 19 else 0


def _station(user: User, key: str) -> Scope | None:
    station = Station.objects.select_related("county").filter(pk=_pk(key)).first()
    return of_station(station) if station and user.seats.covers(station) else None


def _department(user: User, key: str) -> Scope | None:
    department = Department.objects.select_related("station__county").filter(pk=_pk(key)).first()
    if department is None or not (department.pk in user.seats.department_ids or user.seats.covers(department.station)):
        return None
    return of_department(department)


def _deputy(user: User, key: str) -> Scope | None:
    deputy = Deputy.objects.select_related("county", "home_station").filter(pk=_pk(key)).first()
    if deputy is None:
        return None
    whole = deputy.pk in user.seats.deputy_ids or _is_office(user, deputy.county_id)
    if not whole and not (deputy.home_station and user.seats.covers(deputy.home_station)):
        return None
    return of_deputy(deputy, None if whole else user)


def _field(user: User, key: str) -> Scope | None:
    code, _, name = key.partition("-")
    county = next((station.county for station in user.seats.stations if station.county.code == code), None)
    if county is None or name not in FIELDS:
        return None
    return of_field(county, name, None if _is_office(user, county.pk) else user)


def _is_office(user: User, county_id: int) -> bool:
    return county_id in user.seats.office_county_ids


def own(user: User) -> list[Scope]:
    """The scopes of somebody's seats, the widest first: the pages that 统计 offers."""
    seats = user.seats
    found = [of_station(station) for station in seats.stations]
    found += [of_department(department) for department in seats.departments]
    found += [of_deputy(deputy) for deputy in seats.deputies]
    return found
