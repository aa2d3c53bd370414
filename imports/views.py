"""导入: choose what, upload, look at what would happen, confirm; the refused rows back, the last import undone."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts.requests import SignedInRequest
from imports import changes, progress, undoing, workbooks
from imports.forms import UploadForm
from imports.guard import Refused
from imports.kinds import KINDS, Kind
from imports.models import Import, State
from imports.rows import CHANGED, NEW, REFUSED, VERDICTS
from imports.scope import Scope
from stations.changes import record
from stations.models import Station

PER_PAGE = 100
RECENT = 20


def offices_of(request: SignedInRequest, kind: type[Kind] | None = None) -> list[Station]:
    """The offices that this person may import for."""
    seats = request.user.seats
    if not seats.is_office:
        raise PermissionDenied("导入由县人大代表工委和乡镇（街道）人大办公室办理。")
    offices = seats.hubs if kind is not None and kind.hub_only else seats.offices
    if not offices:
        raise PermissionDenied("这一项由县人大代表工委导入。")
    return offices


def kind_or_404(key: str) -> type[Kind]:
    if key not in KINDS:
        raise Http404
    return KINDS[key]


def import_or_404(request: SignedInRequest, pk: int) -> Import:
    offices_of(request)
    related = ("county", "office__county", "uploaded_by", "decided_by", "undone_by", "payload")
    return get_object_or_404(Import.objects.visible_to(request.user).select_related(*related), pk=pk)


def import_list(request: SignedInRequest) -> HttpResponse:
    offices_of(request)
    recent = Import.objects.visible_to(request.user).select_related("office", "uploaded_by")
    kinds = [kind for kind in KINDS.values() if not kind.hub_only or request.user.seats.is_county_office]
    context = {"kinds": kinds, "recent": recent.exclude(state=State.DROPPED)[:RECENT]}
    return render(request, "imports/list.html", context)


def start(request: SignedInRequest, key: str) -> HttpResponse:
    """What the table must look like, and the way to upload it."""
    kind = kind_or_404(key)
    offices = offices_of(request, kind)
    form = UploadForm(request.POST or None, request.FILES or None, offices=offices)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            one = changes.upload(kind, form.office(), actor=request.user, name=file.name, content=file.read())
        except Refused as error:
            form.add_error("file", str(error))
        else:
            return redirect("imports:show", one.pk)
    return render(request, "imports/start.html", {"kind": kind, "form": form, "offices": offices})


@require_safe
def template(request: SignedInRequest, key: str) -> HttpResponse:
    """Its drop-downs hold the stations of the office's own area."""
    kind = kind_or_404(key)
    offices = offices_of(request, kind)
    pk = request.GET.get("office", "")
    office = next((one for one in offices if str(one.pk) == pk), offices[0])
    book = workbooks.template(kind, Scope(office, request.user))
    return workbooks.response(book, f"{kind.label}导入模板.xlsx")


@never_cache
@require_safe
def show(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far a worker is; the preview of what waits; of what is done, the result and the rows that were refused."""
    one = import_or_404(request, pk)
    if one.is_running:
        part = "imports/progress.html" if request.htmx else "imports/running.html"
        return render(request, part, {"one": one, "shown": progress.shown(one)})
    if request.htmx:  # of the page that waited for it
        return HttpResponseClientRefresh()
    found = changes.preview(one)
    if found is not None and request.user.pk != one.uploaded_by_id:
        record(one.county_id, "import_view", actor=request.user, after={"import": one.pk}, note=one.file_name)
    tabs = [(verdict, label, one.counts[verdict]) for verdict, label in VERDICTS.items() if one.counts[verdict]]
    if one.state != State.WAITING:
        tabs = [tab for tab in tabs if tab[0] == REFUSED]
    asked = request.GET.get("show", "")
    first = next((tab[0] for tab in tabs if tab[0] == REFUSED), tabs[0][0] if tabs else "")
    verdict = asked if asked in {tab[0] for tab in tabs} else first
    columns = {column.name: column.heading for column in one.of.columns}
    names = [name for name in one.of.shown if found and name in found.names]
    if verdict == NEW and found:
        names = found.names
    context = {
        "one": one,
        "kind": one.of,
        "found": found,
        "tabs": tabs,
        "verdict": verdict,
        "heads": [columns[name] for name in names],
        "page": Paginator(found.of(verdict) if found else [], PER_PAGE).get_page(request.GET.get("page")),
        "names": names,
        "doing": one.new + one.changed,
        "waiting": one.state == State.WAITING,
        "undo_obstacle": undoing.obstacle(one),
        "has_slips": bool(one.payload.slips),
        "CHANGED": CHANGED,
        "REFUSED": REFUSED,
    }
    return render(request, "imports/show.html", context)


@require_POST
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    one = import_or_404(request, pk)
    try:
        one = changes.confirm(pk, actor=request.user)
    except changes.Stale:
        messages.warning(request, changes.LOOK_AGAIN)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        if not one.is_running:
            messages.success(request, f"{one.label}已导入：新增 {one.new}，改动 {one.changed}。")
    return redirect("imports:show", pk)


@require_POST
def drop(request: SignedInRequest, pk: int) -> HttpResponse:
    one = import_or_404(request, pk)
    try:
        changes.drop(pk, actor=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("imports:show", pk)
    messages.success(request, "没有导入，上传的内容已经删除。")
    return redirect("imports:start", one.kind)


@require_POST
def undo(request: SignedInRequest, pk: int) -> HttpResponse:
    one = import_or_404(request, pk)
    try:
        one = undoing.undo(pk, actor=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        if not one.is_running:
            messages.success(request, f"已撤销：{one.label}回到导入以前的样子。")
    return redirect("imports:show", pk)


@require_safe
def refused(request: SignedInRequest, pk: int) -> HttpResponse:
    """The rows that were not imported, the reasons in the last column."""
    one = import_or_404(request, pk)
    found = changes.preview(one)
    rows = found.of(REFUSED) if found else []
    if found is None or not rows:
        messages.info(request, "没有不能导入的行，或者已经过期删除。")
        return redirect("imports:show", pk)
    record(
        one.county_id,
        "export",
        actor=request.user,
        after={"ledger": "import_refused", "import": one.pk, "rows": len(rows)},
        note=one.file_name,
    )
    name = f"{one.label}-不能导入的{len(rows)}行-{timezone.localtime():%Y%m%d-%H%M}.xlsx"
    return workbooks.response(workbooks.refused(one.of, found.names, rows), name)


@require_POST
def slips(request: SignedInRequest, pk: int) -> HttpResponse:
    """First passwords, handed out once."""
    one = import_or_404(request, pk)
    try:
        rows = changes.take_slips(pk, actor=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("imports:show", pk)
    book = workbooks.slips(rows, request.build_absolute_uri("/"))
    return workbooks.response(book, f"初始密码-{one.office.name}-{timezone.localtime():%Y%m%d-%H%M}.xlsx")
