"""Photos that a voter picked stay picked, whatever else is wrong with the form that they came with."""

from __future__ import annotations

from collections.abc import Callable

from django.forms import Form
from django.http import HttpRequest

from portal import drafts
from portal.limiting import PHOTOS, address
from portal.models import Draft


def keep_picked(request: HttpRequest, form: Form, draft: Draft | None, begin: Callable[[], Draft]) -> Draft | None:
    """The photos of a ``form`` that was looked at go to ``draft``, which ``begin`` makes where there is none yet; what is
    wrong with them is said at the form."""
    if draft:
        drafts.remove_photos(draft, request.POST.getlist("remove"))
    photos = form.cleaned_data.get("photos") or []
    if not photos:
        return draft
    if PHOTOS.used_up(address(request)):
        form.add_error("photos", "这个网络一小时内传的照片太多了，请先不传照片，或过一会儿再试。")
        return draft
    PHOTOS.count(address(request), times=len(photos))
    draft = draft or begin()
    for trouble in drafts.keep_photos(draft, photos):
        form.add_error("photos", trouble)
    return draft
