"""建议目录 and 单位测评表: on paper, as PDF, as Excel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from axes.helpers import get_client_ip_address
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from liaison.lib.xlsx import Column, xlsx_response
from stations.changes import record
from suggestions.paper import lists
from suggestions.paper.periods import CatalogueForm, PeriodForm
from suggestions.paper.sheets import answer, wants_pdf

MOST_PRINTED = 1000  # rows on paper; more than that is a matter for Excel


@require_safe
@never_cache
def catalogue(request: SignedInRequest) -> HttpResponseBase:
    form = CatalogueForm(request.GET)
    with_opinions = form.is_valid() and form.cleaned_data["with_opinions"]
    cases = lists.catalogue(request.user, form.period, with_opinions=with_opinions)
    title = f"{_place(request)}建议目录"
    if request.GET.get("as") == "xlsx":
        rows = (lists.catalogue_row(case) for case in cases.iterator(chunk_size=500))
        return _sheet(request, "catalogue", title, form.period.words, lists.CATALOGUE_COLUMNS, rows)
    shown = [lists.catalogue_row(case) for case in cases[: MOST_PRINTED + 1]]
    more = len(shown) > MOST_PRINTED
    context = {**_context(form, title), "rows": shown[:MOST_PRINTED], "most": MOST_PRINTED if more else 0}
    return _page(request, "catalogue", context, rows=len(context["rows"]))


@require_safe
@never_cache
def department_ratings(request: SignedInRequest) -> HttpResponseBase:
    """For the offices: a department sees its own ratings on its cases."""
    if not request.user.seats.is_station_staff:
        raise PermissionDenied("单位测评表由联络站工作人员使用。")
    form = PeriodForm(request.GET)
    rows = list(lists.rating_rows(lists.ratings(request.user, form.period)))
    title = f"{_place(request)}承办单位测评表"
    if request.GET.get("as") == "xlsx":
        return _sheet(request, "department_ratings", title, form.period.words, lists.RATING_COLUMNS, rows)
    return _page(request, "department_ratings", {**_context(form, title), "rows": rows}, rows=len(rows))


def _place(request: SignedInRequest) -> str:
    """Whose list it is: the county's for its office, else that of the first station one works at."""
    seats = request.user.seats
    if seats.stations and not seats.is_county_office:
        return seats.stations[0].name
    return "、".join(county.name for county in seats.counties)


def _context(form: PeriodForm, title: str) -> dict[str, Any]:
    return {"form": form, "period": form.period, "title": title}


def _page(request: SignedInRequest, name: str, context: dict[str, Any], *, rows: int) -> HttpResponseBase:
    file = f"{context['title']}-{context['period'].ends:%Y-%m-%d}"
    if not wants_pdf(request):
        query = request.GET.copy()
        query["as"] = "xlsx"
        context["xlsx_link"] = f"?{query.urlencode()}"
        return answer(request, f"suggestions/paper/{name}.html", context, name=file)
    response = answer(request, f"suggestions/paper/{name}.html", context, name=file)
    _note(request, name, rows)
    return response


def _sheet(
    request: SignedInRequest,
    name: str,
    title: str,
    words: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
) -> HttpResponseBase:
    if not request.user.seats.counties:
        raise PermissionDenied("您还没有岗位，没有可以导出的内容。")
    now = timezone.localtime()
    response, count = xlsx_response(
        f"{title}-{now:%Y-%m-%d}.xlsx",
        title=title,
        subtitle=f"{words}　导出时间：{now:%Y-%m-%d %H:%M}　导出人：{request.user.name}",
        columns=columns,
        rows=rows,
    )
    try:
        _note(request, name, count)
    except BaseException:
        response.close()
        raise
    return response


@transaction.atomic
def _note(request: SignedInRequest, name: str, rows: int) -> None:
    """Nothing leaves as a file without its event."""
    for county in request.user.seats.counties:
        after = {"ledger": name, "rows": rows}
        record(county.pk, "export", actor=request.user, after=after, address=get_client_ip_address(request))
