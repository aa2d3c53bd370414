"""The ledger as a test asks it: what a person finds, and what stands on the page."""

import re
from html import unescape

from django.http import QueryDict

from suggestions import ledger
from suggestions.ledger import Ledger
from tests import factories
from tests.suggestions.acts import again


def asked(user, **query):
    data = QueryDict(mutable=True)
    data.update({name: str(value) for name, value in query.items()})
    return Ledger(again(user), data)


def found(user, **query):
    """Numbers of what the ledger shows ``user``, all pages, in its order."""
    numbers, cursor = [], {}
    while True:
        page = asked(user, **query, **cursor).page()
        numbers += [row.number for row in page.rows]
        if page.next_cursor is None:
            return numbers
        cursor = {"after": page.next_cursor}


def numbers_on(html):
    return re.findall(r'class="ledger-number">([^<]+)<', html)


def link(html, rel):
    match = re.search(rf'rel="{rel}"[^>]*href="([^"]+)"', html)
    return unescape(match[1]) if match else None


def twelve_cases_in_pages_of_five(people, monkeypatch):
    monkeypatch.setattr(ledger, "PER_PAGE", 5)
    return [factories.register(people) for _ in range(12)]
