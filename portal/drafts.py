"""A message between its steps: kept on the server, so that nothing has to be typed or picked twice, for a day at most.
So are the photos of an addition to a case, until its form is taken.

Which draft is whose is known by the session alone. What the form takes is in ``forms.py``; here it is kept, sent and erased.
"""

from __future__ import annotations

import base64
import json
import secrets
import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from deputies.models import Deputy
from liaison.lib.encryption import blind_index
from liaison.lib.pictures import small_jpeg
from portal import held_words
from portal.models import Draft, DraftPhoto
from stations.models import Station
from suggestions import workflow
from suggestions.models import Suggestion
from suggestions.registration import VoterData
from suggestions.transitions import Voice

SESSION_KEY = "message_draft"
ADDITION_KEY = "addition_draft"
SENT_KEY = "messages_sent"  # digest of what was said → case: the same words again are the same message
EXPIRES = timedelta(days=1)
MOST_PHOTOS = 5
PHOTO_SIDE, THUMB_SIDE = 1920, 200  # pixels


def current(request: HttpRequest) -> Draft | None:
    """The draft of this browser; one that is a day old is gone here too, should the clock be late."""
    return _of_session(request, SESSION_KEY)


def _of_session(request: HttpRequest, key: str, **only: Any) -> Draft | None:
    token = request.session.get(key)
    if not token:
        return None
    rows = Draft.objects.select_related("station__county__rules", "station__parent", "case")
    return rows.filter(token=token, changed_at__gte=timezone.now() - EXPIRES, **only).first()


def open_draft(request: HttpRequest) -> Draft | None:
    """The one that is still being written."""
    draft = current(request)
    return draft if draft and draft.case_id is None else None


def begin(request: HttpRequest, station: Station, *, opened_at: Any) -> Draft:
    draft = _new(station=station, opened_at=opened_at)
    request.session[SESSION_KEY] = draft.token
    return draft


def _new(**fields: Any) -> Draft:
    return Draft.objects.create(token=secrets.token_urlsafe(24), changed_at=timezone.now(), **fields)


def addition(request: HttpRequest, case: Suggestion) -> Draft | None:
    """What this browser is about to add to ``case``: photos only, the words stand in the form."""
    return _of_session(request, ADDITION_KEY, case=case.pk)


def begin_addition(request: HttpRequest, case: Suggestion) -> Draft:
    draft = _new(station=case.station, case=case, opened_at=timezone.now())
    request.session[ADDITION_KEY] = draft.token
    return draft


def values_of(draft: Draft) -> dict[str, Any]:
    return dict(json.loads(draft.data)) if draft.data else {}


def keep(draft: Draft, **values: Any) -> None:
    draft.data = json.dumps(values_of(draft) | values, ensure_ascii=False)
    draft.changed_at = timezone.now()
    draft.save(update_fields=["data", "station", "suspect", "changed_at"])


def is_complete(draft: Draft) -> bool:
    return {"title", "may_publish"} <= set(values_of(draft))


def keep_photos(draft: Draft, files: Sequence[UploadedFile]) -> list[str]:
    """Keep what is a picture; the answer is what is wrong with the others, one sentence each."""
    wrong, room = [], MOST_PHOTOS - draft.photos.count()
    for file in files:
        if room <= 0:
            wrong.append(f"最多传 {MOST_PHOTOS} 张，“{file.name}”没有收。")
            continue
        try:
            _keep_photo(draft, file)
            room -= 1
        except ValidationError as error:
            wrong += error.messages
    return wrong


def _keep_photo(draft: Draft, file: UploadedFile) -> None:
    picture = small_jpeg(file, most_side=PHOTO_SIDE)
    small = SimpleUploadedFile("t.jpg", picture, "image/jpeg")
    row = DraftPhoto(draft=draft, thumb=base64.b64encode(small_jpeg(small, most_side=THUMB_SIDE, quality=70)).decode())
    row.file.save(f"{uuid.uuid4().hex}.jpg", ContentFile(picture), save=False)
    row.save()


def remove_photos(draft: Draft, ids: Iterable[str]) -> None:
    for photo in draft.photos.filter(pk__in=[pk for pk in ids if pk.isascii() and pk.isdecimal() and len(pk) < 18]):
        photo.file.delete(save=False)
        photo.delete()


def digest_of(draft: Draft) -> str:
    values = values_of(draft)
    return blind_index("\x1f".join([str(draft.station_id), values.get("title", ""), values.get("content", "")]))


@transaction.atomic
def send(pk: int) -> Suggestion:
    """The draft becomes a case, once: whoever comes second gets the first one's. Raises what the workflow refuses."""
    # Without joins: whoever waited here would get the draft as it is now beside the case as it was then, which is none.
    draft = Draft.objects.select_for_update().get(pk=pk)
    if draft.case is not None:
        return draft.case
    values, photos = values_of(draft), list(draft.photos.all())
    case = workflow.submit(
        station=draft.station,
        title=values["title"],
        content=values["content"],
        place=values["place"],
        deputy=Deputy.objects.filter(pk=values["deputy"]).first() if values["deputy"] else None,
        voter=VoterData(name=values["name"], phone=values["phone"], address=values["address"]),
        may_publish=values["may_publish"],
        by_guardian=values["guardian"],
        held_words=held_words.found_in(
            draft.station.county_id, *(values[name] for name in ("title", "content", "place", "name", "address"))
        ),
        files=[_as_upload(photo, number) for number, photo in enumerate(photos, 1)],
        token=draft.token,
    )
    draft.case, draft.data, draft.changed_at = case, "", timezone.now()
    draft.save(update_fields=["case", "data", "changed_at"])
    _erase_photos(photos)
    return case


@transaction.atomic
def add(case: Suggestion, draft: Draft | None, *, note: str) -> None:
    """What the voter adds goes to ``case``, once: where another press took the photos along, this one is done too."""
    photos: list[DraftPhoto] = []
    if draft is not None:
        if not Draft.objects.select_for_update().filter(pk=draft.pk).exists():
            return
        photos = list(draft.photos.all())
    workflow.supplement(
        case.pk,
        by=Voice.VOTER,
        note=note,
        files=[_as_upload(photo, number, "补充照片") for number, photo in enumerate(photos, 1)],
        held_words=held_words.found_in(case.county_id, note),
    )
    if draft is not None:
        _erase_photos(photos)
        draft.delete()


def _as_upload(photo: DraftPhoto, number: int, name: str = "照片") -> SimpleUploadedFile:
    with photo.file.open("rb") as handle:
        return SimpleUploadedFile(f"{name}{number}.jpg", handle.read(), "image/jpeg")


def _erase_photos(photos: Sequence[DraftPhoto]) -> None:
    """The rows now, the files once that is sure: the disk has no roll-back."""
    DraftPhoto.objects.filter(pk__in=[photo.pk for photo in photos]).delete()
    for photo in photos:
        transaction.on_commit(partial(photo.file.delete, save=False))


@transaction.atomic
def erase(draft: Draft) -> None:
    """The draft's row first, as in :func:`send`, so that the two wait for each other and not in a ring."""
    list(Draft.objects.select_for_update().filter(pk=draft.pk))
    _erase_photos(list(draft.photos.all()))
    draft.delete()


def erase_expired() -> int:
    old = list(Draft.objects.filter(changed_at__lt=timezone.now() - EXPIRES)[:1000])
    for draft in old:
        erase(draft)
    return len(old)


def forget(request: HttpRequest) -> None:
    """For a phone that is lent around: what is not sent is erased, what was sent is not known here any more."""
    for draft in (open_draft(request), _of_session(request, ADDITION_KEY)):
        if draft:
            erase(draft)
    for key in (SESSION_KEY, ADDITION_KEY, SENT_KEY):
        request.session.pop(key, None)
