"""The list, one notice as the public sees it with what happened to it, and its files."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from history.models import Event
from noticeboard import review
from noticeboard.board import Board
from noticeboard.models import Notice, NoticeFile, NoticeKind, NoticeState

SHOWN = frozenset({"image/jpeg", "application/pdf"})
TOLD = {
    "write": "起草",
    "edit": "修改",
    "submit": "提交审核",
    "release": "审核发布",
    "publish": "到时间自动发布",
    "send_back": "退回修改",
    "revise": "开始修订",
    "new_version": "更新为新版本",
    "update": "按安排自动更新",
    "withdraw": "撤下",
}


@require_safe
def board(request: SignedInRequest) -> HttpResponse:
    asked = Board(request.user, request.GET)
    context = {
        "board": asked,
        "page": asked.page(),
        "count": asked.count(),
        "waiting": asked.waiting(),
        "states": NoticeState.choices,
        "kinds": NoticeKind.choices,
    }
    return render(request, "noticeboard/list.html", context)


def notice_or_404(request: SignedInRequest, pk: int) -> Notice:
    related = ("station__parent", "county", "written_by", "released_by", "withdrawn_by", "replaces")
    return get_object_or_404(Notice.objects.visible_to(request.user).select_related(*related), pk=pk)


@require_safe
def detail(request: SignedInRequest, pk: int) -> HttpResponse:
    notice = notice_or_404(request, pk)
    covers = request.user.seats.covers(notice.station)
    context: dict[str, Any] = {"notice": notice, "covers": covers, "rule": review.RULE} | paper(notice)
    if covers:
        context |= {
            "open": review.open_to(request.user, notice),
            "own": not review.may_release(request.user, notice),
            "events": events_of(notice),
            "versions": notice.revisions.select_related("written_by").order_by("-pk"),
            "asked": [person.name for person in review.reviewers(notice)] if notice.state == "checking" else [],
        }
    return render(request, "noticeboard/detail.html", context)


def paper(notice: Notice) -> dict[str, Any]:
    """What the page of a notice shows, inside and outside."""
    files = list(notice.files.all())
    return {
        "pictures": [row for row in files if row.is_picture],
        "documents": [row for row in files if not row.is_picture],
        "deputies": list(notice.deputies.select_related("constituency", "home_station")),
    }


def events_of(notice: Notice) -> list[dict[str, Any]]:
    """Newest first, in words."""
    rows = Event.objects.filter(chain=notice.chain).select_related("actor").order_by("-seq")[:50]
    return [{"event": row, "words": in_words(row)} for row in rows]


def in_words(event: Event) -> str:
    if event.action == "pin":
        return "置顶" if event.after.get("pinned") else "取消置顶"
    if event.action == "release" and event.actor_id is None:
        return "自动生成并发布"
    return TOLD.get(event.action, event.action)


@require_safe
def file(request: SignedInRequest, pk: int, file_id: int) -> FileResponse:
    row = get_object_or_404(NoticeFile, pk=file_id, notice__in=Notice.objects.visible_to(request.user).filter(pk=pk))
    return served(row, "private, no-store")


def served(row: NoticeFile, caching: str) -> FileResponse:
    """Pictures and PDF open in the browser, everything else is saved; the type is the one found at the upload."""
    try:
        handle = row.file.open("rb")
    except FileNotFoundError as error:
        raise Http404("文件已不在。") from error
    response = FileResponse(
        handle, as_attachment=row.media_type not in SHOWN, filename=row.name, content_type=row.media_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = caching
    return response
