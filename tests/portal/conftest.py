"""For the tests of kept pages."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from deputies.models import Constituency
from portal import freshness
from tests import factories
from tests.portal.kept_pages import forget


@pytest.fixture
def empty_cache(monkeypatch):
    """And the database asked at every request, as a second later."""
    monkeypatch.setattr(freshness, "ASK_EVERY", 0.0)
    forget()
    yield
    forget()


@pytest.fixture
def scene():
    """What the pages show, of everything one, made a while ago."""
    people = factories.cast()
    assert connection.features.supports_json_field  # a process asks its database that once
    people.notice = factories.notice(people, released_at=timezone.now() - dt.timedelta(days=3))
    people.notice.deputies.add(people.deputy)
    people.day = factories.reception_day(people)
    people.constituency = Constituency.objects.create(county=people.county, level="county", name="第一选区")
    return people
