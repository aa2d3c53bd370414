"""The accounts that a county or township office keeps: those with a seat in its own subtree."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import SignedInRequest
from staffing import changes
from staffing.forms import AccountForm
from staffing.reach import KINDS, holdings, place_or_404, search, users_of

PER_PAGE = 50


def require_office(request: SignedInRequest) -> User:
    user = request.user
    if not user.seats.is_office:
        raise PermissionDenied("账号由县人大代表工委和乡镇（街道）人大办公室管理。")
    return user


def account_or_404(request: SignedInRequest, pk: int) -> User:
    manager = require_office(request)
    return get_object_or_404(users_of(manager), pk=pk)


SEAT_FILTERS = {
    "station": Q(station_seats__isnull=False),
    "department": Q(department_seats__isnull=False),
    "deputy": Q(deputies__isnull=False),
    "officer": Q(officer_seats__isnull=False),
}
STATUS_FILTERS = {
    "active": Q(is_active=True),
    "disabled": Q(is_active=False),
    "new": Q(is_active=True, must_change_password=True),
}


def filtered(users: QuerySet[User], request: SignedInRequest) -> QuerySet[User]:
    words = request.GET.get("q", "").strip()
    if words:
        users = users.filter(Q(name__icontains=words) | Q(username__icontains=words) | Q(phone=words))
    if (kind := request.GET.get("seat", "")) in SEAT_FILTERS:
        users = users.filter(pk__in=User.objects.filter(SEAT_FILTERS[kind]).values("pk"))
    if (status := request.GET.get("status", "")) in STATUS_FILTERS:
        users = users.filter(STATUS_FILTERS[status])
    return users


def account_list(request: SignedInRequest) -> HttpResponse:
    manager = require_office(request)
    users = filtered(users_of(manager), request).order_by("-is_active", "-pk")
    page = Paginator(
        users.prefetch_related(
            "station_seats__station", "department_seats__department", "deputies", "officer_seats__station"
        ),
        PER_PAGE,
    ).get_page(request.GET.get("page"))
    return render(request, "staffing/list.html", {"page": page, "kinds": KINDS})


@never_cache
def create(request: SignedInRequest) -> HttpResponse:
    """First where the person sits, then who it is; the first password is shown once, on the answer to the form."""
    manager = require_office(request)
    token = request.POST.get("place") or request.GET.get("place")
    if not token:
        return render(request, "staffing/create_where.html", picker(request, manager))
    place = place_or_404(manager, token)
    if place.user_id:
        messages.info(request, f"{place.name}已经有登录账号。")
        return redirect("accounts:edit", place.user_id)
    form = AccountForm(request.POST or None, initial={"name": place.person, "phone": place.phone})
    if request.method == "POST" and form.is_valid():
        try:
            user, password = changes.create(actor=manager, place=place, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return slip(request, user, password, "账号已建立")
    return render(request, "staffing/create.html", {"form": form, "place": place})


def picker(request: SignedInRequest, manager: User) -> dict[str, Any]:
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else "station"
    words = request.GET.get("q", "").strip()
    return {"kind": kind, "kinds": KINDS, "q": words, "places": search(manager, kind, words)}


def slip(request: SignedInRequest, user: User, password: str, title: str) -> HttpResponse:
    return render(request, "staffing/slip.html", {"account": user, "password": password, "slip_title": title})


def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    manager = require_office(request)
    account = account_or_404(request, pk)
    held = holdings(manager, account)
    whole = all(item.inside for item in held)
    form = AccountForm(request.POST or None, instance=account)
    if request.method == "POST" and form.is_valid():
        changes.edit(actor=manager, user=form.instance, changed=form.changed_data)
        messages.success(request, "已保存。")
        return redirect("accounts:edit", pk)
    context = {"form": form, "held": held, "whole": whole, "name": account_name(pk), "account_pk": pk}
    return render(request, "staffing/edit.html", {**context, "account": account, "own": pk == manager.pk})


def account_name(pk: int) -> str:
    return User.objects.values_list("name", flat=True).get(pk=pk)


def give(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose a place for a further seat, and take it."""
    manager = require_office(request)
    account = account_or_404(request, pk)
    if request.method == "POST":
        place = place_or_404(manager, request.POST.get("place", ""))
        try:
            changes.give(actor=manager, user=account, place=place)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, f"已添加岗位：{place}。")
        return redirect("accounts:edit", pk)
    return render(request, "staffing/give.html", {**picker(request, manager), "account": account})


@require_POST
def take(request: SignedInRequest, pk: int) -> HttpResponse:
    manager = require_office(request)
    account = account_or_404(request, pk)
    token = request.POST.get("place", "")
    held = next((item for item in holdings(manager, account) if item.place.token == token), None)
    if held is None:
        messages.info(request, "这个岗位已经移除。")
        return redirect("accounts:edit", pk)
    if not held.inside:
        raise PermissionDenied(f"{held.place}不归您管理。")
    try:
        changes.take(actor=manager, user=account, place=held.place)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"已移除岗位：{held.place}。")
    return redirect("accounts:edit", pk)


@never_cache
@require_POST
def reset(request: SignedInRequest, pk: int) -> HttpResponse:
    manager = require_office(request)
    account = account_or_404(request, pk)
    password = changes.reset(actor=manager, user=account)
    return slip(request, account, password, "密码已重置")


@require_POST
def disable(request: SignedInRequest, pk: int) -> HttpResponse:
    manager = require_office(request)
    account = account_or_404(request, pk)
    changes.disable(actor=manager, user=account)
    messages.success(request, f"{account.name}的账号已停用，正在使用的登录已立即退出。")
    return redirect("accounts:edit", pk)


@require_POST
def enable(request: SignedInRequest, pk: int) -> HttpResponse:
    manager = require_office(request)
    account = account_or_404(request, pk)
    changes.enable(actor=manager, user=account)
    messages.success(request, f"{account.name}的账号已重新启用。")
    return redirect("accounts:edit", pk)
