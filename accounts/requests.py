"""The request as views behind the log-in get it (LoginRequiredMiddleware lets nobody else through)."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class SignedInRequest(HttpRequest):
    user: User
    htmx: HtmxDetails
