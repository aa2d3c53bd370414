"""The request as views behind the log-in get it (LoginRequiredMiddleware lets nobody else through)."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class SignedInRequest(HttpRequest):
    user: User
    htmx: HtmxDetails


def posted_version(request: HttpRequest) -> int | None:
    """The version of a row that the page showed when it was opened; None where the page sent none."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
