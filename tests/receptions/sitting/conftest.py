from __future__ import annotations

import pytest
from django.utils import timezone

from receptions import sittings
from tests import factories


@pytest.fixture
def day(people):
    day = factories.reception_day(people, timezone.localdate())
    factories.on_duty(day, people.deputy, people.other_deputy)
    return day


@pytest.fixture
def opened(people, day):
    return sittings.open_day(day.pk, by=people.town_staff)
