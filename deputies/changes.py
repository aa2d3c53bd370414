"""Changes to deputies: saved with an event in the county's chain, in one transaction. Names go into the note only."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from deputies import ties
from deputies.models import Deputy, Status, Tie
from stations.changes import record
from stations.models import Station

if TYPE_CHECKING:
    from accounts.models import User


def _after(deputy: Deputy, **more: Any) -> dict[str, Any]:
    return {"deputy": deputy.pk, "home_station": deputy.home_station_id, "status": deputy.status, **more}


def save(
    deputy: Deputy,
    *,
    actor: User,
    changed: list[str],
    portrait: bytes | None = None,
    remove_portrait: bool = False,
) -> None:
    """``portrait``: a JPEG as ``liaison.lib.pictures`` makes it. What it replaces is deleted when this is committed."""
    old = deputy.photo.name
    if portrait is not None:
        deputy.photo.save(f"{uuid.uuid4().hex}.jpg", ContentFile(portrait), save=False)
    elif remove_portrait:
        deputy.photo = ""
    try:
        with transaction.atomic():
            _save(deputy, actor=actor, changed=changed)
            if old and old != deputy.photo.name:
                transaction.on_commit(lambda: default_storage.delete(old), robust=True)
    except BaseException:
        if portrait is not None:
            deputy.photo.delete(save=False)
        raise


def _save(deputy: Deputy, *, actor: User, changed: list[str]) -> None:
    new = deputy.pk is None
    before: dict[str, Any] = (
        {} if new else dict(Deputy.objects.filter(pk=deputy.pk).values("home_station", "status").get())
    )
    deputy.save()
    if before.get("status", Status.ENDED) != Status.ENDED and deputy.status == Status.ENDED:
        ties.end_all(Tie.objects.filter(Q(deputy=deputy) | Q(member__deputy=deputy)), timezone.localdate())
    record(
        deputy.county_id,
        "deputy_create" if new else "deputy_edit",
        actor=actor,
        before=before,
        after=_after(deputy, fields=changed),
        note=deputy.name,
    )


@transaction.atomic
def group(deputy_pk: int, station: Station, *, actor: User) -> bool:
    """Give a deputy without a home station one. False: somebody has done so meanwhile, and nothing was changed."""
    deputy = Deputy.objects.select_for_update(of=("self",)).get(pk=deputy_pk)
    if deputy.home_station_id is not None:
        return False
    if not actor.seats.covers(station) or station.county_id != deputy.county_id:
        raise PermissionDenied(f"{station}不归您管理。")
    deputy.home_station = station
    deputy.save(update_fields=["home_station"])
    record(
        deputy.county_id,
        "deputy_group",
        actor=actor,
        before={"home_station": None},
        after=_after(deputy),
        note=deputy.name,
    )
    return True
