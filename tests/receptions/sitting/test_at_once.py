"""Two at the desk at the same moment."""

from __future__ import annotations

import pytest

from history import log
from history.models import Event
from receptions import sittings
from suggestions.models import Suggestion
from tests import factories
from tests.receptions.sitting.scene import close, duty_of, fresh
from tests.suggestions.acts import again
from tests.suggestions.test_atomicity import race

pytestmark = pytest.mark.django_db


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_closes_at_once_one_reads_that_it_is_closed(people, opened):
    found = race(*(lambda by=by: close(opened, again(by)) for by in (people.town_staff, people.hub_staff)))
    assert sorted(type(one).__name__ for one in found) == ["ReceptionDay", "Stale"]
    assert Event.objects.filter(chain=opened.chain, action="close").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_presses_at_once_are_all_counted(people, opened):
    race(*(lambda: [sittings.count(opened.pk, 1, by=again(people.town_staff)) for _ in range(5)] for _ in range(4)))
    assert fresh(opened).visitors == 20
    assert list(log.broken_links(opened.chain)) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_entry_and_the_close_at_once_leave_no_entry_uncounted(people, opened):
    sittings.sign_in(opened.pk, duty_of(opened, people.deputy).pk, badge=True, by=people.town_staff)
    race(
        lambda: close(opened, again(people.hub_staff)),
        lambda: factories.register(people, reception_day=fresh(opened), by=again(people.deputy_user)),
    )
    day = fresh(opened)
    assert day.visitors >= Suggestion.objects.filter(reception_day=day).count()
