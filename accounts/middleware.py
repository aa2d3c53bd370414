"""Sessions that slide while somebody works, none for who has none, and first passwords that must be changed."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

RENEW_AFTER = 60  # seconds; every request would write the session row
# Open before the first password is changed. The bell is on that page too: sent elsewhere, it would fetch the page into
# itself, which has a bell, which fetches the page …
WITH_FIRST_PASSWORD = {"accounts:change_password", "accounts:logout", "messaging:unread"}


class AccountMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            # Nobody, without asking the session, which would make the answer depend on the cookie.
            request.user = AnonymousUser()
            return self.get_response(request)
        user = request.user
        if user.is_authenticated:
            now = int(timezone.now().timestamp())
            if now - request.session.get("seen", 0) >= RENEW_AFTER:
                request.session["seen"] = now
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        match = request.resolver_match
        if (
            request.user.is_authenticated
            and request.user.must_change_password
            and match is not None
            and match.view_name not in WITH_FIRST_PASSWORD
        ):
            return redirect("accounts:change_password")
        return None
