"""A number in an address that no database can hold is no page, to whoever asks; never a fault of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from tests import factories

LONG = "9" * 25


def addresses(patterns: Any, before: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if not isinstance(pattern, URLPattern):
            yield from addresses(pattern.url_patterns, route)
        elif re.search("<(int|row):", route):
            yield "/" + re.sub(r"<\w+:\w+>", "x", re.sub(r"<(int|row):\w+>", LONG, route))


@pytest.mark.django_db
@pytest.mark.parametrize("seat", ["hub_staff", ""])
def test_no_address_breaks_at_a_number_that_is_too_long(seat: str) -> None:
    people = factories.cast()
    client = Client(raise_request_exception=False)
    if seat:
        client.force_login(getattr(people, seat), "accounts.backends.NameOrPhoneBackend")
    asked = list(addresses(get_resolver().url_patterns))
    assert len(asked) > 100
    assert [one for one in asked for ask in (client.get, client.post) if ask(one).status_code >= 500] == []
