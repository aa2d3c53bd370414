"""What the tests of all actions share: open the form of an action, press it as somebody."""

from __future__ import annotations

from typing import Any

from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from history.models import Event
from suggestions.models import Suggestion


def fresh(case: Suggestion) -> Suggestion:
    return Suggestion.objects.get(pk=case.pk)


def again(user: User) -> User:
    """The person as at the next request: seats are computed once a request."""
    return User.objects.get(pk=user.pk)


def show(client: Client, user: User, action: str, case: Suggestion, **query: Any) -> Any:
    client.force_login(user)
    return client.get(reverse(f"suggestions:{action}", args=[case.pk]), query)


def press(client: Client, user: User, action: str, case: Suggestion, **data: Any) -> Any:
    """Send the form of ``action`` as opened at the case's present version, unless ``version`` says otherwise."""
    client.force_login(user)
    data.setdefault("version", fresh(case).version)
    return client.post(reverse(f"suggestions:{action}", args=[case.pk]), data)


def said(response: Any) -> str:
    """What the person is told on the page after a success."""
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def events(case: Suggestion) -> list[str]:
    return list(Event.objects.filter(chain=case.chain).order_by("seq").values_list("action", flat=True))


def photo(name: str = "照片.jpg", size: int = 400) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"\xff\xd8\xff\xe0" + b"\x00" * size, "image/jpeg")
