"""Log in and out: the pages that somebody sees who is nobody yet."""

from datetime import timedelta
from typing import Any

from axes.helpers import get_cool_off
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as start_session
from django.contrib.auth import logout as end_session
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.forms import LoginForm
from accounts.models import User

# Says only "somebody was logged in here"; without it nobody could be told why the log-in page is back.
WAS_HERE = "liaison_was_here"


def safe_next(request: HttpRequest) -> str:
    """The page asked for before the log-in, if it is one of ours; else an empty string."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if ours else ""


def home(user: User) -> str:
    """Where somebody begins: the own work, or the technical administration for who has no seat."""
    return resolve_url("admin:index" if user.is_staff and not user.seats.any else settings.LOGIN_REDIRECT_URL)


@login_not_required
@never_cache
@sensitive_post_parameters("password")
def login(request: HttpRequest) -> HttpResponse:
    target = safe_next(request)
    if request.user.is_authenticated:
        return redirect(target or home(request.user))
    form = LoginForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.get_user()
        start_session(request, user)
        response = redirect(target or home(user))
        response.set_cookie(
            WAS_HERE, "1", max_age=timedelta(days=30), httponly=True, samesite="Lax", secure=settings.HTTPS
        )
        return response
    ended = request.method == "GET" and bool(target) and WAS_HERE in request.COOKIES
    context = {"form": form, "next": target, "ended": ended, "minutes": settings.SESSION_COOKIE_AGE // 60}
    return render(request, "accounts/login.html", context)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    end_session(request)
    messages.success(request, "已退出登录。")
    response = redirect(settings.LOGOUT_REDIRECT_URL)
    response.delete_cookie(WAS_HERE)
    return response


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Shown by django-axes after too many failures. Every further try starts the waiting time again."""
    wait = get_cool_off(request) or timedelta(0)
    context = {
        "minutes": int(wait.total_seconds() // 60),
        "again_at": timezone.localtime(timezone.now() + wait),
        "limit": settings.AXES_FAILURE_LIMIT,
    }
    return render(request, "accounts/locked_out.html", context, status=429)
