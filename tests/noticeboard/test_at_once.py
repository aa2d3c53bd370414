import pytest

from history import log
from history.models import Event
from noticeboard import changes
from noticeboard.models import Notice, NoticeState
from tests import factories
from tests.noticeboard.test_changes import checking, released
from tests.suggestions.test_atomicity import race

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_releasing_and_taking_back_at_once_one_of_them_reads_why_not():
    people = factories.cast()
    notice = checking(people)
    results = race(
        lambda: changes.release(notice.pk, by=people.hub_staff, version=notice.version),
        lambda: changes.send_back(notice.pk, by=people.town_staff, version=notice.version),
    )
    losers = [result for result in results if isinstance(result, Exception)]
    assert len(losers) == 1 and isinstance(losers[0], changes.Stale)
    assert Event.objects.filter(chain=notice.chain).count() == 3


def test_two_people_begin_a_new_version_at_once_and_share_it():
    people = factories.cast()
    old = released(people)
    results = race(*[lambda: changes.revise(old.pk, by=people.town_staff) for _ in range(4)])
    assert len({new.pk for new in results}) == 1


def test_a_new_version_released_while_the_old_one_is_withdrawn_never_hangs():
    people = factories.cast()
    for _ in range(3):
        old = released(people)
        new = changes.submit(changes.revise(old.pk, by=people.town_staff).pk, by=people.town_staff)
        race(
            lambda pk=new.pk: changes.release(pk, by=people.hub_staff),
            lambda pk=old.pk: changes.withdraw(pk, by=people.hub_staff, reason="撤"),
        )
        old.refresh_from_db()
        new.refresh_from_db()
        assert old.state == NoticeState.WITHDRAWN
        assert new.state in (NoticeState.REPLACED, NoticeState.WITHDRAWN)
        assert not list(log.broken_links(old.chain)) and not Notice.objects.public().exists()
