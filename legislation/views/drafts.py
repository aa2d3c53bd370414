"""立法联系: the drafts with their counts, one draft with its articles and opinions, and what the county office does with it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

from axes.helpers import get_client_ip_address
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest
from legislation import collecting, counts, gathering
from legislation.forms import DraftForm
from legislation.models import DraftLaw, DraftState, Material, Opinion
from liaison.lib import word
from liaison.lib.xlsx import xlsx_response
from liaison.lib.years import read_year
from stations.changes import record


@require_safe
def listing(request: SignedInRequest) -> HttpResponse:
    """With the counts of what one may see: the county office all, a station its own."""
    seen = Opinion.objects.visible_to(request.user).filter(draft__county__in=request.user.seats.county_ids)
    year = read_year(request.GET.get("year", ""))
    seen = seen.filter(given_at__year=year) if year else seen
    mine = {pk: (collected, adopted) for pk, collected, adopted in _per_draft(seen)}
    drafts = DraftLaw.objects.visible_to(request.user).filter(county__in=request.user.seats.county_ids)
    context = {
        "drafts": [(one, *mine.get(one.pk, (0, 0))) for one in drafts.select_related("county")],
        "open": drafts.open().count(),
        "totals": counts.totals(seen),
        "may_arrange": request.user.seats.is_county_office,
        "this_year": timezone.localdate().year,
        "year": year,
        "several": len(request.user.seats.counties) > 1,
    }
    return render(request, "legislation/list.html", context)


def _per_draft(seen: Any) -> Any:
    rows = seen.counted().order_by().values_list("draft")
    return rows.annotate(collected=Count("pk"), adopted=Count("pk", filter=counts.ADOPTED))


def draft_or_404(request: SignedInRequest, pk: int) -> DraftLaw:
    return get_object_or_404(DraftLaw.objects.visible_to(request.user).select_related("county"), pk=pk)


def office_or_403(request: SignedInRequest, pk: int) -> DraftLaw:
    draft = draft_or_404(request, pk)
    if not collecting.may_arrange(request.user, draft.county_id):
        raise PermissionDenied("立法草案由县人大常委会代表工委公布、整理、上报。")
    return draft


@require_safe
def draft(request: SignedInRequest, pk: int) -> HttpResponse:
    """Article by article, with the opinions that one may see."""
    one = draft_or_404(request, pk)
    seen = Opinion.objects.visible_to(request.user).filter(draft=one).annotate(equal=Count("merged") + 1)
    rows = list(seen.select_related("deputy", "station", "giver", "entered_by", "main").order_by("pk"))
    by_article: dict[int | None, list[Opinion]] = {}
    for row in rows:
        by_article.setdefault(row.article_id, []).append(row)
    context = {
        "draft": one,
        "articles": [(article, by_article.get(article.pk, [])) for article in one.articles.all()],
        "on_whole": by_article.get(None, []),
        "office": collecting.may_arrange(request.user, one.county_id),
        "totals": counts.totals(Opinion.objects.filter(pk__in=[row.pk for row in rows])),
        "left": one.opinions.main().filter(outcome="").count() if one.state == DraftState.SENT else 0,
        "may_give": one.is_open()
        and bool(collecting.deputy_for(request.user, one) or collecting.stations_for(request.user, one)),
        "over": one.closes_on < timezone.localdate(),
        "materials": one.materials.all(),
        "public": reverse("portal:draft", args=[one.pk]) if _is_public(one) else "",
    }
    return render(request, "legislation/draft.html", context)


def _is_public(one: DraftLaw) -> bool:
    return DraftLaw.objects.public().filter(pk=one.pk).exists()


@require_safe
def material(request: SignedInRequest, pk: int, file_id: int) -> FileResponse:
    row = get_object_or_404(Material, pk=file_id, draft=draft_or_404(request, pk))
    return FileResponse(row.file.open("rb"), as_attachment=True, filename=row.name, content_type=row.media_type)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    county = next((hub.county for hub in request.user.seats.hubs), None)
    if county is None:
        raise PermissionDenied("立法草案由县人大常委会代表工委公布、整理、上报。")
    form = DraftForm(request.POST or None, request.FILES or None, initial={"opens_on": timezone.localdate()})
    save = lambda **fields: collecting.create(county, by=request.user, **fields)  # noqa: E731
    return _edit(request, form, save, "登记草案", reverse("legislation:list"))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    one = office_or_403(request, pk)
    form = DraftForm.of(one, request.POST or None, request.FILES or None)
    save = lambda **fields: collecting.edit(pk, by=request.user, **fields)  # noqa: E731
    return _edit(request, form, save, "修改草案", reverse("legislation:draft", args=[pk]))


def _edit(
    request: SignedInRequest, form: DraftForm, save: Callable[..., DraftLaw], title: str, back: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            one = save(**form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"已保存，分成 {one.articles.count()} 条。请核对分条是否正确。")
            return redirect("legislation:draft", one.pk)
    return render(request, "legislation/form.html", {"form": form, "title": title, "back_url": back})


@require_POST
def publish(request: SignedInRequest, pk: int) -> HttpResponse:
    return _press(request, pk, collecting.publish, "已公布，代表已收到通知；公开页面从开始日期起可以看到。")


@require_POST
def take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    return _press(request, pk, collecting.take_back, "已撤回，公开页面不再显示。")


@require_POST
def send_up(request: SignedInRequest, pk: int) -> HttpResponse:
    return _press(
        request, pk, collecting.send_up, "已标为上报。下载的 Excel、Word 即是上报材料；法规通过后请逐条登记采纳情况。"
    )


@require_POST
def conclude(request: SignedInRequest, pk: int) -> HttpResponse:
    return _press(request, pk, collecting.conclude, "反馈已结束，采纳情况在公开页面公布。")


def _press(request: SignedInRequest, pk: int, change: Callable[..., Any], said: str) -> HttpResponse:
    office_or_403(request, pk)
    try:
        change(pk, by=request.user)
        messages.success(request, said)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("legislation:draft", pk)


@require_safe
def gathered_xlsx(request: SignedInRequest, pk: int) -> FileResponse:
    one = office_or_403(request, pk)
    title = f"{one.title}意见汇总"
    response, count = xlsx_response(
        _file_name(one, "xlsx"),
        title=f"{one.county.name} {title}",
        subtitle=gathering.words(one),
        columns=gathering.COLUMNS,
        rows=gathering.rows(one),
    )
    _note_export(request, one, count)
    return response


@require_safe
def gathered_word(request: SignedInRequest, pk: int) -> FileResponse:
    one = office_or_403(request, pk)
    file = io.BytesIO(gathering.word(one))
    _note_export(request, one, one.opinions.main().count())
    return FileResponse(file, as_attachment=True, filename=_file_name(one, "docx"), content_type=word.MEDIA_TYPE)


def _file_name(one: DraftLaw, ending: str) -> str:
    """Without what a file system would take for a folder."""
    return re.sub(r'[\\/:*?"<>|\s]+', " ", f"{one.title}意见汇总.{ending}").strip()


def _note_export(request: SignedInRequest, one: DraftLaw, rows: int) -> None:
    after = {"ledger": "draft_law", "draft": one.pk, "rows": rows}
    record(one.county_id, "export", actor=request.user, after=after, address=get_client_ip_address(request))
