"""特色载体: which days may be held under one, what it came to in numbers, and how the office keeps it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from receptions.access import may_manage
from receptions.models import Brand, DayState, ReceptionDay
from receptions.schedule import line
from stations.changes import record
from stations.models import Kind, Station

if TYPE_CHECKING:
    from accounts.models import User


def for_days_of(station: Station, *, was: int | None = None) -> QuerySet[Brand]:
    """Brands of the station itself and of its township, while they are carried on; ``was`` is the one a day has already."""
    near = Q(station=station) | Q(station__path__in=line(station.path), station__kind=Kind.TOWNSHIP)
    return Brand.objects.filter(near, Q(is_active=True) | Q(pk=was))


def check(brand: Brand | None, station: Station, *, was: int | None = None) -> None:
    if brand and not for_days_of(station, was=was).filter(pk=brand.pk).exists():
        raise ValidationError({"brand": f"“{brand.name}”不是{station}或其乡镇（街道）联络站正在开展的特色载体。"})


def public() -> QuerySet[Brand]:
    """What anybody may read of: carried on, by a station that is open."""
    return Brand.objects.filter(is_active=True, station__is_active=True)


def counted(brands: QuerySet[Brand]) -> QuerySet[Brand]:
    """With ``held`` (days closed), ``received`` (persons on them), ``matters`` (registered on any day of the brand) and
    ``talks`` (consultations held under it, which live in a room above)."""
    days = ReceptionDay.objects.filter(brand=OuterRef("pk")).order_by().values("brand")
    closed = days.filter(state=DayState.CLOSED)
    return brands.annotate(
        held=_number(closed.annotate(number=Count("pk"))),
        received=_number(closed.annotate(number=Sum("visitors"))),
        matters=_number(days.annotate(number=Count("suggestions"))),
        talks=Count("consultations", filter=Q(consultations__state__in=("following", "finished"))),
    )


def _number(days: QuerySet) -> Coalesce:
    return Coalesce(Subquery(days.values("number"), output_field=IntegerField()), 0)


@transaction.atomic
def save(brand: Brand, *, by: User, changed: Iterable[str]) -> None:
    """A new brand, or the ``changed`` fields of one; nothing changed is no event."""
    if not may_manage(by, brand.station):
        raise PermissionDenied(f"{brand.station}的特色载体由该站和上级站的工作人员维护。")
    names, new = sorted(changed), brand.pk is None
    if not names and not new:
        return
    try:
        with transaction.atomic():
            brand.save(update_fields=None if new else names)
    except IntegrityError as error:
        raise ValidationError({"name": "这个站点已经有同名的特色载体。"}) from error
    record(
        brand.station.county_id,
        "brand_add" if new else "brand_edit",
        actor=by,
        after={"station": brand.station_id, "brand": brand.pk, **{name: getattr(brand, name) for name in names}},
    )
